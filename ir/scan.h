// The loop. `scan` runs its region once for each index of the leading dimension of its stacked
// operands, as jax.lax.scan does:
//
//   carries = operands[0 .. carries)
//   for t in 0 .. trip_count (downwards where `reverse`):
//     carries, outputs[t] = region(carries, stacked[t], invariants)
//   results = carries, outputs
//
// Operands and region arguments: carries, then stacked ([trip_count, ...]; the region sees one
// slice, [...]), then invariants. What the region returns: new carries, then slices of outputs.
// Results: last carries, then outputs ([trip_count, ...]).
#pragma once

#include <functional>
#include <vector>

#include "ir/builder.h"

namespace kiln::ir {

/// How the operands and results of a scan divide.
struct ScanParts {
  size_t carries = 0;
  size_t stacked = 0;
  size_t invariants = 0;
  size_t outputs = 0;
  int64_t trip_count = 0;
  bool reverse = false;

  bool is_carry(size_t operand) const { return operand < carries; }
  bool is_stacked(size_t operand) const {
    return operand >= carries && operand < carries + stacked;
  }
};
ScanParts parts_of(const Op& scan);

/// [trip_count, ...] from [...], and back.
Type stacked_type(const Type& slice, int64_t trip_count);
Type slice_type(const Type& stacked);

/// What goes into a scan, or into one step of it.
struct ScanInputs {
  std::vector<Tensor> carries, stacked, invariants;
};
/// What a scan, or one step of it, gives.
struct ScanResults {
  std::vector<Tensor> carries, outputs;
};
/// Builds one step.
using ScanBody = std::function<ScanResults(Builder& builder, const ScanInputs& step)>;

/// Appends a scan at the builder's location, under which the body's ops stand, too.
ScanResults scan(Builder& builder, const ScanInputs& inputs, int64_t trip_count, bool reverse,
                 const ScanBody& body);

}  // namespace kiln::ir
