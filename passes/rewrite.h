// One walk over a region that replaces ops by others.
#pragma once

#include <functional>
#include <vector>

#include "ir/builder.h"

namespace kiln::passes {

/// Looks at an op whose operands are final, and gives values to use in place of its results, of the
/// same types; or nothing, and the op stays. New ops go before it, through the builder, whose
/// location is the op's.
using RewriteRule = std::function<std::vector<ir::Value*>(const ir::Op& op, ir::Builder& builder)>;

/// Applies the rule to every op of the region, in order. What a rule adds is not visited in the
/// same walk. True if anything was replaced.
bool rewrite(ir::Region& region, const RewriteRule& rule);

/// The same in the region and in all regions within it.
bool rewrite_nested(ir::Region& region, const RewriteRule& rule);

}  // namespace kiln::passes
