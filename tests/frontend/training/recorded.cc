#include "tests/frontend/training/recorded.h"

#include <algorithm>
#include <fstream>

namespace kiln::keras {

std::vector<Recorded> recorded_cases(const std::string& family) {
  std::ifstream stream("tests/frontend/training/data/" + family + ".json");
  std::vector<Recorded> cases;
  for (Json& json : Json::parse(stream))
    cases.push_back({json["name"].get<std::string>(), std::move(json)});
  return cases;
}

ir::Type type_of(const Json& array) {
  const std::string dtype = array["dtype"].get<std::string>();
  const auto element = dtype == "float32" ? ir::ElementType::f32
                       : dtype == "int64" ? ir::ElementType::i64
                                          : ir::ElementType::i32;
  return {element, array["shape"].get<ir::Shape>()};
}

std::vector<double> values_of(const Json& array) {
  return array["values"].get<std::vector<double>>();
}

ir::Literal literal_of(const Json& array) {
  return ir::Literal::from_values(type_of(array), values_of(array));
}

ir::Literal padded(const Json& array, int64_t batch) {
  ir::Type type = type_of(array);
  std::vector<double> values = values_of(array);
  const size_t row = values.size() / static_cast<size_t>(type.shape[0]);
  type.shape[0] = batch;
  while (static_cast<int64_t>(values.size()) < type.count())
    values.push_back(values[values.size() - row]);
  return ir::Literal::from_values(type, values);
}

}  // namespace kiln::keras
