#include "passes/fusion/merge_serial.h"

#include <algorithm>
#include <limits>

#include "ir/ops/definition.h"
#include "passes/fusion/cost.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// Whether two ops differ in their operands alone, which have the same types.
bool are_alike(const ir::Op& a, const ir::Op& b) {
  const auto same_type = [](const ir::Value* x, const ir::Value* y) {
    return x->type() == y->type();
  };
  return &a.definition() == &b.definition() && a.attributes() == b.attributes() &&
         std::equal(a.operands().begin(), a.operands().end(), b.operands().begin(),
                    b.operands().end(), same_type);
}

/// A group that others may join.
struct Kernel {
  Group group;
  int64_t work;
  size_t compile_cost;
  size_t ops = 1;
  bool is_open = true;  ///< has room for the least of those to come
  /// Kernels before it that may not be among what it depends on, in order.
  std::vector<size_t> unrelated = {};
};

class SerialMerger {
 public:
  SerialMerger(FusionGroups& groups, FusionKinds& kinds) : groups_(groups), kinds_(kinds) {}

  void run() {
    find_small_ops();
    for (size_t i = 0; i < small_ops_.size(); ++i) {
      const size_t kernel = place(small_ops_[i], work_[i]);
      close_if_full(kernel, least_work_from_[i + 1]);
    }
  }

 private:
  void find_small_ops() {
    for (size_t op = 0; op < kinds_.size(); ++op) {
      if (kinds_[groups_.group_of(op)] || groups_.ops()[op]->is("scan")) continue;
      small_ops_.push_back(op);
      work_.push_back(operation_count(*groups_.ops()[op]));
      compile_cost_ += compile_cost(*groups_.ops()[op]);
    }
    least_work_from_ = work_;
    least_work_from_.push_back(std::numeric_limits<int64_t>::max() / 2);
    for (size_t i = work_.size(); i-- > 0;)
      least_work_from_[i] = std::min(work_[i], least_work_from_[i + 1]);
  }

  /// Whether the newest kernel ends at an op that it could take, for it repeats what came before.
  bool begins_again(size_t op) const {
    if (compile_cost_ <= kDeepOps || kernels_.empty() || !kernels_.back().is_open) return false;
    const Kernel& kernel = kernels_.back();
    const auto is_like = [&](size_t member) {
      return are_alike(*groups_.ops()[member], *groups_.ops()[op]);
    };
    if (kernel.compile_cost < kRepeatedOps) return false;
    if (kernel.compile_cost < 2 * kRepeatedOps) return is_like(kernel.group);
    const auto& members = groups_.members(kernel.group);
    return std::any_of(members.begin(), members.end(), is_like);
  }

  /// The kernel that the op is or joins.
  size_t place(size_t op, int64_t work) {
    if (begins_again(op)) {
      close(kernels_.size() - 1);
      return add_kernel(op, work, open_);
    }
    std::vector<size_t> unrelated;
    if (const auto kernel = find_kernel(op, work, unrelated)) {
      kernels_[*kernel].work += work;
      kernels_[*kernel].compile_cost += compile_cost(*groups_.ops()[op]);
      ++kernels_[*kernel].ops;
      return *kernel;
    }
    std::reverse(unrelated.begin(), unrelated.end());
    return add_kernel(op, work, std::move(unrelated));
  }

  size_t add_kernel(size_t op, int64_t work, std::vector<size_t> unrelated) {
    kinds_[op] = ir::FusionKind::serial;
    kernels_.push_back({.group = op,
                        .work = work,
                        .compile_cost = compile_cost(*groups_.ops()[op]),
                        .unrelated = std::move(unrelated)});
    open_.push_back(kernels_.size() - 1);
    return kernels_.size() - 1;
  }

  /// The last kernel that the op can join. Where a path leads from one to the op, others lead there
  /// from all that this kernel depends on; so those it may not depend on are all that is left to
  /// ask. `unrelated` gets the kernels that the op may not depend on, last first.
  std::optional<size_t> find_kernel(size_t op, int64_t work, std::vector<size_t>& unrelated) {
    const std::vector<size_t>* candidates = &open_;
    std::vector<size_t> left;
    for (size_t i = candidates->size(); i-- > 0;) {
      const size_t kernel = (*candidates)[i];
      const bool has_room =
          kernels_[kernel].ops < kSerialOps && kernels_[kernel].work + work <= kSerialWork;
      if (has_room && groups_.merge(kernels_[kernel].group, op)) return kernel;
      if (!has_room || !groups_.is_before(kernels_[kernel].group, op)) {
        unrelated.push_back(kernel);
        continue;
      }
      left = unrelated_among(*candidates, kernel);
      candidates = &left;
      i = left.size();
    }
    return {};
  }

  /// Those candidates before a kernel that it may not depend on.
  std::vector<size_t> unrelated_among(const std::vector<size_t>& candidates, size_t kernel) {
    std::vector<size_t>& unrelated = kernels_[kernel].unrelated;
    std::erase_if(unrelated, [&](size_t each) { return !kernels_[each].is_open; });
    std::vector<size_t> both;
    std::copy_if(unrelated.begin(), unrelated.end(), std::back_inserter(both), [&](size_t each) {
      return std::binary_search(candidates.begin(), candidates.end(), each);
    });
    return both;
  }

  /// Nothing that comes fits in: no one needs to ask.
  void close_if_full(size_t kernel, int64_t least_work) {
    if (kernels_[kernel].ops < kSerialOps && kernels_[kernel].work + least_work <= kSerialWork)
      return;
    close(kernel);
  }

  void close(size_t kernel) {
    kernels_[kernel].is_open = false;
    open_.erase(std::lower_bound(open_.begin(), open_.end(), kernel));
  }

  FusionGroups& groups_;
  FusionKinds& kinds_;
  std::vector<size_t> small_ops_;
  std::vector<int64_t> work_;             ///< of each of them
  std::vector<int64_t> least_work_from_;  ///< of those from each on
  size_t compile_cost_ = 0;               ///< of all of them
  std::vector<Kernel> kernels_;
  std::vector<size_t> open_;  ///< those with room, in order
};

}  // namespace

void merge_serial(FusionGroups& groups, FusionKinds& kinds) { SerialMerger(groups, kinds).run(); }

}  // namespace kiln::passes
