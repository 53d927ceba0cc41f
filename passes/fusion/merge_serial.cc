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

/// A group that others may join.
struct Host {
  Group group;
  int64_t work;
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
    }
    least_work_from_ = work_;
    least_work_from_.push_back(std::numeric_limits<int64_t>::max() / 2);
    for (size_t i = work_.size(); i-- > 0;)
      least_work_from_[i] = std::min(work_[i], least_work_from_[i + 1]);
  }

  /// The host that the op is or joins.
  size_t place(size_t op, int64_t work) {
    std::vector<size_t> unrelated;
    if (const auto host = find_host(op, work, unrelated)) {
      hosts_[*host].work += work;
      ++hosts_[*host].ops;
      return *host;
    }
    kinds_[op] = "serial";
    std::reverse(unrelated.begin(), unrelated.end());
    hosts_.push_back({.group = op, .work = work, .unrelated = std::move(unrelated)});
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
    hosts_[host].is_open = false;
    open_.erase(std::lower_bound(open_.begin(), open_.end(), host));
  }

  FusionGroups& groups_;
  FusionKinds& kinds_;
  std::vector<size_t> small_ops_;
  std::vector<int64_t> work_;             ///< of each of them
  std::vector<int64_t> least_work_from_;  ///< of those from each on
  std::vector<Host> hosts_;
  std::vector<size_t> open_;  ///< those with room, in order
};

}  // namespace

void merge_serial(FusionGroups& groups, FusionKinds& kinds) { SerialMerger(groups, kinds).run(); }

}  // namespace kiln::passes
