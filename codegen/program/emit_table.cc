#include "codegen/program/emit_table.h"

#include <llvm/IR/LLVMContext.h>

#include "codegen/program/emit_object.h"

namespace kiln::codegen {

Expected<std::string> emit_table(const std::string& symbol, const Target& target,
                                 const std::function<llvm::Constant*(Constants&)>& contents) {
  KILN_ASSIGN(auto machine, target_machine(target));
  llvm::LLVMContext context;
  llvm::Module module(symbol, context);
  set_machine(module, *machine);
  Constants constants(module);
  llvm::Constant* const table = contents(constants);
  new llvm::GlobalVariable(module, table->getType(), /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage, table, symbol);
  return emit_object(module, *machine);
}

}  // namespace kiln::codegen
