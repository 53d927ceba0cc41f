#include "tests/frontend/layers/draw.h"

#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {

using ir::Literal;
using ir::Tensor;

Literal state_of(int64_t seed, int64_t draws) {
  Literal state({ir::ElementType::i64, {2}});
  state.set_int(0, seed);
  state.set_int(1, draws);
  return state;
}

Drawn draw(const Layer& layer, const Literal& x, const Literal& state) {
  const LayerBuild build = must(layer.build(std::vector<LayerInput>{{x.type(), "x"}}));
  EXPECT_EQ(build.weights.size(), 1u);
  const auto results = evaluate({x, state}, [&](const std::vector<Tensor>& arguments) {
    WeightValues weights;
    weights.values.emplace(build.weights[0].name, arguments[1]);
    CallContext context{*arguments[0].builder, weights, true, {}, {}};
    const std::vector<Signal> inputs = {{arguments[0], {}}};
    const Tensor y = layer.call(context, inputs)[0].tensor;
    return std::vector{y, gradient(sum(y), {arguments[0]})[0],
                       context.weight(build.weights[0].name)};
  });
  return {results[0].values(), results[1].values(), results[2]};
}

}  // namespace kiln::keras
