// Structural equality of modules: the same ops in the same order on corresponding values.
#pragma once

#include <string>

#include "ir/module.h"

namespace kiln::tests {

/// Where two modules first differ, in words; empty if they are equal. Names, types, attributes (bit
/// for bit), bindings, locations, regions and the order of ops all count.
std::string difference(const ir::Module& a, const ir::Module& b);
std::string difference(const ir::Region& a, const ir::Region& b);

}  // namespace kiln::tests
