#include "tests/frontend/step_runner.h"

#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "tests/frontend/must.h"

namespace kiln::keras {

StepRunner interpreted(ir::Module& module) {
  must(passes::differentiate(module));
  must(ir::verify(module));
  return [](const ir::Function& function, ir::Environment& variables, const Outputs& inputs) {
    return ir::interpret(function, variables, inputs);
  };
}

}  // namespace kiln::keras
