#include "frontend/keras/layers/category_encoding.h"

#include <algorithm>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kF32 = ir::ElementType::f32;
constexpr auto kI32 = ir::ElementType::i32;

}  // namespace

Expected<LayerBuild> CategoryEncoding::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_ASSIGN(ir::Type type, encoding_.type_for(input));
  return LayerBuild{{}, {std::move(type)}};
}

std::vector<Signal> CategoryEncoding::call(CallContext&, std::span<const Signal> inputs) const {
  return {{encoding_.of(convert(inputs[0].tensor, kI32)), {}}};
}

OptionList CategoryEncoding::option_list() {
  return {{"num_tokens", &encoding_.depth, "how many integers there are, from 0", kRequired},
          {"output_mode", &encoding_.mode, "\"one_hot\", \"multi_hot\" or \"count\""}};
}

Expected<LayerBuild> Discretization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  if (bin_boundaries_.empty()) {
    return Diagnostic{"", "has no bin_boundaries",
                      "give them, or let Keras adapt() the layer before it saves the model"};
  }
  if (!std::ranges::is_sorted(bin_boundaries_))
    return Diagnostic{"", "bin_boundaries must increase", ""};
  if (output_mode_ == "int") return LayerBuild{{}, {input.type.with_element(kI32)}};
  KILN_ASSIGN(ir::Type type, encoding().type_for(input));
  return LayerBuild{{}, {std::move(type)}};
}

std::vector<Signal> Discretization::call(CallContext& context,
                                         std::span<const Signal> inputs) const {
  const Tensor x = convert(inputs[0].tensor, kF32);
  // How many boundaries are not above x; of what is no number Keras finds all of them.
  ir::Shape shape = x.shape();
  shape.push_back(1);
  const ir::Type type{kF32, {static_cast<int64_t>(bin_boundaries_.size())}};
  const Tensor boundaries =
      context.builder.constant(ir::Literal::from_values(type, bin_boundaries_));
  const Tensor column = reshape(x, shape);
  shape.back() = type.shape[0];
  const Tensor below =
      logical_not(compare(broadcast_to(column, shape), "LT", broadcast_to(boundaries, shape)));
  const Tensor index = sum(convert(below, kI32), {x.rank()});
  return {{output_mode_ == "int" ? index : encoding().of(index), {}}};
}

OptionList Discretization::option_list() {
  return {{"bin_boundaries", NumberOrList{&bin_boundaries_}, "between the ranges, increasing"},
          {"num_bins", &num_bins_, "how many ranges Keras's adapt() made"},
          {"epsilon", &epsilon_, "how exactly it made them"},
          {"output_mode", &output_mode_, "\"int\", \"one_hot\", \"multi_hot\" or \"count\""},
          {"sparse", Fixed{{false}}, "sparse tensors"},
          {"name", &name, "unique in a model", kRequired},
          {"dtype", Ignored{"float32"}, "what Keras computes in"}};
}

}  // namespace kiln::keras
