// The roofline model: how fast a machine can do a kernel's work at best. Williams, Waterman,
// Patterson, "Roofline: an insightful visual performance model for multicore architectures"
// (2009), with a roof for each level of memory and one for the divider.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "codegen/roofline/kernel_work.h"

namespace kiln::codegen {

/// A cache, or main memory.
struct MemoryLevel {
  std::string name;     ///< "L1", "L2", "L3", "DRAM"
  double capacity = 0;  ///< bytes that it holds, all threads' together; DRAM: infinite
  double bytes_per_second = 0;
};

/// What a machine does at most on so many threads; measure_roofs() finds out.
struct Roofs {
  int threads = 1;
  double flops_per_second = 0;      ///< of f32 fused multiply-adds, which are two
  double divisions_per_second = 0;  ///< of f32, and roots likewise
  double roots_per_second = 0;
  std::vector<MemoryLevel> levels;  ///< the nearest first
};

/// The least time of a piece of work, and what does not let it be less.
struct Bound {
  std::string name;  ///< "FMA", "divider", or a level's name
  double seconds = 0;
};

/// A kernel's roof: the largest of what its floating-point operations, its divisions and roots, and
/// its bytes take, all of which go on at once. What comes from a level passes all nearer ones, too:
/// each level has to bring what the nearer ones do not hold.
Bound bound_of(const KernelWork& kernel, const Roofs& roofs);

/// The roof of a function: the sum over kernels, which run one after the other.
struct FunctionBound {
  double seconds = 0;
  std::map<std::string, double> seconds_by_bound;  ///< what binds a kernel to its share
};
FunctionBound bound_of(const std::vector<KernelWork>& kernels, const Roofs& roofs);

}  // namespace kiln::codegen
