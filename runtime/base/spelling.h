// What a misspelt name was probably meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kiln {

/// "did you mean NAME?" with the candidate nearest to the word (by insertions, deletions, exchanges
/// and swaps of neighbours), or nothing if none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace kiln
