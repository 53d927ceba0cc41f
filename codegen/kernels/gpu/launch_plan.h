// Which launches a serial kernel has, and which of them computes what.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/gpu/grid.h"
#include "ir/op.h"

namespace kiln::codegen::gpu {

/// Whether the op's values are stored in memory, whatever reads them: they cost more than a
/// formula.
bool is_always_stored(const ir::Op& op);

/// A serial fusion has many values that one launch alone reads: where each of its threads reads its
/// own element, the thread computes it; where there are few values, each block computes them all
/// for itself. Both take less time than a launch of their own. Decides which values the launches
/// that read them take in.
class LaunchPlan {
 public:
  /// `stored`: the values of elementwise ops that are.
  LaunchPlan(const Algorithm& algorithm, const ir::Region& region,
             const std::set<const ir::Value*>& stored, const Target& target);

  /// Where a stored value is computed.
  Home home(const ir::Value* value) const;

 private:
  struct Launch {
    Halide::Func func;
    ir::Shape shape = {};    ///< of its values
    bool is_spread = false;  ///< a thread stores one value or several, one by one
    bool can_take_in = false;
    int64_t shared_bytes = 0;  ///< of a block, for the values that it took in
    int taken_in = 0;          ///< values that its blocks compute
  };
  /// Numbers of launches.
  struct Readers {
    std::set<size_t> all;
    std::set<size_t> elsewhere;  ///< those whose threads read other elements than they store

    void add(const Readers& others);
  };

  void add_outputs(const ir::Region& region);
  void add(const ir::Op& op, bool is_stored);
  Launch own_launch(const ir::Op& op) const;
  bool is_of_threads(const ir::Op& op, const Readers& readers) const;
  bool take_in(const ir::Op& op, Launch& launch) const;

  const Algorithm& algorithm_;
  const Target& target_;
  std::vector<Launch> launches_;
  std::map<const ir::Value*, Readers> readers_;
  std::map<const ir::Value*, Home> homes_;
};

}  // namespace kiln::codegen::gpu
