#include "codegen/roofline/reuse.h"

#include <algorithm>
#include <map>
#include <utility>

namespace kiln::codegen {
namespace {

/// Sums over the last elements of an array that changes (Fenwick, "A new data structure for
/// cumulative frequency tables", 1994).
class SuffixSums {
 public:
  explicit SuffixSums(size_t size) : sums_(size + 1) {}
  void add(size_t at, double value) {
    for (size_t i = at + 1; i > 0; i -= i & (~i + 1)) sums_[i] += value;
  }
  /// Of the elements behind `at`.
  double behind(size_t at) const {
    double sum = 0;
    for (size_t i = at + 2; i < sums_.size(); i += i & (~i + 1)) sum += sums_[i];
    return sum;
  }

 private:
  std::vector<double> sums_;
};

/// Cuts memory where any stretch begins or ends, so that each piece is touched whole or not at all.
class Pieces {
 public:
  explicit Pieces(const std::vector<std::vector<Touch>>& calls) {
    for (const auto& call : calls) {
      for (const Touch& touch : call) {
        cuts_.emplace_back(touch.block, touch.begin);
        cuts_.emplace_back(touch.block, touch.end);
      }
    }
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
  }
  size_t count() const { return cuts_.size(); }
  size_t at(int block, int64_t offset) const {
    return static_cast<size_t>(
        std::lower_bound(cuts_.begin(), cuts_.end(), std::pair(block, offset)) - cuts_.begin());
  }
  double bytes(size_t piece) const {
    return static_cast<double>(cuts_[piece + 1].second - cuts_[piece].second);
  }

 private:
  std::vector<std::pair<int, int64_t>> cuts_;  ///< piece i reaches from cut i to the next
};

/// What a call does with a piece, in shares of its bytes.
struct Use {
  double read = 0, written = 0;
  double touched() const { return std::max(read, written); }
};

using Uses = std::vector<std::pair<size_t, Use>>;

/// Each piece once, whatever the number of operands that it is part of.
Uses uses_of(const std::vector<Touch>& call, const Pieces& pieces) {
  std::map<size_t, Use> uses;
  for (const Touch& touch : call) {
    const size_t end = pieces.at(touch.block, touch.end);
    for (size_t piece = pieces.at(touch.block, touch.begin); piece < end; ++piece) {
      Use& use = uses[piece];
      use.read = std::max(use.read, touch.read);
      use.written = std::max(use.written, touch.written);
    }
  }
  return {uses.begin(), uses.end()};
}

/// Memory as a stack of pieces, the one that was touched last on top.
class Stack {
 public:
  Stack(const Pieces& pieces, size_t calls)
      : pieces_(pieces), last_(pieces.count()), sums_(calls) {}

  /// Call number `number` touches these.
  std::vector<Access> touch(size_t number, const Uses& uses) {
    double own = 0;
    for (const auto& [piece, use] : uses) {
      if (last_[piece].bytes > 0) sums_.add(last_[piece].call, -last_[piece].bytes);
      own += use.touched() * pieces_.bytes(piece);
    }
    std::map<double, double> bytes;  // by working set
    for (const auto& [piece, use] : uses)
      bytes[own + sums_.behind(last_[piece].call)] +=
          (use.read + use.written) * pieces_.bytes(piece);
    for (const auto& [piece, use] : uses) {
      last_[piece] = {number, use.touched() * pieces_.bytes(piece)};
      sums_.add(number, last_[piece].bytes);
    }
    std::vector<Access> accesses;
    for (const auto& [working_set, count] : bytes) accesses.push_back({count, working_set});
    return accesses;
  }

 private:
  struct Last {
    size_t call = 0;
    double bytes = 0;  ///< that it touched
  };
  const Pieces& pieces_;
  std::vector<Last> last_;
  SuffixSums sums_;  ///< of the bytes of pieces, by the call that touched them last
};

}  // namespace

std::vector<std::vector<Access>> accesses_of(const std::vector<std::vector<Touch>>& calls) {
  const Pieces pieces(calls);
  std::vector<Uses> uses;
  for (const auto& call : calls) uses.push_back(uses_of(call, pieces));
  Stack stack(pieces, 2 * calls.size());
  std::vector<std::vector<Access>> accesses;
  // The second round finds memory as all later ones do.
  for (size_t round = 0; round < 2; ++round) {
    accesses.clear();
    for (size_t i = 0; i < calls.size(); ++i)
      accesses.push_back(stack.touch(round * calls.size() + i, uses[i]));
  }
  return accesses;
}

}  // namespace kiln::codegen
