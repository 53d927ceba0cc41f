#include "codegen/program/checkpoint.h"

#include <llvm/IR/LLVMContext.h>

#include "codegen/program/constants.h"
#include "codegen/program/emit_object.h"

namespace kiln::codegen {

Expected<std::string> emit_checkpoint(const Checkpoint& checkpoint, const Target& target) {
  KILN_ASSIGN(auto machine, target_machine(target));
  llvm::LLVMContext context;
  llvm::Module module("checkpoint", context);
  set_machine(module, *machine);
  Constants constants(module);
  std::vector<llvm::Constant*> values;
  for (const std::string& bytes : checkpoint.values) values.push_back(constants.block(bytes));
  auto text = [&](const std::string& lines) {
    return lines.empty() ? constants.null() : constants.string(lines);
  };
  llvm::Constant* fields = constants.structure(
      {constants.array(values), text(checkpoint.class_names), text(checkpoint.vocabulary)});
  new llvm::GlobalVariable(module, fields->getType(), /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage, fields, "kiln_checkpoint");
  return emit_object(module, *machine);
}

}  // namespace kiln::codegen
