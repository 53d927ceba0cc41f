#include "frontend/keras/layers/base/encoding.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kF32 = ir::ElementType::f32;
constexpr auto kI32 = ir::ElementType::i32;

/// Whether one-hot vectors take the place of a last extent of 1.
bool replaces_last(const ir::Shape& shape) { return shape.size() > 1 && shape.back() == 1; }

}  // namespace

Expected<ir::Type> Encoding::type_for(const LayerInput& input) const {
  if (depth <= 0)
    return Diagnostic{"", fmt::format("needs a positive number of tokens, not {}", depth), ""};
  ir::Shape shape = input.type.shape;
  if (mode == "one_hot") {
    if (replaces_last(shape)) shape.pop_back();
  } else if (mode == "multi_hot" || mode == "count") {
    KILN_TRY(check_rank(input, 2));
    shape.pop_back();
  } else {
    return Diagnostic{"", fmt::format("output_mode \"{}\" is not supported", mode),
                      "use one_hot, multi_hot or count"};
  }
  shape.push_back(depth);
  return ir::Type{kF32, std::move(shape)};
}

Tensor Encoding::of(Tensor index) const {
  ir::Shape shape = index.shape();
  if (mode == "one_hot" && replaces_last(shape)) shape.pop_back();
  shape.push_back(1);
  const Tensor column = reshape(index, shape);
  shape.back() = depth;
  const Tensor numbers = index.builder->iota({kI32, shape}, column.rank() - 1);
  const Tensor vectors = convert(compare(numbers, "EQ", broadcast_to(column, shape)), kF32);
  if (mode == "multi_hot") return reduce(vectors, "maximum", {1});
  return mode == "count" ? sum(vectors, {1}) : vectors;
}

}  // namespace kiln::keras
