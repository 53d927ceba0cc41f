// What a misspelt name was probably meant to be.
#pragma once

#include "runtime/base/spelling.h"

namespace kiln::ir {

using kiln::did_you_mean;

}  // namespace kiln::ir
