// The key of the hash by which texts that no vocabulary has find their places.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::keras {

using HashSalt = std::array<uint64_t, 2>;

/// Keras's argument `salt`, of one number, which counts twice, or two; nothing where it has none.
inline std::optional<HashSalt> hash_salt(const std::vector<int64_t>& salt) {
  if (salt.empty()) return std::nullopt;
  return HashSalt{static_cast<uint64_t>(salt.front()), static_cast<uint64_t>(salt.back())};
}

inline Status check_salt(const std::vector<int64_t>& salt) {
  if (salt.size() <= 2) return ok();
  return Diagnostic{"", "salt must be an integer or a list of two", ""};
}

}  // namespace kiln::keras
