// Ops that move elements: every result element is an operand's element at another index.
#include "ir/ops/movement.h"

#include <algorithm>

#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/index.h"

namespace kiln::ir {

BroadcastInDim BroadcastInDim::of(const Op& op) {
  return {op.get<Integers>("broadcast_dimensions")};
}

Transpose Transpose::of(const Op& op) { return {op.get<Integers>("permutation")}; }

Slice Slice::of(const Op& op) {
  return {op.get<Integers>("start_indices"), op.get<Integers>("limit_indices"),
          op.get<Integers>("strides")};
}

Reverse Reverse::of(const Op& op) { return {op.get<Integers>("dimensions")}; }

Concatenate Concatenate::of(const Op& op) { return {op.get<int64_t>("dimension")}; }

Pad Pad::of(const Op& op) {
  return {op.get<Integers>("edge_padding_low"), op.get<Integers>("edge_padding_high"),
          op.get<Integers>("interior_padding")};
}

namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

/// Fills result 0: element at `index` is operand 0's element number source(index).
template <typename Source>
void gather_elements(std::span<const Literal> operands, std::span<Literal> results, Source source) {
  int64_t at = 0;
  for_each_index(results[0].type().shape, [&](const Shape& index) {
    results[0].copy_element(at++, operands[0], source(index));
  });
}

// ---- broadcast_in_dim: https://openxla.org/stablehlo/spec#broadcast_in_dim

Expected<Types> infer_broadcast(const Op& op, std::span<const Type> declared) {
  if (declared.size() != 1) return op_error(op, "needs its result type");
  const Type& from = op.operand(0)->type();
  const Type& to = declared[0];
  const auto& dims = op.get<Integers>("broadcast_dimensions");
  if (to.element != from.element) return op_error(op, "cannot change the element type");
  if (static_cast<int64_t>(dims.size()) != from.rank()) {
    return op_error(op, "needs one broadcast dimension per operand dimension: {} for {}",
                    show(dims), from.to_string());
  }
  std::vector<bool> used(to.shape.size(), false);
  for (size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] < 0 || dims[d] >= to.rank() || used[static_cast<size_t>(dims[d])]) {
      return op_error(op, "broadcast dimensions {} are not distinct dimensions of {}", show(dims),
                      to.to_string());
    }
    const auto target = static_cast<size_t>(dims[d]);
    used[target] = true;
    if (from.shape[d] != 1 && from.shape[d] != to.shape[target]) {
      return op_error(op, "dimension {} of {} cannot become dimension {} of {}", d,
                      from.to_string(), target, to.to_string());
    }
  }
  return Types{to};
}

void evaluate_broadcast(const Op& op, std::span<const Literal> operands,
                        std::span<Literal> results) {
  const auto& dims = op.get<Integers>("broadcast_dimensions");
  const Shape& from = operands[0].type().shape;
  const Shape strides = strides_of(from);
  gather_elements(operands, results, [&](const Shape& index) {
    int64_t offset = 0;
    for (size_t d = 0; d < from.size(); ++d) {
      if (from[d] != 1) offset += index[static_cast<size_t>(dims[d])] * strides[d];
    }
    return offset;
  });
}

// ---- reshape

Expected<Types> infer_reshape(const Op& op, std::span<const Type> declared) {
  if (declared.size() != 1) return op_error(op, "needs its result type");
  const Type& from = op.operand(0)->type();
  if (declared[0].element != from.element || declared[0].count() != from.count()) {
    return op_error(op, "{} cannot become {}", from.to_string(), declared[0].to_string());
  }
  return Types{declared[0]};
}

void evaluate_reshape(const Op&, std::span<const Literal> operands, std::span<Literal> results) {
  results[0] = operands[0].reshaped(results[0].type().shape);
}

// ---- transpose

Expected<Types> infer_transpose(const Op& op, std::span<const Type>) {
  const Type& from = op.operand(0)->type();
  const auto& permutation = op.get<Integers>("permutation");
  Integers sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  for (size_t d = 0; d < sorted.size(); ++d) {
    if (sorted[d] != static_cast<int64_t>(d))
      return op_error(op, "{} is not a permutation", show(permutation));
  }
  if (static_cast<int64_t>(sorted.size()) != from.rank()) {
    return op_error(op, "permutation {} does not fit {}", show(permutation), from.to_string());
  }
  Shape shape;
  for (int64_t d : permutation) shape.push_back(from.shape[static_cast<size_t>(d)]);
  return Types{from.with_shape(shape)};
}

void evaluate_transpose(const Op& op, std::span<const Literal> operands,
                        std::span<Literal> results) {
  const auto& permutation = op.get<Integers>("permutation");
  const Shape strides = strides_of(operands[0].type().shape);
  gather_elements(operands, results, [&](const Shape& index) {
    int64_t offset = 0;
    for (size_t d = 0; d < index.size(); ++d)
      offset += index[d] * strides[static_cast<size_t>(permutation[d])];
    return offset;
  });
}

// ---- slice

Expected<Types> infer_slice(const Op& op, std::span<const Type>) {
  const Type& from = op.operand(0)->type();
  const auto& starts = op.get<Integers>("start_indices");
  const auto& limits = op.get<Integers>("limit_indices");
  const auto& strides = op.get<Integers>("strides");
  const auto rank = static_cast<size_t>(from.rank());
  if (starts.size() != rank || limits.size() != rank || strides.size() != rank) {
    return op_error(op, "needs a start, a limit and a stride per dimension of {}",
                    from.to_string());
  }
  Shape shape;
  for (size_t d = 0; d < rank; ++d) {
    if (starts[d] < 0 || limits[d] < starts[d] || limits[d] > from.shape[d] || strides[d] < 1) {
      return op_error(op, "{}:{}:{} is not within dimension {} of {}", starts[d], limits[d],
                      strides[d], d, from.to_string());
    }
    const int64_t length = limits[d] - starts[d];
    shape.push_back(length / strides[d] + (length % strides[d] != 0));
  }
  return Types{from.with_shape(shape)};
}

void evaluate_slice(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const auto& starts = op.get<Integers>("start_indices");
  const auto& steps = op.get<Integers>("strides");
  const Shape strides = strides_of(operands[0].type().shape);
  gather_elements(operands, results, [&](const Shape& index) {
    int64_t offset = 0;
    for (size_t d = 0; d < index.size(); ++d)
      offset += (starts[d] + index[d] * steps[d]) * strides[d];
    return offset;
  });
}

// ---- reverse

Expected<Types> infer_reverse(const Op& op, std::span<const Type>) {
  const Type& from = op.operand(0)->type();
  const auto& dims = op.get<Integers>("dimensions");
  std::vector<bool> used(from.shape.size(), false);
  for (int64_t d : dims) {
    if (d < 0 || d >= from.rank() || used[static_cast<size_t>(d)]) {
      return op_error(op, "dimensions {} are not distinct dimensions of {}", show(dims),
                      from.to_string());
    }
    used[static_cast<size_t>(d)] = true;
  }
  return Types{from};
}

void evaluate_reverse(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const auto& dims = op.get<Integers>("dimensions");
  const Shape& shape = results[0].type().shape;
  const Shape strides = strides_of(shape);
  gather_elements(operands, results, [&](const Shape& index) {
    Shape source = index;
    for (int64_t d : dims) {
      const auto at = static_cast<size_t>(d);
      source[at] = shape[at] - 1 - index[at];
    }
    return offset_of(source, strides);
  });
}

// ---- concatenate

Expected<Types> infer_concatenate(const Op& op, std::span<const Type>) {
  const int64_t dimension = op.get<int64_t>("dimension");
  Type type = op.operand(0)->type();
  if (dimension < 0 || dimension >= type.rank()) {
    return op_error(op, "{} has no dimension {}", type.to_string(), dimension);
  }
  const auto axis = static_cast<size_t>(dimension);
  int64_t extent = 0;
  for (Value* operand : op.operands()) {
    Type other = operand->type();
    if (other.rank() != type.rank()) return op_error(op, "operands must have one rank");
    extent += other.shape[axis];
    other.shape[axis] = type.shape[axis];
    if (other != type) {
      return op_error(op, "operands may differ along dimension {} only: {} and {}", dimension,
                      type.to_string(), operand->type().to_string());
    }
  }
  type.shape[axis] = extent;
  return Types{type};
}

void evaluate_concatenate(const Op& op, std::span<const Literal> operands,
                          std::span<Literal> results) {
  const auto axis = static_cast<size_t>(op.get<int64_t>("dimension"));
  int64_t at = 0;
  for_each_index(results[0].type().shape, [&](const Shape& index) {
    Shape source = index;
    size_t piece = 0;
    while (source[axis] >= operands[piece].type().shape[axis]) {
      source[axis] -= operands[piece++].type().shape[axis];
    }
    const Literal& from = operands[piece];
    results[0].copy_element(at++, from, offset_of(source, strides_of(from.type().shape)));
  });
}

// ---- pad: https://openxla.org/stablehlo/spec#pad

Expected<Types> infer_pad(const Op& op, std::span<const Type>) {
  const Type& from = op.operand(0)->type();
  const Type& value = op.operand(1)->type();
  const auto& low = op.get<Integers>("edge_padding_low");
  const auto& high = op.get<Integers>("edge_padding_high");
  const auto& interior = op.get<Integers>("interior_padding");
  const auto rank = static_cast<size_t>(from.rank());
  if (low.size() != rank || high.size() != rank || interior.size() != rank) {
    return op_error(op, "needs low, high and interior padding per dimension of {}",
                    from.to_string());
  }
  if (value != Type{from.element, {}})
    return op_error(op, "the padding value must be a {} scalar", name_of(from.element));
  Shape shape;
  for (size_t d = 0; d < rank; ++d) {
    if (interior[d] < 0) return op_error(op, "interior padding must not be negative");
    // Beyond this, sums and products could overflow.
    const int64_t most = kMaxTensorBytes / std::max<int64_t>(from.shape[d], 1);
    for (int64_t padding : {low[d], high[d], interior[d]}) {
      if (padding > most || padding < -most)
        return op_error(op, "the padding of dimension {} is too large", d);
    }
    const int64_t inner = from.shape[d] + std::max<int64_t>(from.shape[d] - 1, 0) * interior[d];
    shape.push_back(low[d] + inner + high[d]);
    if (shape.back() < 0)
      return op_error(op, "padding leaves dimension {} of {} negative", d, from.to_string());
  }
  return Types{from.with_shape(shape)};
}

void evaluate_pad(const Op& op, std::span<const Literal> operands, std::span<Literal> results) {
  const auto& low = op.get<Integers>("edge_padding_low");
  const auto& interior = op.get<Integers>("interior_padding");
  const Shape& from = operands[0].type().shape;
  const Shape strides = strides_of(from);
  int64_t at = 0;
  for_each_index(results[0].type().shape, [&](const Shape& index) {
    int64_t offset = 0;
    bool inside = true;
    for (size_t d = 0; d < index.size(); ++d) {
      const int64_t shifted = index[d] - low[d];
      const int64_t step = interior[d] + 1;
      inside = inside && shifted >= 0 && shifted % step == 0 && shifted / step < from[d];
      offset += shifted / step * strides[d];
    }
    results[0].copy_element(at++, operands[inside ? 0 : 1], inside ? offset : 0);
  });
}

}  // namespace

void add_movement_ops(std::vector<OpDefinition>& ops) {
  constexpr OpClass kMovement = OpClass::movement;
  ops.push_back({"broadcast_in_dim",
                 "repeats elements into a larger shape",
                 kMovement,
                 1,
                 1,
                 1,
                 0,
                 {{"broadcast_dimensions", Kind::integers, true,
                   "the result dimension of each operand dimension"}},
                 infer_broadcast,
                 evaluate_broadcast,
                 {.cost = ElementCost::free}});
  ops.push_back({"reshape",
                 "the same elements, row-major, in another shape",
                 kMovement,
                 1,
                 1,
                 1,
                 0,
                 {},
                 infer_reshape,
                 evaluate_reshape,
                 {.cost = ElementCost::free}});
  ops.push_back(
      {"transpose",
       "permutes dimensions: result dimension d is operand dimension permutation[d]",
       kMovement,
       1,
       1,
       1,
       0,
       {{"permutation", Kind::integers, true, "an operand dimension per result dimension"}},
       infer_transpose,
       evaluate_transpose});
  ops.push_back({"slice",
                 "start:limit:stride in every dimension",
                 kMovement,
                 1,
                 1,
                 1,
                 0,
                 {{"start_indices", Kind::integers, true, "first index, per dimension"},
                  {"limit_indices", Kind::integers, true, "one past the last index, per dimension"},
                  {"strides", Kind::integers, true, "step, per dimension"}},
                 infer_slice,
                 evaluate_slice,
                 {.cost = ElementCost::free}});
  ops.push_back({"reverse",
                 "reverses the order along dimensions",
                 kMovement,
                 1,
                 1,
                 1,
                 0,
                 {{"dimensions", Kind::integers, true, "the dimensions to reverse"}},
                 infer_reverse,
                 evaluate_reverse,
                 {.cost = ElementCost::free}});
  ops.push_back({"concatenate",
                 "operands one after the other along a dimension",
                 kMovement,
                 1,
                 -1,
                 1,
                 0,
                 {{"dimension", Kind::integer, true, "the dimension along which they are joined"}},
                 infer_concatenate,
                 evaluate_concatenate});
  ops.push_back(
      {"pad",
       "surrounds (and interleaves) the first operand with the second, a scalar; negative edges "
       "crop",
       kMovement,
       2,
       2,
       1,
       0,
       {{"edge_padding_low", Kind::integers, true, "elements before, per dimension"},
        {"edge_padding_high", Kind::integers, true, "elements after, per dimension"},
        {"interior_padding", Kind::integers, true, "elements between neighbours, per dimension"}},
       infer_pad,
       evaluate_pad});
}

}  // namespace kiln::ir
