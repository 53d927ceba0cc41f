#include "runtime/base/spelling.h"

#include <algorithm>
#include <vector>

namespace kiln {
namespace {

/// Optimal string alignment distance.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> table(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
        continue;
      }
      const size_t exchanged = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, exchanged});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[a.size()][b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr size_t kLongestWord = 64;
  if (word.size() > kLongestWord) return "";
  std::string_view best;
  size_t least = word.size() / 3 + 2;  // farther than this is another word, not a slip
  for (std::string_view candidate : candidates) {
    const size_t apart = distance(word, candidate);
    if (apart >= least || apart >= candidate.size()) continue;
    best = candidate;
    least = apart;
  }
  return best.empty() ? "" : "did you mean " + std::string(best) + "?";
}

}  // namespace kiln
