#include "codegen/library/interface.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "codegen/program/attribute.h"
#include "ir/check.h"
#include "runtime/base/abi.h"
#include "runtime/base/round_up.h"

namespace kiln::codegen {
namespace {

/// Keywords of C11 and C++20, and the names that an interface gives to other parameters.
constexpr std::array kTaken = {
    "alignas",  "alignof",  "and",      "arena",    "asm",      "auto",    "bitand",    "bitor",
    "bool",     "break",    "case",     "catch",    "char",     "class",   "compl",     "concept",
    "const",    "continue", "decltype", "default",  "delete",   "do",      "double",    "else",
    "enum",     "explicit", "export",   "extern",   "false",    "float",   "for",       "friend",
    "goto",     "if",       "inline",   "int",      "long",     "mutable", "namespace", "new",
    "noexcept", "not",      "nullptr",  "operator", "or",       "private", "protected", "public",
    "register", "requires", "restrict", "return",   "short",    "signed",  "sizeof",    "state",
    "static",   "struct",   "switch",   "template", "this",     "throw",   "true",      "try",
    "typedef",  "typeid",   "typename", "union",    "unsigned", "using",   "virtual",   "void",
    "volatile", "weights",  "while",    "xor"};

/// A group of tensors that one parameter stands for: those of one prefix, "x/pixels" and "x/mask".
struct Group {
  std::string_view prefix;     ///< of the step function's names
  std::string_view parameter;  ///< in C
  std::string_view structure;  ///< of the type, where there are several tensors
};

constexpr std::array kInputs = {Group{"x", "x", "inputs"}, Group{"y", "y", "labels"},
                                Group{"w", "w", "sample_weights"}};
constexpr std::array kOutputs = {Group{"y", "y", "outputs"}};

/// "x/pixels" in two: prefix and rest; without a slash all is prefix.
std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {path, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

LibraryTensor tensor_of(const NamedType& named, size_t index) {
  return {c_identifier(split(named.name).second), named.name, named.type, index};
}

/// Makes the names of a structure's members differ.
void make_distinct(std::vector<LibraryTensor>& tensors) {
  std::set<std::string> used;
  for (LibraryTensor& tensor : tensors) {
    const std::string name = tensor.name;
    for (int i = 2; !used.insert(tensor.name).second; ++i)
      tensor.name = fmt::format("{}_{}", name, i);
  }
}

Parameter parameter_of(std::vector<LibraryTensor> tensors, const Group& group, bool is_output) {
  Parameter parameter{Parameter::Kind::tensor, std::string(group.parameter), is_output};
  if (tensors.size() > 1) {
    make_distinct(tensors);
    parameter.kind = Parameter::Kind::structure;
    parameter.structure = group.structure;
  } else if (tensors[0].type.rank() == 0 && !is_output) {
    parameter.kind = Parameter::Kind::value;
  }
  parameter.tensors = std::move(tensors);
  return parameter;
}

/// One parameter for each group of tensors, and one for each tensor that is in none.
template <typename Groups>
std::vector<Parameter> parameters_of(const std::vector<NamedType>& tensors, const Groups& groups,
                                     bool is_output) {
  std::vector<Parameter> parameters;
  std::vector<LibraryTensor> rest;
  for (const Group& group : groups) {
    std::vector<LibraryTensor> members;
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (split(tensors[i].name).first == group.prefix) members.push_back(tensor_of(tensors[i], i));
    }
    if (!members.empty()) parameters.push_back(parameter_of(std::move(members), group, is_output));
  }
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto is_in = [&](const Group& group) {
      return split(tensors[i].name).first == group.prefix;
    };
    if (std::none_of(groups.begin(), groups.end(), is_in)) rest.push_back(tensor_of(tensors[i], i));
  }
  if (is_output && !rest.empty()) {  // what a step counts: scalars
    parameters.push_back(parameter_of(std::move(rest), {"", "metrics", "metrics"}, is_output));
    return parameters;
  }
  for (LibraryTensor& tensor : rest) {
    const std::string name = tensor.name;
    parameters.push_back(parameter_of({std::move(tensor)}, {"", name, ""}, is_output));
  }
  return parameters;
}

WeightStorage weight_storage(const ir::Module& module, bool carries_weights) {
  if (!module.attributes.contains("weights_apart")) return WeightStorage::in_state;
  return carries_weights ? WeightStorage::constant : WeightStorage::given;
}

/// In C a prediction is no step of training. One time step of a sequence is one, though.
std::string function_name(const ir::Module& module, const std::string& step) {
  if (step != "predict_step") return c_identifier(step);
  return module.attributes.contains("streams") ? "step" : "predict";
}

LibraryFunction function_of(const ir::Module& module, const FunctionPlan& plan,
                            const LibraryInterface& interface) {
  LibraryFunction function{function_name(module, plan.function->name), &plan,
                           parameters_of(plan.inputs, kInputs, /*is_output=*/false)};
  for (Parameter& output : parameters_of(plan.outputs, kOutputs, /*is_output=*/true))
    function.parameters.push_back(std::move(output));
  if (interface.weights == WeightStorage::given && interface.weight_bytes > 0)
    function.parameters.push_back({Parameter::Kind::weights, "weights"});
  if (interface.state_bytes > 0)
    function.parameters.push_back({Parameter::Kind::state, "state", true});
  function.parameters.push_back({Parameter::Kind::arena, "arena", true});
  return function;
}

}  // namespace

LibraryInterface library_interface(const ir::Module& module, const ModulePlan& plan,
                                   std::string name, bool carries_weights, int64_t scratch_bytes) {
  LibraryInterface interface;
  interface.name = std::move(name);
  interface.weights = weight_storage(module, carries_weights);
  interface.weight_bytes = attribute_or_default<int64_t>(module.attributes, "weight_bytes");
  interface.state_bytes = attribute_or_default<int64_t>(module.attributes, "state_bytes");
  interface.has_reset = interface.state_bytes > 0 && module.function("init") == nullptr;
  interface.has_metrics =
      std::any_of(module.variables.begin(), module.variables.end(),
                  [](const ir::Variable& each) { return each.role == ir::Role::metric; });
  for (const FunctionPlan& function : plan.functions) {
    interface.functions.push_back(function_of(module, function, interface));
    interface.scratch_offset =
        std::max(interface.scratch_offset,
                 attribute_or_default<int64_t>(function.function->attributes, "arena_bytes"));
  }
  interface.scratch_offset = runtime::round_up(interface.scratch_offset, KILN_ALIGNMENT);
  // In C no array is empty.
  interface.arena_bytes = std::max<int64_t>(
      interface.scratch_offset + runtime::round_up(scratch_bytes, KILN_ALIGNMENT), KILN_ALIGNMENT);
  return interface;
}

void add_self_test(LibraryInterface& interface) {
  interface.has_self_test = true;
  interface.self_test_offset = interface.arena_bytes;
  for (const NamedType& output : interface.functions.at(0).plan->outputs)
    interface.arena_bytes += runtime::round_up(output.type.bytes(), KILN_ALIGNMENT);
}

std::vector<std::string> library_symbols(const LibraryInterface& interface, bool names_classes) {
  std::vector<std::string> symbols = {"abi", "arena_bytes"};
  for (const LibraryFunction& function : interface.functions) symbols.push_back(function.name);
  if (interface.has_metrics) symbols.push_back("reset_metrics");
  if (interface.has_self_test) symbols.push_back("self_test");
  if (interface.state_bytes > 0) symbols.push_back("state_bytes");
  if (interface.has_reset) symbols.push_back("reset");
  if (interface.weights == WeightStorage::constant && interface.weight_bytes > 0)
    symbols.push_back("weights");
  if (names_classes) symbols.push_back("class_names");
  for (std::string& symbol : symbols) symbol.insert(0, interface.name + "_");
  return symbols;
}

std::string c_identifier(std::string_view text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) name.insert(0, "_");
  if (std::find(kTaken.begin(), kTaken.end(), name) != kTaken.end()) name += '_';
  return name;
}

bool is_c_identifier(std::string_view text) { return c_identifier(text) == text; }

std::string_view c_type(ir::ElementType element) {
  using ir::ElementType;
  switch (element) {
    case ElementType::f32:
      return "float";
    case ElementType::f64:
      return "double";
    case ElementType::f16:
    case ElementType::bf16:
      return "uint16_t";
    case ElementType::i8:
      return "int8_t";
    case ElementType::i16:
      return "int16_t";
    case ElementType::i32:
      return "int32_t";
    case ElementType::i64:
      return "int64_t";
    case ElementType::u8:
    case ElementType::i1:
      return "uint8_t";
  }
  KILN_CHECK(false, "an element type without a name in C");
  return "";
}

}  // namespace kiln::codegen
