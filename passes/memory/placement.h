// Results that have a place of their own, and temporaries that may share one.
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/module.h"
#include "passes/memory/liveness.h"

namespace kiln::passes {

/// Where a result of a region goes, and the value that stands there before: a variable's or a
/// carry's old one; null where there is none.
struct Destination {
  ir::Placement placement;
  const ir::Value* old_value = nullptr;
};

/// One for each result: variables in the state, the others in the caller's buffers.
std::vector<Destination> destinations_of(const ir::Function& function);
/// One for each result of the scan's region: carries, and slices of stacked outputs.
std::vector<Destination> destinations_of(const ir::Op& scan);

/// Whether the op's results are written to buffers: fusions and scans. Reshapes are views, constants
/// lie in the program.
bool writes_buffers(const ir::Op& op);

/// Results that are arguments, or views of them, are copied before anything else runs: later their
/// variables may hold new values.
void copy_returned_arguments(ir::Region& region);

/// The placements of values that are bound to one.
using PlacedValues = std::unordered_map<const ir::Value*, ir::Placement>;

/// Binds the region's results to their destinations. Where a result cannot be written there at once
/// (the old value is read afterwards, or at other elements; it is a view; it is bound already) a
/// fusion that copies it is added at the end, or, for a second destination of a fusion's result, the
/// fusion writes it twice.
PlacedValues place_results(ir::Region& region, const std::vector<Destination>& destinations);

/// Values without a destination, live from the op that writes them to the last that reads them.
/// Without a value it is what a scan's region takes while the scan runs.
struct Temporary {
  const ir::Op* op;
  const ir::Value* value;
  int64_t bytes;
  size_t first;
  size_t last;
};

/// Donation: a result that may be written over an operand that dies at the same op shares its
/// buffer. For each temporary, which are in the order of their ops, the first one of those whose
/// buffer it has: itself where it has one of its own.
std::vector<size_t> buffer_owners(const std::vector<Temporary>& temporaries);

}  // namespace kiln::passes
