// Where the bytes of an op's result lie once memory is planned.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::ir {

/// One buffer, as `plan-memory` chooses it (what XLA calls a buffer allocation's slice). In text:
/// "arena+64", "state:dense/kernel", "output:loss", "carry:0", "stack:1".
struct Placement {
  enum class Space {
    arena,   ///< the block of temporaries, from `index` bytes on
    state,   ///< the variable `name`
    output,  ///< the caller's buffer of the function's result `name`
    carry,   ///< within a scan: the buffer of the scan's result `index`, a carry
    stack,   ///< within a scan: the step's slice of the scan's result `index`, an output
  };
  Space space = Space::arena;
  int64_t index = 0;
  std::string name;

  static Placement arena(int64_t offset) { return {Space::arena, offset, ""}; }
  static Placement state(std::string variable) { return {Space::state, 0, std::move(variable)}; }
  static Placement output(std::string result) { return {Space::output, 0, std::move(result)}; }
  static Placement carry(size_t result) { return {Space::carry, static_cast<int64_t>(result), ""}; }
  static Placement stack(size_t result) { return {Space::stack, static_cast<int64_t>(result), ""}; }

  std::string to_string() const;

  friend bool operator==(const Placement&, const Placement&) = default;
};

/// One for each result of an op.
using Placements = std::vector<Placement>;

/// What to_string() wrote. An error says what a placement looks like; its place is the caller's.
Expected<Placement> parse_placement(std::string_view text);

/// "a buffer must be arena+OFFSET, ..., not TEXT": for a placement that is none, or is none there.
std::string not_a_placement(std::string_view text);

}  // namespace kiln::ir
