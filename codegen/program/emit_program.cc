#include "codegen/program/emit_program.h"

#include <fmt/format.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include "codegen/program/descriptor.h"
#include "codegen/program/emit_object.h"
#include "codegen/program/step_function.h"
#include "ir/check.h"

namespace kiln::codegen {
namespace {

void build(llvm::Module& module, const ProgramSource& source, const llvm::TargetMachine& machine) {
  set_machine(module, machine);
  Constants constants(module);
  std::vector<TargetCode> targets;
  for (const auto& [target, kernels, temporary_bytes] : source.targets) {
    targets.push_back({target, temporary_bytes});
    for (const FunctionPlan& plan : source.plan.functions) {
      KILN_CHECK(!plan.takes_weights, "a program's weights are part of its state");
      targets.back().run.push_back(emit_step_function(module, constants, plan, kernels, target));
    }
  }
  emit_descriptor(module, constants, source.module, source.plan, targets);
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  KILN_CHECK(!llvm::verifyModule(module, &stream), "the program is not valid LLVM IR: {}", problem);
}

}  // namespace

Expected<std::string> emit_program(const ProgramSource& source) {
  KILN_ASSIGN(auto machine, target_machine(source.targets.front().target));
  llvm::LLVMContext context;
  llvm::Module module(source.module.name, context);
  build(module, source, *machine);
  return emit_object(module, *machine);
}

Expected<std::string> program_text(const ProgramSource& source) {
  KILN_ASSIGN(auto machine, target_machine(source.targets.front().target));
  llvm::LLVMContext context;
  llvm::Module module(source.module.name, context);
  build(module, source, *machine);
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

}  // namespace kiln::codegen
