#include "frontend/keras/operations/operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/operations/list.h"
#include "frontend/keras/operations/rows.h"
#include "ir/op.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

/// What stands for extents that are open while an operation is tried: a number that most others
/// divide, since an open extent may be a multiple of the batch, and its double. Smaller ones where
/// tensors would be larger than any machine's.
std::array<int64_t, 2> trial_extents(std::span<const LayerInput> inputs) {
  // What an operation makes of its operands may be some hundred times as large.
  constexpr double kMostElements = static_cast<double>(ir::kMaxTensorBytes) / 4096;
  const auto fits = [&](int64_t extent) {
    return std::ranges::all_of(inputs, [&](const LayerInput& input) {
      double count = 1;
      for (int64_t each : input.type.shape)
        count *= static_cast<double>(each == kNone ? 2 * extent : each);
      return count < kMostElements;
    });
  };
  for (int64_t extent : {27720, 2520, 60}) {
    if (fits(extent)) return {extent, 2 * extent};
  }
  return {2, 4};
}

/// Keras's function of a class: TrueDivide is true_divide.
std::string function_name(std::string_view class_name) {
  std::string name;
  for (size_t i = 0; i < class_name.size(); ++i) {
    const char c = class_name[i];
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool after_lower = i > 0 && !(class_name[i - 1] >= 'A' && class_name[i - 1] <= 'Z');
    if (is_upper && after_lower) name += '_';
    name += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

/// The message with None where the number stands for it.
std::string with_none(std::string text, int64_t extent) {
  const std::string number = std::to_string(extent);
  for (size_t at = text.find(number); at != std::string::npos; at = text.find(number, at + 1)) {
    const auto is_digit = [&](size_t i) {
      return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    if (is_digit(at + number.size()) || (at > 0 && is_digit(at - 1))) continue;
    text.replace(at, number.size(), "None");
  }
  return text;
}

/// The operation's ops in a region of their own, with a number for every open extent.
struct Trial {
  ir::Region body;
  Tensors results;
};

}  // namespace

Operation::Operation(const OperationDefinition& definition)
    : definition_(definition), signature_(parse_signature(definition.signature)) {}

Expected<LayerPointer> Operation::read(std::string_view class_name, const Json& object,
                                       const std::string& where) {
  const OperationDefinition* definition = find_operation(class_name);
  const Json& config = object["config"];
  const Json name = config.is_object() ? config.value("name", Json()) : Json();
  if (!definition) {
    std::vector<std::string_view> names;
    for (const OperationDefinition& known : operation_definitions()) names.push_back(known.name);
    const std::string note = ir::did_you_mean(class_name, names);
    return Diagnostic{
        name.is_string() ? fmt::format("{}: \"{}\"", where, name.get<std::string>()) : where,
        fmt::format("the operation \"{}\" (keras.ops.{}) is not supported", class_name,
                    function_name(class_name)),
        note.empty() ? "kiln ops --keras lists those that are; many others can be put together "
                       "from them"
                     : note};
  }
  if (!config.is_object()) return Diagnostic{where, "its config must be an object", ""};
  std::shared_ptr<Operation> operation(new Operation(*definition));
  operation->config_ = config;
  operation->module_ = object.value("module", "keras.src.ops.numpy");
  operation->registered_name_ = std::string(class_name);
  // Some of Keras's classes keep no name in their config.
  const Json outer = object.value("name", Json());
  if (name.is_string()) {
    operation->name = name.get<std::string>();
  } else if (outer.is_string()) {
    operation->name = outer.get<std::string>();
  }
  return LayerPointer(std::move(operation));
}

bool Operation::set_call(Json args, Json kwargs) {
  if (is_called_) return args == args_ && kwargs == kwargs_;
  args_ = std::move(args);
  kwargs_ = std::move(kwargs);
  is_called_ = true;
  return true;
}

Json Operation::write() const {
  return {{"module", module_},
          {"class_name", std::string(definition_.name)},
          {"config", config_},
          {"registered_name", registered_name_}};
}

Diagnostic Operation::in_operation(const Diagnostic& error) const {
  return {fmt::format("operation {}", definition_.name), error.message, error.note};
}

Expected<Tensors> Operation::lower(ir::Builder& builder, std::span<const Tensor> tensors) const {
  auto values = bind_arguments(signature_, args_, kwargs_, config_);
  if (!values) return in_operation(values.error());
  auto results = definition_.apply({builder, signature_, *values, tensors});
  if (!results) return in_operation(results.error());
  return results;
}

Expected<LayerBuild> Operation::build(std::span<const LayerInput> inputs) const {
  Trial trials[2];
  const std::array<int64_t, 2> extents = trial_extents(inputs);
  bool some_is_open = false, one_is_open_each = true;
  for (size_t i = 0; i < 2; ++i) {
    ir::Builder builder(trials[i].body);
    Tensors tensors;
    for (const LayerInput& input : inputs) {
      ir::Type type = input.type;
      const auto open = std::count(type.shape.begin(), type.shape.end(), kNone);
      some_is_open |= open > 0;
      one_is_open_each &= open <= 1;
      std::replace(type.shape.begin(), type.shape.end(), kNone, extents[i]);
      tensors.push_back(builder.wrap(trials[i].body.add_argument(type)));
    }
    auto results = lower(builder, tensors);
    if (!results) {
      return Diagnostic{results.error().where, with_none(results.error().message, extents[i]),
                        results.error().note};
    }
    trials[i].results = std::move(*results);
  }
  // Where extents of the data are open, too, this waits until only the batch is.
  if (some_is_open && one_is_open_each) {
    const auto apart = check_rows_apart(trials[0].body, trials[1].body);
    if (!apart) return in_operation(apart.error());
  }
  LayerBuild build;
  for (size_t i = 0; i < trials[0].results.size(); ++i) {
    ir::Type type = trials[0].results[i].type();
    const ir::Shape& other = trials[1].results[i].shape();
    for (size_t d = 0; d < type.shape.size(); ++d) {
      if (type.shape[d] != other.at(d)) type.shape[d] = kNone;
    }
    build.outputs.push_back(std::move(type));
  }
  return build;
}

std::vector<Signal> Operation::call(CallContext& context, std::span<const Signal> inputs) const {
  Tensors tensors;
  for (const Signal& input : inputs) tensors.push_back(input.tensor);
  const auto results = lower(context.builder, tensors);
  KILN_CHECK(static_cast<bool>(results), "{}", results.error().message);
  std::vector<Signal> signals;
  for (const Tensor& result : *results) signals.push_back({result});
  return signals;
}

}  // namespace kiln::keras
