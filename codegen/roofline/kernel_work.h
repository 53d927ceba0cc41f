// What the kernels of a planned function have to do: arithmetic, and bytes to move.
#pragma once

#include <string>
#include <vector>

#include "codegen/program/plan.h"
#include "codegen/roofline/arithmetic.h"
#include "codegen/roofline/reuse.h"

namespace kiln::codegen {

/// One kernel in one run of a function.
struct KernelWork {
  const ir::Op* fusion = nullptr;  ///< the module's; null: all copies, together
  int64_t calls = 0;               ///< more than one in a loop
  Arithmetic arithmetic;           ///< of all calls
  std::vector<Access> accesses;    ///< of all calls, the smallest working set first

  double bytes() const;
  /// "contraction", ...; "copy".
  std::string kind() const;
  /// The fusion's; empty for copies.
  std::string location() const;
};

/// The kernels in the order of their first calls. A kernel reads each operand once, of the operand
/// of a gather or slice no more than what these take, and writes each result once. What it reads
/// again and again, as products do, is in a near cache or ought to be.
std::vector<KernelWork> work_of(const FunctionPlan& plan);

}  // namespace kiln::codegen
