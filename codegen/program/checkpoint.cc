#include "codegen/program/checkpoint.h"

#include "codegen/program/emit_table.h"

namespace kiln::codegen {

Expected<std::string> emit_checkpoint(const Checkpoint& checkpoint, const Target& target) {
  return emit_table("kiln_checkpoint", target, [&](Constants& constants) {
    std::vector<llvm::Constant*> values;
    for (const std::string& bytes : checkpoint.values) values.push_back(constants.block(bytes));
    return constants.structure({constants.array(values),
                                constants.string_or_null(checkpoint.class_names),
                                constants.string_or_null(checkpoint.vocabulary)});
  });
}

}  // namespace kiln::codegen
