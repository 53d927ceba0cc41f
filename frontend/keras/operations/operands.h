// What operations are given: tensors and constants, converted and made to fit each other by
// Keras's rules.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/json/shape.h"
#include "frontend/keras/operations/element_types.h"
#include "ir/builder.h"

namespace kiln::keras {

/// A tensor, or a number of Python's, which is weak: a scalar constant whose type the other operands
/// decide.
struct Operand {
  ir::Tensor tensor;
  bool weak = false;

  PromotedType type() const { return {tensor.type().element, weak}; }
  const ir::Shape& shape() const { return tensor.shape(); }
};

/// The operand in this element type; to bool, whether it is not 0.
ir::Tensor cast(ir::Tensor x, ir::ElementType element);
/// Floats as they are, all others as f32.
ir::Tensor as_float(ir::Tensor x);
ir::Tensor as_bool(ir::Tensor x);
inline bool is_float(ir::Tensor x) { return ir::is_float(x.type().element); }
inline bool is_bool(ir::Tensor x) { return x.type().element == ir::ElementType::i1; }

/// Two operands in their common type, whose shapes broadcast.
struct Pair {
  ir::Tensor a, b;
};
/// The same in a float type.
struct FloatPair : Pair {};
/// The same as truth values.
struct BoolPair : Pair {};

/// NumPy's common shape, or why there is none.
Expected<ir::Shape> common_shape(const ir::Shape& a, const ir::Shape& b);
/// Both in one type, `least` among those that decide it.
Expected<Pair> promote(const Operand& a, const Operand& b, std::optional<PromotedType> least = {});
/// All in one type; their shapes may differ.
std::vector<ir::Tensor> promote(const std::vector<Operand>& operands);

/// x's dimension that Keras's `axis` (negative: from the end) means.
Expected<int64_t> dimension_of(int64_t axis, int64_t rank);
/// All of them, once each, in the order given.
Expected<ir::Integers> dimensions_of(const ir::Integers& axes, int64_t rank);

/// x's extent along a dimension.
inline int64_t extent(ir::Tensor x, int64_t dimension) {
  return x.shape().at(static_cast<size_t>(dimension));
}
/// The shape with that extent in place of another.
ir::Shape with_extent(ir::Shape shape, int64_t dimension, int64_t extent);
/// 0, 1, ... up to the rank.
ir::Integers all_dimensions(int64_t rank);
/// The dimensions in order, with one of them moved.
ir::Integers moved(int64_t rank, int64_t from, int64_t to);
/// The elements start, start + step, ... below limit along a dimension.
ir::Tensor slice_along(ir::Tensor x, int64_t dimension, int64_t start, int64_t limit,
                       int64_t step = 1);
/// For each place, an i32 along that dimension, x's element there; all other extents are x's.
ir::Tensor elements_at(ir::Tensor x, ir::Tensor places, int64_t dimension);
/// What to take off exponents so that they do not overflow, near x: a whole number, which has no
/// derivative and cancels out; 0 where x is not finite.
ir::Tensor shift_of(ir::Tensor x);
/// A tensor of that shape, which no machine may be too small for.
Status check_size(const ir::Shape& shape);

}  // namespace kiln::keras
