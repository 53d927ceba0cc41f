#include "tests/frontend/recorded.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "frontend/keras/json/json_text.h"
#include "frontend/keras/operations/element_types.h"
#include "tests/frontend/must.h"

namespace kiln::keras {

std::vector<Recorded> recorded_file(const std::string& path) {
  std::ifstream stream(path);
  std::vector<Recorded> cases;
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Json array = must(parse_json(text, path));
  for (Json& json : array) {
    std::string name = json.value("name", std::to_string(cases.size()));
    cases.push_back({std::move(name), std::move(json)});
  }
  return cases;
}

std::vector<Recorded> recorded_folder(const std::string& folder,
                                      const std::set<std::string>& except) {
  std::vector<Recorded> cases;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string stem = file.path().stem();
    if (except.contains(stem)) continue;
    for (Recorded& recorded : recorded_file(file.path()))
      cases.push_back({stem + "_" + recorded.name, std::move(recorded.json)});
  }
  std::ranges::sort(cases, {}, &Recorded::name);
  return cases;
}

ir::Type type_of(const Json& array) {
  return {*read_dtype(array["dtype"]), array["shape"].get<ir::Shape>()};
}

std::vector<double> values_of(const Json& array) {
  std::vector<double> values;
  for (const Json& value : array["values"]) {
    values.push_back(value.is_number() ? value.get<double>()
                     : value == "inf"  ? std::numeric_limits<double>::infinity()
                     : value == "-inf" ? -std::numeric_limits<double>::infinity()
                                       : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

ir::Literal literal_of(const Json& array) {
  return ir::Literal::from_values(type_of(array), values_of(array));
}

}  // namespace kiln::keras
