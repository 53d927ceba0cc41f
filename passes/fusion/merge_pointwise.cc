#include "passes/fusion/merge_pointwise.h"

#include <algorithm>
#include <map>
#include <set>

#include "passes/fusion/cost.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// The kernels of one shape that read a tensor, by number.
struct ReadingKernels {
  std::vector<size_t> chain;  ///< each of them depends on the one before it
  std::set<size_t> others;
};

class PointwiseMerger {
 public:
  PointwiseMerger(FusionGroups& groups, FusionKinds& kinds) : groups_(groups), kinds_(kinds) {}

  void run() {
    kernel_of_.resize(kinds_.size(), kNone);
    for (size_t op = 0; op < kinds_.size(); ++op) {
      if (kinds_[op] == ir::FusionKind::pointwise) place(op);
    }
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  const ir::Shape& shape_of(size_t op) const { return groups_.ops()[op]->result()->type().shape; }
  bool can_join(size_t op, size_t kernel) { return groups_.can_merge(kernels_[kernel], op); }

  void place(size_t op) {
    std::vector<ReadingKernels*> readers;
    for (const ir::Value* operand : groups_.ops()[op]->operands()) {
      if (operand->type().count() >= kLargeTensor)
        readers.push_back(&reading_[{operand, shape_of(op)}]);
    }
    size_t kernel = find_kernel(op, readers);
    if (kernel == kNone) {
      kernel = kernels_.size();
      kernels_.push_back(op);
      kernel_of_[op] = kernel;
    } else {
      kinds_[op] = {};
      groups_.merge(kernels_[kernel], op);
    }
    for (ReadingKernels* each : readers) add(*each, kernel);
  }

  /// The first kernel that the op can join.
  size_t find_kernel(size_t op, const std::vector<ReadingKernels*>& readers) {
    size_t first = kNone;
    auto consider = [&](size_t kernel) {
      if (kernel < first && shape_of(kernels_[kernel]) == shape_of(op) && can_join(op, kernel))
        first = kernel;
    };
    for (const auto& others : {groups_.users(op), groups_.sources(op)}) {
      for (size_t other : others) consider(kernel_of_[groups_.group_of(other)]);
    }
    for (const ReadingKernels* each : readers) {
      for (size_t kernel : each->others) consider(kernel);
    }
    for (const ReadingKernels* each : readers)
      first = std::min(first, find_in(each->chain, op, first));
    return first;
  }

  /// The first of a chain, before the kernel `limit`, that the op can join. Where a path leads from
  /// one through another group to the op, one does from all before it, and from the first where
  /// none does, the op can join it or none: what a path leads to from the op, it leads to from all
  /// behind. Near ones are asked first, since long paths take long to find.
  size_t find_in(const std::vector<size_t>& chain, size_t op, size_t limit) {
    const auto end =
        static_cast<size_t>(std::lower_bound(chain.begin(), chain.end(), limit) - chain.begin());
    auto leads_to_op = [&](size_t i) {
      return !can_join(op, chain[i]) && groups_.is_before(kernels_[chain[i]], op);
    };
    size_t low = 0, high = end;
    for (size_t step = 1; low < high; step *= 2) {
      const size_t at = high - std::min(step, high);
      if (leads_to_op(at)) {
        low = at + 1;
        break;
      }
      high = at;
    }
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (leads_to_op(middle)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < end && can_join(op, chain[low]) ? chain[low] : kNone;
  }

  void add(ReadingKernels& readers, size_t kernel) {
    std::vector<size_t>& chain = readers.chain;
    if (std::binary_search(chain.begin(), chain.end(), kernel) || readers.others.contains(kernel))
      return;
    const bool follows =
        chain.empty() || (chain.back() < kernel && !can_join(kernels_[kernel], chain.back()) &&
                          groups_.is_before(kernels_[chain.back()], kernels_[kernel]));
    if (follows) {
      chain.push_back(kernel);
    } else {
      readers.others.insert(kernel);
    }
  }

  FusionGroups& groups_;
  FusionKinds& kinds_;
  std::vector<Group> kernels_;
  std::vector<size_t> kernel_of_;  ///< by group
  std::map<std::pair<const ir::Value*, ir::Shape>, ReadingKernels> reading_;
};

}  // namespace

void merge_pointwise(FusionGroups& groups, FusionKinds& kinds) {
  PointwiseMerger(groups, kinds).run();
}

}  // namespace kiln::passes
