// Ops without operands.
#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/index.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

Expected<Types> infer_constant(const Op& op, std::span<const Type> declared) {
  const Type& type = op.get<Literal>("value").type();
  if (!declared.empty() && declared[0] != type) {
    return op_error(op, "its value is {}, not {}", type.to_string(), declared[0].to_string());
  }
  return Types{type};
}

void evaluate_constant(const Op& op, std::span<const Literal>, std::span<Literal> results) {
  results[0] = op.get<Literal>("value");
}

Expected<Types> infer_iota(const Op& op, std::span<const Type> declared) {
  if (declared.size() != 1) return op_error(op, "needs its result type");
  if (declared[0].element == ElementType::i1)
    return op_error(op, "does not give elements of type i1");
  const int64_t dimension = op.get<int64_t>("dimension");
  if (dimension < 0 || dimension >= declared[0].rank()) {
    return op_error(op, "dimension {} is not one of {}", dimension, declared[0].to_string());
  }
  return Types{declared[0]};
}

void evaluate_iota(const Op& op, std::span<const Literal>, std::span<Literal> results) {
  const auto dimension = static_cast<size_t>(op.get<int64_t>("dimension"));
  int64_t at = 0;
  for_each_index(results[0].type().shape,
                 [&](const Shape& index) { results[0].set_int(at++, index[dimension]); });
}

}  // namespace

void add_source_ops(std::vector<OpDefinition>& ops) {
  ops.push_back({"constant",
                 "a tensor that is known at compile time",
                 OpClass::source,
                 0,
                 0,
                 1,
                 0,
                 {{"value", Kind::literal, true, "dense<0.5>, dense<[1, 2, 3]>"}},
                 infer_constant,
                 evaluate_constant,
                 {.cost = ElementCost::free}});
  ops.push_back({"iota",
                 "the index along one dimension",
                 OpClass::source,
                 0,
                 0,
                 1,
                 0,
                 {{"dimension", Kind::integer, true, "the dimension that counts"}},
                 infer_iota,
                 evaluate_iota,
                 {.cost = ElementCost::free, .never_negative_zero = true}});
}

}  // namespace kiln::ir
