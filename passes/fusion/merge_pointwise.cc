#include "passes/fusion/merge_pointwise.h"

#include <algorithm>
#include <map>
#include <set>

namespace kiln::passes {
namespace {

using Group = FusionGroups::Group;

/// The hosts of one shape that read a tensor, by number.
struct ReadingHosts {
  std::vector<size_t> chain;  ///< each of them depends on the one before it
  std::set<size_t> others;
};

class PointwiseMerger {
 public:
  PointwiseMerger(FusionGroups& groups, FusionKinds& kinds, int64_t large_tensor)
      : groups_(groups), kinds_(kinds), large_tensor_(large_tensor) {}

  void run() {
    host_of_.resize(kinds_.size(), kNoHost);
    for (size_t op = 0; op < kinds_.size(); ++op) {
      if (kinds_[op] == "pointwise") place(op);
    }
  }

 private:
  static constexpr size_t kNoHost = static_cast<size_t>(-1);

  const ir::Shape& shape_of(size_t op) const { return groups_.ops()[op]->result()->type().shape; }
  bool can_join(size_t op, size_t host) { return groups_.can_merge(hosts_[host], op); }

  void place(size_t op) {
    std::vector<ReadingHosts*> readers;
    for (const ir::Value* operand : groups_.ops()[op]->operands()) {
      if (operand->type().count() >= large_tensor_)
        readers.push_back(&reading_[{operand, shape_of(op)}]);
    }
    size_t host = find_host(op, readers);
    if (host == kNoHost) {
      host = hosts_.size();
      hosts_.push_back(op);
      host_of_[op] = host;
    } else {
      kinds_[op] = {};
      groups_.merge(hosts_[host], op);
    }
    for (ReadingHosts* each : readers) add(*each, host);
  }

  /// The first host that the op can join.
  size_t find_host(size_t op, const std::vector<ReadingHosts*>& readers) {
    size_t first = kNoHost;
    auto consider = [&](size_t host) {
      if (host < first && shape_of(hosts_[host]) == shape_of(op) && can_join(op, host))
        first = host;
    };
    for (const auto& others : {groups_.users(op), groups_.sources(op)}) {
      for (size_t other : others) consider(host_of_[groups_.group_of(other)]);
    }
    for (const ReadingHosts* each : readers) {
      for (size_t host : each->others) consider(host);
    }
    for (const ReadingHosts* each : readers)
      first = std::min(first, find_in(each->chain, op, first));
    return first;
  }

  /// The first of a chain, before the host `limit`, that the op can join. Where a path leads from
  /// one through another group to the op, one does from all before it, and from the first where
  /// none does, the op can join it or none: what a path leads to from the op, it leads to from all
  /// behind. Near ones are asked first, since long paths take long to find.
  size_t find_in(const std::vector<size_t>& chain, size_t op, size_t limit) {
    const auto end =
        static_cast<size_t>(std::lower_bound(chain.begin(), chain.end(), limit) - chain.begin());
    auto leads_to_op = [&](size_t i) {
      return !can_join(op, chain[i]) && groups_.is_before(hosts_[chain[i]], op);
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
    return low < end && can_join(op, chain[low]) ? chain[low] : kNoHost;
  }

  void add(ReadingHosts& readers, size_t host) {
    std::vector<size_t>& chain = readers.chain;
    if (std::binary_search(chain.begin(), chain.end(), host) || readers.others.contains(host))
      return;
    const bool follows =
        chain.empty() || (chain.back() < host && !can_join(hosts_[host], chain.back()) &&
                          groups_.is_before(hosts_[chain.back()], hosts_[host]));
    if (follows) {
      chain.push_back(host);
    } else {
      readers.others.insert(host);
    }
  }

  FusionGroups& groups_;
  FusionKinds& kinds_;
  const int64_t large_tensor_;
  std::vector<Group> hosts_;
  std::vector<size_t> host_of_;  ///< by group
  std::map<std::pair<const ir::Value*, ir::Shape>, ReadingHosts> reading_;
};

}  // namespace

void merge_pointwise(FusionGroups& groups, FusionKinds& kinds, int64_t large_tensor) {
  PointwiseMerger(groups, kinds, large_tensor).run();
}

}  // namespace kiln::passes
