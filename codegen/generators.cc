#include "codegen/generators.h"

namespace kiln::codegen {

void require_generators() {}

}  // namespace kiln::codegen
