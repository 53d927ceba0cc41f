#include "tests/frontend/training/recorded.h"

namespace kiln::keras {

std::vector<Recorded> recorded_cases(const std::string& family) {
  return recorded_file("tests/frontend/training/data/" + family + ".json");
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
