#include "frontend/keras/layers/mask_operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/merging.h"
#include "frontend/keras/options/config.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// Keras's names, in the order of the kinds.
constexpr std::string_view kNames[] = {"NotEqual",  "Any",      "LogicalOr",  "ExpandDims",
                                       "ZerosLike", "OnesLike", "Concatenate"};

/// The shape of two that broadcast, extents that are open included.
Expected<ir::Shape> broadcast_shape(const LayerInput& a, const LayerInput& b) {
  ir::Shape shape = a.type.shape;
  const ir::Shape& other = b.type.shape;
  bool fits = shape.size() == other.size();
  for (size_t d = 0; fits && d < shape.size(); ++d) {
    fits = shape[d] == other[d] || shape[d] == 1 || other[d] == 1;
    if (shape[d] == 1) shape[d] = other[d];
  }
  if (fits) return shape;
  return Diagnostic{"",
                    fmt::format("gets {} from \"{}\" and {} from \"{}\"", show_shape(a.type.shape),
                                a.from, show_shape(other), b.from),
                    ""};
}

}  // namespace

Expected<LayerPointer> MaskOperation::read(std::string_view class_name, const Json& config,
                                           const std::string& where) {
  const auto* found = std::find(std::begin(kNames), std::end(kNames), class_name);
  if (found == std::end(kNames)) {
    return Diagnostic{where,
                      fmt::format("the operation \"{}\" on tensors is not supported", class_name),
                      "write it as a layer: Add()([x, y]) for x + y"};
  }
  std::shared_ptr<MaskOperation> operation(new MaskOperation(static_cast<Kind>(found - kNames)));
  ConfigReader reader(config, where);
  read_options(operation->option_list(), reader);
  KILN_TRY(reader.finish());
  return LayerPointer(std::move(operation));
}

std::string_view MaskOperation::class_name() const { return kNames[static_cast<size_t>(kind_)]; }

std::vector<std::string_view> MaskOperation::argument_names() const {
  if (kind_ == Kind::logical_or) return {"x1", "x2"};
  return {"x"};
}

bool MaskOperation::has_axis() const {
  return kind_ == Kind::any || kind_ == Kind::expand_dims || kind_ == Kind::concatenate;
}

Expected<ir::Shape> MaskOperation::output_shape(std::span<const LayerInput> inputs) const {
  if (kind_ == Kind::concatenate) {
    KILN_ASSIGN(const LayerBuild joined, Concatenate(axis_).build(inputs));
    return joined.outputs[0].shape;
  }
  if (kind_ == Kind::logical_or && inputs.size() == 2) return broadcast_shape(inputs[0], inputs[1]);
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  ir::Shape shape = input.type.shape;
  if (kind_ == Kind::expand_dims) {
    KILN_ASSIGN(const int64_t axis, resolve_axis(axis_, input.type.rank() + 1));
    shape.insert(shape.begin() + axis, 1);
  }
  if (kind_ == Kind::any) {
    KILN_ASSIGN(const int64_t axis, resolve_axis(axis_, input.type.rank()));
    shape.erase(shape.begin() + axis);
    if (keepdims_) shape.insert(shape.begin() + axis, 1);
  }
  return shape;
}

Expected<LayerBuild> MaskOperation::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(ir::Shape shape, output_shape(inputs));
  return LayerBuild{{}, {{ir::ElementType::i1, std::move(shape)}}};
}

std::vector<Signal> MaskOperation::call(CallContext& context,
                                        std::span<const Signal> inputs) const {
  std::vector<Tensor> operands;
  for (const Signal& input : inputs) operands.push_back(input.tensor);
  return {{result(context.builder, operands)}};
}

Tensor MaskOperation::result(ir::Builder& builder, const std::vector<Tensor>& operands) const {
  const Tensor x = operands[0];
  ir::Shape shape = x.shape();
  switch (kind_) {
    case Kind::not_equal:
      return compare(x, "NE", std::visit([](auto n) { return static_cast<double>(n); }, number_));
    case Kind::any:
      return reduce(x, "or", {*resolve_axis(axis_, x.rank())}, keepdims_);
    case Kind::logical_or:
      return logical_or(x, operands[1]);
    case Kind::expand_dims:
      shape.insert(shape.begin() + *resolve_axis(axis_, x.rank() + 1), 1);
      return reshape(x, std::move(shape));
    case Kind::concatenate:
      return ir::concatenate(operands, *resolve_axis(axis_, x.rank()));
    case Kind::zeros_like:
    case Kind::ones_like:
      break;
  }
  return builder.constant(kind_ == Kind::ones_like, {ir::ElementType::i1, std::move(shape)});
}

OptionList MaskOperation::option_list() {
  OptionList options = {{"name", &name, "unique in a model", kRequired}};
  if (has_axis()) options.push_back({"axis", &axis_, "the dimension", kRequired});
  if (kind_ == Kind::any)
    options.push_back({"keepdims", &keepdims_, "the dimension stays, with extent 1"});
  if (kind_ == Kind::zeros_like || kind_ == Kind::ones_like)
    options.push_back({"dtype", Fixed{{"bool"}}, "of the result"});
  return options;
}

Json MaskOperation::numbers() const {
  if (kind_ != Kind::not_equal) return Json::array();
  return Json::array({std::visit([](auto number) { return Json(number); }, number_)});
}

bool MaskOperation::set_numbers(const Json& numbers) {
  if (kind_ != Kind::not_equal) return numbers.empty();
  if (numbers.size() != 1) return false;
  if (numbers[0].is_number_integer()) {
    number_ = numbers[0].get<int64_t>();
  } else {
    number_ = numbers[0].get<double>();
  }
  return true;
}

}  // namespace kiln::keras
