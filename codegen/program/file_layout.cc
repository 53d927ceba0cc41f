#include "codegen/program/file_layout.h"

#include "codegen/program/emit_table.h"

namespace kiln::codegen {

Expected<std::string> emit_file_layout(const FileLayout& layout, const Target& target) {
  return emit_table("kiln_file_layout", target, [&](Constants& constants) {
    return constants.structure({constants.string(layout.objects), constants.string(layout.layers),
                                constants.string_or_null(layout.optimizers)});
  });
}

}  // namespace kiln::codegen
