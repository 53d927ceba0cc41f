// Counter-based random bits.
#include <algorithm>

#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/threefry.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;

Expected<Types> infer_rng_bit_generator(const Op& op, std::span<const Type> declared) {
  const Type state{ElementType::i64, {2}};
  if (op.operand(0)->type() != state)
    return op_error(op, "the state must be {}", state.to_string());
  if (declared.size() != 2 || declared[0] != state || declared[1].element != ElementType::i32) {
    return op_error(op, "needs its result types: the new state, and bits of type i32");
  }
  return Types(declared.begin(), declared.end());
}

void evaluate_rng_bit_generator(const Op&, std::span<const Literal> operands,
                                std::span<Literal> results) {
  const auto key = static_cast<uint64_t>(operands[0].get_int(0));
  const auto stream = static_cast<uint64_t>(operands[0].get_int(1));
  results[0].set_int(0, operands[0].get_int(0));
  results[0].set_int(1, static_cast<int64_t>(stream + 1));
  for (int64_t i = 0, n = results[1].type().count(); i < n; ++i) {
    results[1].set_int(i, static_cast<int32_t>(random_bits(key, static_cast<uint32_t>(stream),
                                                           static_cast<uint32_t>(i))));
  }
}

/// One for each number drawn, though a hash is some eighty instructions: random bits stand in
/// kernels of small ops whatever their number, whose size this limits.
int64_t count_draws(const Op& op) {
  return std::max(op.result(0)->type().count(), op.result(1)->type().count());
}

}  // namespace

void add_random_ops(std::vector<OpDefinition>& ops) {
  ops.push_back({"rng_bit_generator",
                 "state [key, stream] to [key, stream + 1] and uniform bits: element i is "
                 "Threefry-2x32-20 of (i, stream) under key",
                 OpClass::random,
                 1,
                 1,
                 2,
                 0,
                 {},
                 infer_rng_bit_generator,
                 evaluate_rng_bit_generator,
                 {.cost = ElementCost::expensive, .operation_count = count_draws}});
}

}  // namespace kiln::ir
