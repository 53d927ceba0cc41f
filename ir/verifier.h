// What must hold of every module, after every pass and for every parsed file.
#pragma once

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::ir {

/// Every op's types follow from its definition; values are defined before they are used, within
/// their region; bindings name variables of their type, each variable at most once among the
/// arguments and among the results; names are unique.
Status verify(const Module& module);
Status verify(const Module& module, const Function& function);

}  // namespace kiln::ir
