// Recorded training.
#pragma once

#include <string>
#include <vector>

#include "tests/frontend/recorded.h"

namespace kiln::keras {

/// The cases of data/FAMILY.json.
std::vector<Recorded> recorded_cases(const std::string& family);

/// The array with rows added up to `batch`, which repeat its last row: a short batch as fit pads
/// it.
ir::Literal padded(const Json& array, int64_t batch);

}  // namespace kiln::keras
