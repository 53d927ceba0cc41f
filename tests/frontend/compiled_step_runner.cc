#include "tests/frontend/compiled_step_runner.h"

#include <memory>

#include "passes/pass.h"
#include "tests/codegen/loaded_module.h"
#include "tests/frontend/must.h"

namespace kiln::keras {

StepRunner compiled(ir::Module& module) {
  must(passes::run_pipeline(module));
  const auto loaded = std::make_shared<tests::LoadedModule>(module);
  return [loaded](const ir::Function& function, ir::Environment& variables, const Outputs& inputs) {
    return loaded->run(function.name, variables, inputs);
  };
}

}  // namespace kiln::keras
