// This machine's roofs, found out by running into them.
#pragma once

#include "codegen/roofline/roofs.h"

namespace kiln::codegen {

/// What `threads` threads do at once at most. Takes about a second.
Roofs measure_roofs(int threads);

}  // namespace kiln::codegen
