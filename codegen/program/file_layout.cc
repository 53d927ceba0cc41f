#include "codegen/program/file_layout.h"

#include <llvm/IR/LLVMContext.h>

#include "codegen/program/constants.h"
#include "codegen/program/emit_object.h"

namespace kiln::codegen {

Expected<std::string> emit_file_layout(const FileLayout& layout, const Target& target) {
  KILN_ASSIGN(auto machine, target_machine(target));
  llvm::LLVMContext context;
  llvm::Module module("file_layout", context);
  set_machine(module, *machine);
  Constants constants(module);
  llvm::Constant* const optimizers =
      layout.optimizers.empty() ? constants.null() : constants.string(layout.optimizers);
  llvm::Constant* const fields = constants.structure(
      {constants.string(layout.objects), constants.string(layout.layers), optimizers});
  llvm::GlobalVariable* const table = constants.global(fields);
  table->setName("kiln_file_layout");
  table->setLinkage(llvm::GlobalValue::ExternalLinkage);
  return emit_object(module, *machine);
}

}  // namespace kiln::codegen
