#include "codegen/program/emit_program.h"

#include <fmt/format.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <mutex>

#include "codegen/program/descriptor.h"
#include "codegen/program/step_function.h"
#include "ir/check.h"

namespace kiln::codegen {
namespace {

/// LLVM's code generators: those of all the machines that kiln compiles for.
void initialize_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
}

Expected<std::unique_ptr<llvm::TargetMachine>> target_machine(const Target& target) {
  initialize_llvm();
  std::string error;
  const llvm::Target* found = llvm::TargetRegistry::lookupTarget(target.triple, error);
  if (found == nullptr)
    return Diagnostic{target.triple, "LLVM has no code generator for this target", error};
  // Position independent: the same object is linked into programs and loaded anywhere in memory.
  return std::unique_ptr<llvm::TargetMachine>(
      found->createTargetMachine(target.triple, target.cpu, target.features, {}, llvm::Reloc::PIC_,
                                 std::nullopt, llvm::CodeGenOptLevel::Less));
}

void build(llvm::Module& module, const ProgramSource& source, const llvm::TargetMachine& machine) {
  module.setTargetTriple(machine.getTargetTriple().str());
  module.setDataLayout(machine.createDataLayout());
  Constants constants(module);
  std::vector<TargetCode> targets;
  for (const auto& [target, kernels, temporary_bytes] : source.targets) {
    targets.push_back({target, temporary_bytes});
    for (const FunctionPlan& plan : source.plan.functions)
      targets.back().run.push_back(emit_step_function(module, constants, plan, kernels, target));
  }
  emit_descriptor(module, constants, source.module, source.plan, targets);
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  KILN_CHECK(!llvm::verifyModule(module, &stream), "the program is not valid LLVM IR: {}", problem);
}

}  // namespace

Expected<std::string> emit_program(const ProgramSource& source) {
  const Target& target = source.targets.front().target;
  KILN_ASSIGN(auto machine, target_machine(target));
  llvm::LLVMContext context;
  llvm::Module module(source.module.name, context);
  build(module, source, *machine);
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    return Diagnostic{target.triple, "LLVM cannot write object files for this target", ""};
  }
  passes.run(module);
  return std::string(object.begin(), object.end());
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

std::string llvm_version() { return LLVM_VERSION_STRING; }

}  // namespace kiln::codegen
