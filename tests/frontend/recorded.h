// What Keras computed, as the scripts called record.py write it to folders called data/.
#pragma once

#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "frontend/keras/json/json.h"
#include "ir/literal.h"
#include "nlohmann/json.hpp"

namespace kiln::keras {

/// One case of a file; its name is the test's.
struct Recorded {
  std::string name;
  Json json;
  friend void PrintTo(const Recorded& recorded, std::ostream* out) { *out << recorded.name; }
};

/// The cases of a file. Those that say no name are numbered.
std::vector<Recorded> recorded_file(const std::string& path);
/// The cases of all files of a folder but some: "FILE_NAME", in that order.
std::vector<Recorded> recorded_folder(const std::string& folder,
                                      const std::set<std::string>& except = {});

/// A recorded array: its type, and its elements, where NaN and the infinities stand as text.
ir::Type type_of(const Json& array);
std::vector<double> values_of(const Json& array);
ir::Literal literal_of(const Json& array);

}  // namespace kiln::keras
