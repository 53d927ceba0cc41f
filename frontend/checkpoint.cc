#include "frontend/checkpoint.h"

#include "frontend/compiler.h"
#include "runtime/base/file.h"
#include "runtime/data/class_names.h"
#include "runtime/data/text/vocabulary.h"
#include "runtime/data/text_file.h"
#include "runtime/model/session.h"

namespace kiln {
namespace {

/// The module's variables without its functions, in memory: what readers of weights fill.
Expected<codegen::LoadedCode> compile_variables(const ir::Module& module) {
  ir::Module variables;
  variables.name = module.name;
  variables.attributes = module.attributes;
  variables.variables = module.variables;
  return compile_in_memory(std::move(variables), {.use_cache = false});
}

Expected<std::vector<std::string>> read_values(const runtime::Session& session,
                                               const runtime::LoadedState& loaded) {
  const std::span<const kiln_variable> variables = runtime::variables_of(session.model());
  std::vector<std::string> values(variables.size());
  for (const kiln_variable* variable : loaded.variables) {
    KILN_ASSIGN(const runtime::Array value, session.value(*variable));
    values[static_cast<size_t>(variable - variables.data())].assign(
        reinterpret_cast<const char*>(value.data()),
        static_cast<size_t>(runtime::byte_count(variable->tensor)));
  }
  return values;
}

/// A file's text; nothing where the name is empty.
Expected<std::string> text_of(const std::string& path) {
  if (path.empty()) return std::string();
  KILN_ASSIGN(const runtime::TextFile file, runtime::load_text(path));
  return std::string(file.text);
}

std::string if_there(const std::string& path) { return runtime::is_file(path) ? path : ""; }

}  // namespace

Expected<codegen::Checkpoint> read_checkpoint(const ir::Module& module,
                                              const runtime::WeightFiles& files,
                                              const std::string& path, std::string class_names,
                                              std::string vocabulary) {
  KILN_ASSIGN(const codegen::LoadedCode code, compile_variables(module));
  KILN_ASSIGN(runtime::Session session, runtime::Session::create(code.model(), 1));
  KILN_ASSIGN(const runtime::LoadedState loaded, files.load(session, path));
  if (class_names.empty()) class_names = if_there(runtime::class_names_beside(path));
  if (vocabulary.empty()) vocabulary = if_there(runtime::vocabulary_beside(path));
  codegen::Checkpoint checkpoint;
  KILN_ASSIGN(checkpoint.values, read_values(session, loaded));
  KILN_ASSIGN(checkpoint.class_names, text_of(class_names));
  KILN_ASSIGN(checkpoint.vocabulary, text_of(vocabulary));
  if (!class_names.empty())
    KILN_TRY(runtime::parse_class_names(checkpoint.class_names, class_names));
  if (!vocabulary.empty()) KILN_TRY(runtime::Vocabulary::parse(checkpoint.vocabulary, vocabulary));
  return checkpoint;
}

}  // namespace kiln
