#include "frontend/keras/operations/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr const char* kTensor = "__tensor_number__";

/// A list of numbers, and lists of them, as one array.
struct Array {
  ir::Shape shape;
  std::vector<double> floats;
  std::vector<int64_t> integers;
  bool has_float = false, has_integer = false;

  /// Adds what lies at that depth; false where it is no array.
  bool add(const Json& json, size_t depth) {
    if (json.is_array()) {
      const auto extent = static_cast<int64_t>(json.size());
      if (depth == shape.size()) {
        if (!floats.empty()) return false;
        shape.push_back(extent);
      }
      if (shape[depth] != extent) return false;
      return std::all_of(json.begin(), json.end(),
                         [&](const Json& each) { return add(each, depth + 1); });
    }
    if (depth != shape.size() || !(json.is_number() || json.is_boolean())) return false;
    has_float |= json.is_number_float();
    has_integer |= json.is_number_integer();
    const int64_t integer = json.is_boolean()        ? json.get<bool>()
                            : json.is_number_float() ? 0
                                                     : json.get<int64_t>();
    floats.push_back(json.is_number_float() ? json.get<double>() : static_cast<double>(integer));
    integers.push_back(integer);
    return true;
  }

  ir::ElementType element() const {
    if (has_float) return ir::ElementType::f32;
    return has_integer ? ir::ElementType::i32 : ir::ElementType::i1;
  }

  Tensor constant(ir::Builder& builder, ir::ElementType element) const {
    ir::Literal literal(ir::Type{element, shape});
    if (has_float || ir::is_float(element)) {
      literal.assign(floats);
    } else {
      literal.assign(integers);
    }
    return builder.constant(std::move(literal));
  }
};

bool is_array_object(const Json& value) {
  const Json name = value.is_object() ? value.value("class_name", Json()) : Json();
  return (name == "__numpy__" || name == "__tensor__") && value.contains("config") &&
         value["config"].is_object() && value["config"].contains("value") &&
         value["config"].contains("dtype");
}

/// An array of NumPy's or a tensor that the file holds.
Expected<Operand> read_array(const OperationCall& call, const Json& config, size_t at) {
  Array array;
  if (!array.add(config["value"], 0)) return call.wrong(at, "a constant array");
  KILN_ASSIGN(const ir::ElementType element, read_dtype(config["dtype"]));
  return Operand{array.constant(call.builder, element)};
}

Expected<Operand> read_operand(const OperationCall& call, const Json& value, size_t at) {
  if (const auto number = tensor_number(value)) return Operand{call.tensors[*number]};
  if (is_array_object(value)) return read_array(call, value["config"], at);
  Array array;
  if (!array.add(value, 0)) return call.wrong(at, "a tensor or numbers");
  // Python's numbers have no type of their own; its truth values and its lists have.
  const bool weak = array.shape.empty() && (array.has_float || array.has_integer);
  return Operand{array.constant(call.builder, array.element()), weak};
}

bool is_integer_list(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(),
                                         [](const Json& each) { return each.is_number_integer(); });
}

}  // namespace

std::optional<size_t> tensor_number(const Json& value) {
  if (!value.is_object() || value.size() != 1 || !value.contains(kTensor)) return {};
  return value[kTensor].get<size_t>();
}

Json tensor_place(size_t number) { return {{kTensor, number}}; }

bool OperationCall::is_null(size_t at) const { return values[at].is_null(); }

Diagnostic OperationCall::wrong(size_t at, std::string_view wanted) const {
  const bool is_tensor = tensor_number(values[at]).has_value();
  return {
      "",
      fmt::format("\"{}\" must be {}, not {}", signature[at].name, wanted,
                  is_tensor ? "a tensor of the model" : excerpt(values[at])),
      is_tensor ? "what a result's shape depends on must be known when the model is compiled" : ""};
}

Expected<ir::Integers> AxesArgument::of(Tensor x) const {
  if (!axes) return all_dimensions(x.rank());
  KILN_ASSIGN(ir::Integers dimensions, dimensions_of(*axes, x.rank()));
  std::sort(dimensions.begin(), dimensions.end());
  return dimensions;
}

Status read_argument(Operand& into, const OperationCall& call, size_t at) {
  KILN_ASSIGN(into, read_operand(call, call.values[at], at));
  return ok();
}

Status read_argument(Tensor& into, const OperationCall& call, size_t at) {
  KILN_ASSIGN(const Operand operand, read_operand(call, call.values[at], at));
  into = operand.tensor;
  return ok();
}

Status read_argument(Floats& into, const OperationCall& call, size_t at) {
  KILN_ASSIGN(const Operand operand, read_operand(call, call.values[at], at));
  into.x = as_float(operand.tensor);
  return ok();
}

Status read_argument(std::vector<Operand>& into, const OperationCall& call, size_t at) {
  const Json& value = call.values[at];
  if (!value.is_array() || value.empty()) return call.wrong(at, "a list of tensors");
  for (const Json& each : value) {
    KILN_ASSIGN(Operand operand, read_operand(call, each, at));
    into.push_back(operand);
  }
  return ok();
}

Status read_argument(bool& into, const OperationCall& call, size_t at) {
  if (!call.values[at].is_boolean()) return call.wrong(at, "true or false");
  into = call.values[at].get<bool>();
  return ok();
}

Status read_argument(int64_t& into, const OperationCall& call, size_t at) {
  if (!call.values[at].is_number_integer()) return call.wrong(at, "an integer");
  into = call.values[at].get<int64_t>();
  return ok();
}

Status read_argument(double& into, const OperationCall& call, size_t at) {
  if (!call.values[at].is_number()) return call.wrong(at, "a number");
  into = call.values[at].get<double>();
  return ok();
}

Status read_argument(std::string& into, const OperationCall& call, size_t at) {
  if (!call.values[at].is_string()) return call.wrong(at, "a text");
  into = call.values[at].get<std::string>();
  return ok();
}

Status read_argument(IntegerList& into, const OperationCall& call, size_t at) {
  const Json& given = call.values[at];
  const Json& value = is_array_object(given) ? given["config"]["value"] : given;
  into.is_list = value.is_array();
  if (value.is_number_integer()) {
    into.values = {value.get<int64_t>()};
  } else if (is_integer_list(value)) {
    into.values = value.get<ir::Integers>();
  } else {
    return call.wrong(at, "an integer or a list of integers");
  }
  return ok();
}

Status read_argument(AxesArgument& into, const OperationCall& call, size_t at) {
  if (call.values[at].is_null()) return ok();
  IntegerList list;
  KILN_TRY(read_argument(list, call, at));
  into.axes = std::move(list.values);
  return ok();
}

Status read_argument(DtypeArgument& into, const OperationCall& call, size_t at) {
  if (call.values[at].is_null()) return ok();
  KILN_ASSIGN(into.element, read_dtype(call.values[at]));
  return ok();
}

Status read_argument(FormatArgument& into, const OperationCall& call, size_t at) {
  const Json& value = call.values[at];
  if (value.is_null()) return ok();
  const auto format = value.is_string() ? find_data_format(value.get<std::string>()) : std::nullopt;
  if (!format) return call.wrong(at, "\"channels_last\" or \"channels_first\"");
  into.format = *format;
  return ok();
}

Status read_argument(AnyArgument& into, const OperationCall& call, size_t at) {
  into.json = &call.values[at];
  return ok();
}

namespace {

Expected<Pair> read_pair(const OperationCall& call, size_t at,
                         std::optional<PromotedType> least = {}) {
  KILN_ASSIGN(const Operand a, read_operand(call, call.values[at], at));
  KILN_ASSIGN(const Operand b, read_operand(call, call.values[at + 1], at + 1));
  return promote(a, b, least);
}

}  // namespace

Status read_argument(Pair& into, const OperationCall& call, size_t at) {
  KILN_ASSIGN(into, read_pair(call, at));
  return ok();
}

Status read_argument(FloatPair& into, const OperationCall& call, size_t at) {
  KILN_ASSIGN(static_cast<Pair&>(into), read_pair(call, at, kAnyFloat));
  return ok();
}

Status read_argument(BoolPair& into, const OperationCall& call, size_t at) {
  KILN_ASSIGN(const Operand a, read_operand(call, call.values[at], at));
  KILN_ASSIGN(const Operand b, read_operand(call, call.values[at + 1], at + 1));
  KILN_ASSIGN(static_cast<Pair&>(into),
              promote(Operand{as_bool(a.tensor)}, Operand{as_bool(b.tensor)}));
  return ok();
}

}  // namespace kiln::keras
