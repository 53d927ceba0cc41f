#include "codegen/program/emit_object.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>

#include <mutex>

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

}  // namespace

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

void set_machine(llvm::Module& module, const llvm::TargetMachine& machine) {
  module.setTargetTriple(machine.getTargetTriple().str());
  module.setDataLayout(machine.createDataLayout());
}

Expected<std::string> emit_object(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    return Diagnostic{machine.getTargetTriple().str(),
                      "LLVM cannot write object files for this target", ""};
  }
  passes.run(module);
  return std::string(object.begin(), object.end());
}

}  // namespace kiln::codegen
