#include "frontend/keras/layers/hashed_crossing.h"

#include <fmt/format.h>

#include <limits>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

// tf.sparse.cross_hashed, with the key that it has by default: FingerprintCat64 of each number in
// turn, in unsigned arithmetic that wraps. Source: tensorflow/core/kernels/sparse_cross_op.cc,
// tsl/platform/fingerprint.h.
constexpr uint64_t kKey = 0xdecafcaffe;
constexpr uint64_t kFactor = 0xc6a4a7935bd1e995;
constexpr int kShift = 47;

Tensor like(Tensor x, uint64_t bits) {
  return x.builder->constant(ir::Literal::splat_int(x.type(), static_cast<int64_t>(bits)));
}

/// x ^ x >> 47, without a sign. Of a multiple of 2^47 the division is exact, and so a shift that
/// repeats the sign, which is then left out.
Tensor shift_mix(Tensor x) {
  constexpr uint64_t kUnit = uint64_t{1} << kShift;
  const Tensor upper = logical_and(x, like(x, ~(kUnit - 1))) / like(x, kUnit);
  return logical_xor(x, logical_and(upper, like(x, (uint64_t{1} << (64 - kShift)) - 1)));
}

/// The fingerprint of two.
Tensor joined(Tensor a, Tensor b) {
  const Tensor factor = like(a, kFactor);
  Tensor result = logical_xor(a, factor);
  result = logical_xor(result, shift_mix(b * factor) * factor) * factor;
  return shift_mix(shift_mix(result) * factor);
}

/// The remainder of x taken without a sign; count: positive, below 2^62. That of the highest bit is
/// added to that of the others.
Tensor unsigned_remainder(Tensor x, uint64_t count) {
  constexpr uint64_t kHighest = uint64_t{1} << 63;
  const Tensor divisor = like(x, count);
  const Tensor rest = remainder(logical_and(x, like(x, kHighest - 1)), divisor);
  const Tensor with_highest = remainder(rest + like(x, kHighest % count), divisor);
  return select(compare(x, "LT", 0.0), with_highest, rest);
}

Status check_pair(const LayerInput& input, const LayerInput& first) {
  const ir::Shape& shape = input.type.shape;
  if (shape.size() > 2 || (shape.size() == 2 && shape[1] != 1)) {
    return Diagnostic{"",
                      fmt::format("needs inputs of (batch,) or (batch, 1), gets {} from \"{}\"",
                                  show_shape(shape), input.from),
                      ""};
  }
  if (shape.size() != first.type.shape.size()) {
    return Diagnostic{
        "",
        fmt::format("crosses inputs of one shape, gets {} from \"{}\" and {} from \"{}\"",
                    show_shape(first.type.shape), first.from, show_shape(shape), input.from),
        ""};
  }
  if (!ir::is_float(input.type.element)) return ok();
  return Diagnostic{
      "", fmt::format("crosses integers and texts, but gets floats from \"{}\"", input.from),
      "numbers that other layers take, too, need an input of their own"};
}

}  // namespace

Expected<LayerBuild> HashedCrossing::build(std::span<const LayerInput> inputs) const {
  if (inputs.size() != 2)
    return Diagnostic{"", fmt::format("crosses two inputs, gets {}", inputs.size()), ""};
  for (const LayerInput& input : inputs) KILN_TRY(check_pair(input, inputs[0]));
  if (options_.num_bins <= 0 || options_.num_bins > std::numeric_limits<int32_t>::max()) {
    return Diagnostic{"", fmt::format("num_bins is {}", options_.num_bins),
                      "give at least one, and no more than an int32 counts"};
  }
  if (options_.output_mode == "int")
    return LayerBuild{{}, {inputs[0].type.with_element(ir::ElementType::i32)}};
  if (options_.output_mode != "one_hot") {
    return Diagnostic{"", fmt::format("output_mode \"{}\" is not supported", options_.output_mode),
                      "use int or one_hot"};
  }
  KILN_ASSIGN(ir::Type type, encoding().type_for(inputs[0]));
  return LayerBuild{{}, {std::move(type)}};
}

std::vector<Signal> HashedCrossing::call(CallContext& context,
                                         std::span<const Signal> inputs) const {
  const ir::Type type = inputs[0].tensor.type().with_element(ir::ElementType::i64);
  Tensor hash = context.builder.constant(ir::Literal::splat_int(type, static_cast<int64_t>(kKey)));
  for (const Signal& input : inputs) hash = joined(hash, convert(input.tensor, type.element));
  const Tensor bins = convert(unsigned_remainder(hash, static_cast<uint64_t>(options_.num_bins)),
                              ir::ElementType::i32);
  return {{options_.output_mode == "int" ? bins : encoding().of(bins), {}}};
}

std::optional<runtime::TextRules> HashedCrossing::text_rules(size_t) const {
  return runtime::fingerprint_rules();
}

OptionList HashedCrossing::option_list() {
  HashedCrossingOptions& o = options_;
  return {
      {"num_bins", &o.num_bins, "how many bins there are", kRequired},
      {"output_mode", &o.output_mode, "\"int\" or \"one_hot\""},
      {"sparse", Fixed{{false}}, "sparse tensors"},
      {"name", &name, "unique in a model", kRequired},
      {"dtype", Ignored{o.output_mode == "int" ? "int64" : "float32"}, "what Keras computes in"}};
}

}  // namespace kiln::keras
