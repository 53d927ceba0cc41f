#include "codegen/library/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "codegen/cache.h"
#include "codegen/program/attribute.h"
#include "runtime/base/abi.h"

namespace kiln::codegen {
namespace {

using Kind = Parameter::Kind;

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

/// Text that stands in a comment: what would end it does not.
std::string in_comment(std::string text) {
  for (size_t at = 0; (at = text.find("*/", at)) != std::string::npos; at += 3)
    text.insert(at + 1, " ");
  return text;
}

/// The lines of a text behind " * ".
std::string comment_lines(const std::string& text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    result += line.empty() ? " *\n" : fmt::format(" * {}\n", in_comment(line));
    at = end + 1;
  }
  return result;
}

/// "float [32][784]"; a scalar is "float".
std::string shape_in_c(const ir::Type& type) {
  std::string text(c_type(type.element));
  if (type.rank() > 0) text += ' ';
  for (const int64_t extent : type.shape) text += fmt::format("[{}]", extent);
  return text;
}

/// What C's type does not say of an element.
std::string_view element_note(ir::ElementType element) {
  switch (element) {
    case ir::ElementType::f16:
      return ", the bits of 16-bit floats";
    case ir::ElementType::bf16:
      return ", the bits of bfloat16 numbers";
    case ir::ElementType::i1:
      return ", each 0 or 1";
    default:
      return "";
  }
}

/// Writes one model's header.
class HeaderWriter {
 public:
  HeaderWriter(const ir::Module& module, const LibraryInterface& interface,
               const std::vector<std::string>& class_names)
      : module_(module),
        interface_(interface),
        class_names_(class_names),
        prefix_(upper(interface.name)) {}

  LibraryHeader whole() {
    const std::string body = declarations();
    const uint32_t abi = hash_of(body);
    std::string text = fmt::format(
        "/* The model \"{0}\" as a library in C. Written by kiln; changes are lost.\n"
        " *\n"
        "{1}"
        " *\n"
        "{2}"
        " */\n"
        "#ifndef {3}_H\n"
        "#define {3}_H\n"
        "\n"
        "#include <stdint.h>\n"
        "\n"
        "#ifdef __cplusplus\n"
        "extern \"C\" {{\n"
        "#endif\n"
        "\n"
        "/* A hash of what this header declares. {4}_abi() is the library's: where they differ, "
        "the\n"
        " * header is of another library. */\n"
        "#define {3}_ABI UINT32_C(0x{5:08x})\n"
        "uint32_t {4}_abi(void);\n"
        "\n"
        "{6}"
        "#ifdef __cplusplus\n"
        "}}\n"
        "#endif\n"
        "\n"
        "#endif\n",
        in_comment(module_.name), comment_lines(summary()), comment_lines(promises()), prefix_,
        interface_.name, abi, body);
    return {std::move(text), abi};
  }

 private:
  static uint32_t hash_of(std::string_view declarations) {
    return static_cast<uint32_t>(
        std::stoul(content_hash({declarations}).substr(0, 8), nullptr, 16));
  }

  /// All that is declared, without what stands around it.
  std::string declarations() {
    write_sizes();
    write_structures();
    for (const LibraryFunction& function : interface_.functions) write_function(function);
    if (interface_.has_reset) write_reset();
    if (interface_.has_metrics) write_reset_metrics();
    if (interface_.has_self_test) write_self_test();
    write_variables();
    write_class_names();
    return std::move(text_);
  }

  std::string summary() const {
    const auto found = module_.attributes.find("summary");
    if (found == module_.attributes.end()) return "(a model of IR text)\n";
    return std::get<std::string>(found->second);
  }

  std::string promises() const {
    const bool has_state = interface_.state_bytes > 0;
    return fmt::format(
        "The functions use the memory that they are given and the stack, and nothing else: no\n"
        "heap, no threads, no files, no variables of their own. Several threads may call them at\n"
        "once, each with an arena{} of its own.\n"
        "Tensors lie row by row: the last index runs fastest.\n",
        has_state ? " and a state" : "");
  }

  void line(std::string_view text) { text_.append(text).append("\n"); }

  void write_sizes() {
    for (const LibraryFunction& function : interface_.functions) write_batch(function);
    line("/* The arena: memory for the time of a call. What it holds before does not matter. */");
    line(fmt::format("#define {}_ARENA_BYTES {}", prefix_, interface_.arena_bytes));
    if (interface_.state_bytes > 0) {
      line(fmt::format("/* The state: {}. It is plain", state_meaning()));
      line(" * memory, which may be saved and read back by the same library. */");
      line(fmt::format("#define {}_STATE_BYTES {}", prefix_, interface_.state_bytes));
    }
    line(fmt::format("/* What the addresses of {} are multiples of. */", blocks()));
    line(fmt::format("#define {}_ALIGNMENT {}\n", prefix_, KILN_ALIGNMENT));
    line("/* The sizes for languages that read no header. */");
    line(fmt::format("extern const uint64_t {}_arena_bytes;", interface_.name));
    if (interface_.state_bytes > 0)
      line(fmt::format("extern const uint64_t {}_state_bytes;", interface_.name));
    line("");
  }

  std::string_view state_meaning() const {
    return interface_.weights == WeightStorage::in_state
               ? "all variables, weights among them"
               : "what recurrent layers keep from call to call";
  }

  bool has_given_weights() const {
    return interface_.weights == WeightStorage::given && interface_.weight_bytes > 0;
  }

  /// The blocks that a caller gives.
  std::string blocks() const {
    std::vector<std::string> names = {"arena"};
    if (has_given_weights()) names.push_back("weights");
    if (interface_.state_bytes > 0) names.push_back("state");
    return names.size() == 1 ? "the arena" : fmt::format("{}", fmt::join(names, " and "));
  }

  /// Where all functions have one batch size, it is said once.
  void write_batch(const LibraryFunction& function) {
    const int64_t batch = batch_of(function);
    if (batch == 0) return;
    const std::string name = batch_name(function);
    if (!defined_.insert(name).second) return;
    line("/* Examples in one call. */");
    line(fmt::format("#define {} {}\n", name, batch));
  }

  static int64_t batch_of(const LibraryFunction& function) {
    const ir::Attributes& attributes = function.plan->function->attributes;
    return attribute_or_default<int64_t>(attributes, "batch");
  }

  std::string batch_name(const LibraryFunction& function) const {
    std::set<int64_t> sizes;
    for (const LibraryFunction& each : interface_.functions) {
      if (const int64_t batch = batch_of(each)) sizes.insert(batch);
    }
    if (sizes.size() == 1) return prefix_ + "_BATCH";
    return fmt::format("{}_{}_BATCH", prefix_, upper(function.name));
  }

  std::string type_name(const Parameter& parameter) const {
    return fmt::format("{}_{}", interface_.name, parameter.structure);
  }

  void write_structures() {
    for (const LibraryFunction& function : interface_.functions) {
      for (const Parameter& parameter : function.parameters) {
        if (parameter.kind != Kind::structure || !defined_.insert(type_name(parameter)).second)
          continue;
        line("typedef struct {");
        for (const LibraryTensor& tensor : parameter.tensors)
          line(fmt::format("  {}", member(tensor, parameter.is_output)));
        line(fmt::format("}} {};\n", type_name(parameter)));
      }
    }
  }

  std::string member(const LibraryTensor& tensor, bool is_output) const {
    const std::string_view type = c_type(tensor.type.element);
    if (tensor.type.rank() == 0 && is_output) {
      const bool says_all = tensor.name == tensor.path;
      return fmt::format("{} {};{}", type, tensor.name,
                         says_all ? "" : fmt::format("  /* {} */", in_comment(tensor.path)));
    }
    return fmt::format("{}{} *{};  /* {} */", is_output ? "" : "const ", type, tensor.name,
                       meaning(tensor, is_output));
  }

  /// "the input "pixels": float [1][784]".
  std::string meaning(const LibraryTensor& tensor, bool is_output) const {
    std::string text = shape_in_c(tensor.type);
    text += element_note(tensor.type.element);
    const std::string_view prefix = std::string_view(tensor.path).substr(0, 1);
    if (prefix == "x" && !is_output) text += index_note(tensor);
    return in_comment(fmt::format("{}: {}", title(tensor, is_output), text));
  }

  std::string title(const LibraryTensor& tensor, bool is_output) const {
    const size_t slash = tensor.path.find('/');
    const std::string prefix = tensor.path.substr(0, slash);
    const auto inputs = attribute_or_default<ir::Strings>(module_.attributes, "inputs");
    const auto outputs = attribute_or_default<ir::Strings>(module_.attributes, "outputs");
    const auto named = [&](std::string_view what, const ir::Strings& names) {
      if (slash != std::string::npos)
        return fmt::format("{} \"{}\"", what, tensor.path.substr(slash + 1));
      return names.size() == 1 ? fmt::format("{} \"{}\"", what, names[0]) : std::string(what);
    };
    if (prefix == "x") return named("the input", inputs);
    if (prefix == "y") return named(is_output ? "the output" : "the labels of the output", outputs);
    if (prefix == "w") return named("the examples' weights for the output", outputs);
    if (prefix == "count") return "how many rows are examples, the others count for nothing";
    if (prefix == "seed") return "the seed that random numbers follow from";
    return tensor.path;
  }

  /// What an embedding's or an encoding's numbers may be.
  std::string index_note(const LibraryTensor& tensor) const {
    const auto limits = attribute_or_default<ir::Integers>(module_.attributes, "index_limits");
    const auto rules = attribute_or_default<ir::Strings>(module_.attributes, "text_rules");
    std::string note;
    if (tensor.index < limits.size() && limits[tensor.index] > 0)
      note += fmt::format(", integers from 0 to {}", limits[tensor.index] - 1);
    if (tensor.index < rules.size() && !rules[tensor.index].empty())
      note += ", the numbers of a text: making them is the caller's";
    return note;
  }

  std::string declaration(const Parameter& parameter) const {
    const char* constant = parameter.is_output ? "" : "const ";
    switch (parameter.kind) {
      case Kind::tensor:
        return fmt::format("{}{} *{}", constant, c_type(parameter.tensors[0].type.element),
                           parameter.name);
      case Kind::value:
        return fmt::format("{} {}", c_type(parameter.tensors[0].type.element), parameter.name);
      case Kind::structure:
        return fmt::format("{}{} *{}", constant, type_name(parameter), parameter.name);
      case Kind::weights:
      case Kind::state:
      case Kind::arena:
        break;
    }
    return fmt::format("{}void *{}", constant, parameter.name);
  }

  std::string explanation(const Parameter& parameter) const {
    switch (parameter.kind) {
      case Kind::structure:
        return "the members of " + type_name(parameter);
      case Kind::weights:
        return fmt::format("{}_WEIGHTS_BYTES bytes, each weight at its offset", prefix_);
      case Kind::state:
        return fmt::format("{}_STATE_BYTES bytes", prefix_);
      case Kind::arena:
        return fmt::format("{}_ARENA_BYTES bytes", prefix_);
      case Kind::tensor:
      case Kind::value:
        break;
    }
    return meaning(parameter.tensors[0], parameter.is_output);
  }

  std::string purpose(const LibraryFunction& function) const {
    const std::string& step = function.plan->function->name;
    if (module_.attributes.contains("streams"))
      return "The model's outputs after the next time step.";
    if (step == "predict_step") return "The model's outputs for a batch.";
    if (step == "train_step")
      return "One step of the optimizer on a batch; its loss and metrics, which run on since they\n"
             " * were last zeroed.";
    if (step == "test_step") return "Loss and metrics of a batch, by which nothing is learnt.";
    if (step == "init") return "Sets the whole state: first of all calls.";
    if (step == "finalize")
      return "After training: the averages of the weights become the weights.";
    return fmt::format("The function \"{}\".", in_comment(step));
  }

  void write_function(const LibraryFunction& function) {
    line(fmt::format("/* {}\n *", purpose(function)));
    size_t width = 0;
    for (const Parameter& each : function.parameters) width = std::max(width, each.name.size());
    std::string list;
    for (const Parameter& each : function.parameters) {
      line(fmt::format(" *   {:<{}}  {}", each.name, width, explanation(each)));
      if (!list.empty()) list += ", ";
      list += declaration(each);
    }
    line(" */");
    line(fmt::format("void {}_{}({});\n", interface_.name, function.name, list));
  }

  void write_reset() {
    line("/* Begins a sequence anew: the first of all calls. */");
    line(fmt::format("void {}_reset(void *state);\n", interface_.name));
  }

  void write_reset_metrics() {
    line("/* Begins the running means of loss and metrics anew: an epoch's first call. */");
    line(fmt::format("void {}_reset_metrics(void *state);\n", interface_.name));
  }

  void write_self_test() {
    line(
        "/* Predicts for inputs that stand in the library, and compares with what the compiler's "
        "own");
    line(
        " * machine computed. Gives 0 where all is well, -1 where the arena is misaligned, else "
        "the");
    line(
        " * number, from 1 on, of the first element that differs, all outputs one after the other. "
        "*/");
    line(fmt::format("int32_t {}_self_test(void *arena);\n", interface_.name));
  }

  /// Offsets by Keras's paths.
  void write_variables() {
    if (interface_.weight_bytes > 0) {
      if (interface_.weights == WeightStorage::constant) {
        line("/* The weights. */");
        line(fmt::format("extern const unsigned char {}_weights[{}];", interface_.name,
                         interface_.weight_bytes));
      }
      line(fmt::format("#define {}_WEIGHTS_BYTES {}", prefix_, interface_.weight_bytes));
      write_offsets("weight", "weights", /*of_weights=*/true);
    }
    if (interface_.state_bytes > 0) write_offsets("variable", "state", /*of_weights=*/false);
  }

  void write_offsets(const char* what, const char* block, bool of_weights) {
    line(fmt::format("/* Where each {} begins in the {}, in bytes. */", what, block));
    for (const ir::Variable& variable : module_.variables) {
      if (variable.attributes.contains("block") != of_weights) continue;
      std::string name = fmt::format("{}_AT_{}", prefix_, upper(c_identifier(variable.name)));
      while (!defined_.insert(name).second) name += '_';
      line(fmt::format("#define {} {}  /* {}: {} */", name,
                       std::get<int64_t>(variable.attributes.at("offset")),
                       in_comment(variable.name), shape_in_c(variable.type)));
    }
    line("");
  }

  void write_class_names() {
    if (class_names_.empty()) return;
    line("/* The names of the classes, that of class 0 first. */");
    line(fmt::format("#define {}_CLASSES {}", prefix_, class_names_.size()));
    line(fmt::format("extern const char *const {}_class_names[{}];\n", interface_.name,
                     class_names_.size()));
  }

  const ir::Module& module_;
  const LibraryInterface& interface_;
  const std::vector<std::string>& class_names_;
  std::string prefix_;             ///< of macros
  std::set<std::string> defined_;  ///< macros and types that stand in the text
  std::string text_;
};

}  // namespace

LibraryHeader library_header(const ir::Module& module, const LibraryInterface& interface,
                             const std::vector<std::string>& class_names) {
  return HeaderWriter(module, interface, class_names).whole();
}

}  // namespace kiln::codegen
