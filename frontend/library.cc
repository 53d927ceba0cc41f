#include "frontend/library.h"

#include <algorithm>
#include <utility>

#include "runtime/data/class_names.h"

namespace kiln {
namespace {

bool changes_variables(const ir::Function& function) {
  return std::any_of(function.result_bindings.begin(), function.result_bindings.end(),
                     [](const ir::Binding& binding) { return binding.is_variable; });
}

/// Leaves the functions that predictions take.
Status keep_prediction(ir::Module& module) {
  const ir::Function* predict = module.function("predict_step");
  if (predict == nullptr) return Diagnostic{"--for", "the module has no function predict_step", ""};
  const bool needs_init = changes_variables(*predict);
  std::erase_if(module.functions, [&](const auto& function) {
    return function.get() != predict && !(needs_init && function->name == "init");
  });
  return ok();
}

}  // namespace

Expected<codegen::Library> compile_model_library(ir::Module module, const std::string& name,
                                                 LibraryPurpose purpose,
                                                 const CompilerOptions& options,
                                                 codegen::CompileStatistics* statistics) {
  if (purpose == LibraryPurpose::predict) KILN_TRY(keep_prediction(module));
  if (purpose == LibraryPurpose::train && module.function("train_step") == nullptr) {
    return Diagnostic{"--for", "the model was not compiled for training",
                      "add --loss (and --optimizer, --metrics), or --for=predict"};
  }
  codegen::LibraryOptions library{name, {}};
  if (options.checkpoint != nullptr && !options.checkpoint->class_names.empty()) {
    KILN_ASSIGN(library.class_names,
                runtime::parse_class_names(options.checkpoint->class_names, "the class names"));
  }
  return compile_library(std::move(module), library, options, statistics);
}

}  // namespace kiln
