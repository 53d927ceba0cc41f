// What Keras computed, as record.py writes it to data/.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "frontend/keras/json/json.h"
#include "ir/literal.h"
#include "nlohmann/json.hpp"

namespace kiln::keras {

/// One case of a file of data/; its name is the test's.
struct Recorded {
  std::string name;
  Json json;
  friend void PrintTo(const Recorded& recorded, std::ostream* out) { *out << recorded.name; }
};

/// The cases of data/FAMILY.json.
std::vector<Recorded> recorded_cases(const std::string& family);

/// A recorded array: its type, and its elements.
ir::Type type_of(const Json& array);
ir::Literal literal_of(const Json& array);
std::vector<double> values_of(const Json& array);
/// The array with rows added up to `batch`, which repeat its last row: a short batch as fit pads
/// it.
ir::Literal padded(const Json& array, int64_t batch);

}  // namespace kiln::keras
