#include "frontend/library.h"

#include <algorithm>
#include <utility>

#include "frontend/self_test.h"
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

/// A test needs the weights, and one function that changes nothing.
Status check_self_test(const ir::Module& module, const LibraryRequest& request,
                       const CompilerOptions& options) {
  const bool fits = request.purpose == LibraryPurpose::predict && options.checkpoint != nullptr &&
                    module.functions.size() == 1;
  if (fits) return ok();
  return Diagnostic{"--self-test",
                    "only a library that predicts, with its weights and without states, has one",
                    ""};
}

}  // namespace

Expected<codegen::Library> compile_model_library(ir::Module module, const LibraryRequest& request,
                                                 const CompilerOptions& options,
                                                 codegen::CompileStatistics* statistics) {
  if (request.purpose == LibraryPurpose::predict) KILN_TRY(keep_prediction(module));
  if (request.purpose == LibraryPurpose::train && module.function("train_step") == nullptr) {
    return Diagnostic{"--for", "the model was not compiled for training",
                      "add --loss (and --optimizer, --metrics), or --for=predict"};
  }
  codegen::LibraryOptions library{request.name, {}, {}};
  if (request.tests_itself) {
    KILN_TRY(check_self_test(module, request, options));
    KILN_ASSIGN(library.self_test, make_self_test(module, *options.checkpoint));
  }
  if (options.checkpoint != nullptr && !options.checkpoint->class_names.empty()) {
    KILN_ASSIGN(library.class_names,
                runtime::parse_class_names(options.checkpoint->class_names, "the class names"));
  }
  return compile_library(std::move(module), library, options, statistics);
}

}  // namespace kiln
