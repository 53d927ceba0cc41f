#include "passes/fusion/merge_serial.h"

#include <algorithm>
#include <limits>

#include "ir/ops/definition.h"

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// What one serial kernel may do, and how many ops it may have, to keep its compile time short.
constexpr int64_t kSerialWork = 512 * 1024;
constexpr size_t kSerialOps = 160;
/// A product takes as long to compile as so many other ops: its tile is unrolled.
constexpr size_t kProductOps = 8;
/// Where the small ops of a function take longer to compile than so many, what its layers repeat is
/// cut alike: equal kernels are compiled once. Measured on a chain of 50 layers of 16 by 16.
constexpr size_t kDeepOps = 2 * kSerialOps;
/// Then a kernel ends, after so many, where an op like its first comes, and after twice as many
/// where an op like any that it has comes: what stands before the first layer has no like.
constexpr size_t kRepeatedOps = 24;

/// How long an op takes to compile, in other ops.
size_t compile_cost(const ir::Op& op) {
  return op.is("dot_general") || op.is("convolution") ? kProductOps : 1;
}

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
struct Host {
  Group group;
  int64_t work;
  size_t compile_cost;
  size_t ops = 1;
  bool is_open = true;  ///< has room for the least of those to come
  /// Hosts before it that may not be among what it depends on, in order.
  std::vector<size_t> unrelated = {};
};

class SerialMerger {
 public:
  SerialMerger(FusionGroups& groups, FusionKinds& kinds) : groups_(groups), kinds_(kinds) {}

  void run() {
    find_small_ops();
    for (size_t i = 0; i < small_ops_.size(); ++i) {
      const size_t host = place(small_ops_[i], work_[i]);
      close_if_full(host, least_work_from_[i + 1]);
    }
  }

 private:
  void find_small_ops() {
    for (size_t op = 0; op < kinds_.size(); ++op) {
      if (!kinds_[groups_.group_of(op)].empty()) continue;
      small_ops_.push_back(op);
      work_.push_back(operation_count(*groups_.ops()[op]));
      compile_cost_ += compile_cost(*groups_.ops()[op]);
    }
    least_work_from_ = work_;
    least_work_from_.push_back(std::numeric_limits<int64_t>::max() / 2);
    for (size_t i = work_.size(); i-- > 0;)
      least_work_from_[i] = std::min(work_[i], least_work_from_[i + 1]);
  }

  /// Whether the newest host ends at an op that it could take, for it repeats what came before.
  bool begins_again(size_t op) const {
    if (compile_cost_ <= kDeepOps || hosts_.empty() || !hosts_.back().is_open) return false;
    const Host& host = hosts_.back();
    const auto is_like = [&](size_t member) {
      return are_alike(*groups_.ops()[member], *groups_.ops()[op]);
    };
    if (host.compile_cost < kRepeatedOps) return false;
    if (host.compile_cost < 2 * kRepeatedOps) return is_like(host.group);
    const auto& members = groups_.members(host.group);
    return std::any_of(members.begin(), members.end(), is_like);
  }

  /// The host that the op is or joins.
  size_t place(size_t op, int64_t work) {
    if (begins_again(op)) {
      close(hosts_.size() - 1);
      return add_host(op, work, open_);
    }
    std::vector<size_t> unrelated;
    if (const auto host = find_host(op, work, unrelated)) {
      hosts_[*host].work += work;
      hosts_[*host].compile_cost += compile_cost(*groups_.ops()[op]);
      ++hosts_[*host].ops;
      return *host;
    }
    std::reverse(unrelated.begin(), unrelated.end());
    return add_host(op, work, std::move(unrelated));
  }

  size_t add_host(size_t op, int64_t work, std::vector<size_t> unrelated) {
    kinds_[op] = "serial";
    hosts_.push_back({.group = op,
                      .work = work,
                      .compile_cost = compile_cost(*groups_.ops()[op]),
                      .unrelated = std::move(unrelated)});
    open_.push_back(hosts_.size() - 1);
    return hosts_.size() - 1;
  }

  /// The last host that the op can join. Where a path leads from one to the op, others lead there
  /// from all that this host depends on; so those it may not depend on are all that is left to ask.
  /// `unrelated` gets the hosts that the op may not depend on, last first.
  std::optional<size_t> find_host(size_t op, int64_t work, std::vector<size_t>& unrelated) {
    const std::vector<size_t>* candidates = &open_;
    std::vector<size_t> left;
    for (size_t i = candidates->size(); i-- > 0;) {
      const size_t host = (*candidates)[i];
      const bool has_room =
          hosts_[host].ops < kSerialOps && hosts_[host].work + work <= kSerialWork;
      if (has_room && groups_.merge(hosts_[host].group, op)) return host;
      if (!has_room || !groups_.is_before(hosts_[host].group, op)) {
        unrelated.push_back(host);
        continue;
      }
      left = unrelated_among(*candidates, host);
      candidates = &left;
      i = left.size();
    }
    return {};
  }

  /// Those candidates before a host that it may not depend on.
  std::vector<size_t> unrelated_among(const std::vector<size_t>& candidates, size_t host) {
    std::vector<size_t>& unrelated = hosts_[host].unrelated;
    std::erase_if(unrelated, [&](size_t each) { return !hosts_[each].is_open; });
    std::vector<size_t> both;
    std::copy_if(unrelated.begin(), unrelated.end(), std::back_inserter(both), [&](size_t each) {
      return std::binary_search(candidates.begin(), candidates.end(), each);
    });
    return both;
  }

  /// Nothing that comes fits in: no one needs to ask.
  void close_if_full(size_t host, int64_t least_work) {
    if (hosts_[host].ops < kSerialOps && hosts_[host].work + least_work <= kSerialWork) return;
    close(host);
  }

  void close(size_t host) {
    hosts_[host].is_open = false;
    open_.erase(std::lower_bound(open_.begin(), open_.end(), host));
  }

  FusionGroups& groups_;
  FusionKinds& kinds_;
  std::vector<size_t> small_ops_;
  std::vector<int64_t> work_;             ///< of each of them
  std::vector<int64_t> least_work_from_;  ///< of those from each on
  size_t compile_cost_ = 0;               ///< of all of them
  std::vector<Host> hosts_;
  std::vector<size_t> open_;  ///< those with room, in order
};

}  // namespace

void merge_serial(FusionGroups& groups, FusionKinds& kinds) { SerialMerger(groups, kinds).run(); }

}  // namespace kiln::passes
