// Single fusions, compiled and compared with the interpreter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ir/builder.h"
#include "ir/literal.h"

namespace kiln::tests {

/// One fusion of a function of its own.
struct FusionCase {
  std::string name;
  std::string kind;  ///< pointwise, serial, contraction, reduction
  std::vector<ir::Literal> inputs;
  /// Builds the region's ops; what it returns are the fusion's results.
  std::function<std::vector<ir::Tensor>(ir::Builder&, const std::vector<ir::Tensor>&)> body;
  /// Floats may differ by `absolute` + `relative` times their size.
  double relative = 0;
  double absolute = 0;
  bool any_zero = false;  ///< -0 equals 0
};

/// One planned function per case, of its name: inputs "a0", "a1", ... to outputs "r0", "r1", ...
ir::Module planned_module(const std::vector<FusionCase>& cases);

/// Compiles all cases as one module and expects of each what the interpreter says. NaNs equal each
/// other.
void expect_kernels_agree(const std::vector<FusionCase>& cases, int threads = 1);

/// Pseudo-random contents: floats uniform in [low, high), integers spread over their whole type.
ir::Literal random_literal(const ir::Type& type, uint64_t seed, double low = -2, double high = 2);

}  // namespace kiln::tests
