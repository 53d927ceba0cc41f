#include "frontend/library.h"

#include <algorithm>
#include <utility>

#include "frontend/self_test.h"
#include "runtime/data/class_names.h"

namespace kiln {
namespace {

/// Leaves the function that predicts.
Status keep_prediction(ir::Module& module) {
  const ir::Function* predict = module.function("predict_step");
  if (predict == nullptr) return Diagnostic{"--for", "the module has no function predict_step", ""};
  for (const ir::Binding& result : predict->result_bindings) {
    if (result.is_variable &&
        !module.variable(result.name)->attributes.contains("recurrent_state")) {
      return Diagnostic{result.name, "is changed by predict_step, and is no recurrent state",
                        "--for=train makes a library of all functions"};
    }
  }
  std::erase_if(module.functions, [&](const auto& function) { return function.get() != predict; });
  return ok();
}

/// A test needs the weights, and one function that changes nothing.
Status check_self_test(const ir::Module& module, const LibraryRequest& request,
                       const CompilerOptions& options) {
  const auto keeps_state = [](const ir::Variable& variable) {
    return variable.attributes.contains("recurrent_state");
  };
  const bool fits = request.purpose == LibraryPurpose::predict && options.checkpoint != nullptr &&
                    std::none_of(module.variables.begin(), module.variables.end(), keeps_state);
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
  if (request.purpose == LibraryPurpose::predict) module.attributes["weights_apart"] = int64_t{1};
  return compile_library(std::move(module), library, options, statistics);
}

}  // namespace kiln
