#include "frontend/keras/layers/base/noise.h"

#include <fmt/format.h>

#include "frontend/keras/functions/random.h"

namespace kiln::keras {
namespace {

const char* const kState = "seed_generator_state";

}  // namespace

WeightSpec generator_state(std::optional<int64_t> seed) {
  Initializer initializer;
  initializer.rule = GeneratorRule{};
  initializer.seed = seed;
  WeightSpec state{kState, {ir::ElementType::i64, {2}}, std::move(initializer), false};
  state.kind = WeightKind::random_state;
  return state;
}

ir::Tensor draw_bits(CallContext& context, ir::Shape shape) {
  const ir::RandomBits drawn = rng_bit_generator(context.weight(kState), std::move(shape));
  context.update(kState, drawn.state);
  return drawn.bits;
}

ir::Tensor dropout(CallContext& context, ir::Tensor x, double rate, ir::Shape shape) {
  if (rate >= 1) return x * 0.0;
  const ir::Tensor kept = bernoulli(draw_bits(context, std::move(shape)), 1 - rate);
  return select(kept, x * (1 / (1 - rate)), 0.0);
}

Expected<std::vector<WeightSpec>> NoiseLayer::weights(const LayerInput& input) const {
  const bool fits = strength_ >= 0 && (takes_one() ? strength_ <= 1 : strength_ < 1);
  if (!fits) {
    return Diagnostic{"",
                      fmt::format("{} must be at least 0 and {} 1, not {}", strength_name_,
                                  takes_one() ? "at most" : "below", strength_),
                      ""};
  }
  KILN_TRY(check(input));
  if (strength_ == 0) return std::vector<WeightSpec>();
  return std::vector{generator_state(seed_)};
}

ir::Tensor NoiseLayer::function(CallContext& context, ir::Tensor x) const {
  return context.training && strength_ > 0 ? noisy(context, x) : x;
}

OptionList NoiseLayer::strength_and_seed(std::string_view meaning_of_strength) {
  return {{strength_name_, &strength_, meaning_of_strength, kRequired},
          {"seed", &seed_, "of the draws; null: the model's"}};
}

}  // namespace kiln::keras
