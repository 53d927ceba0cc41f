#include "runtime/data/class_weight.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace kiln::runtime {
namespace {

const char* const kWhere = "class weights";

// The class of a row of labels: its number, or where the row is largest.
int64_t class_of(const float* row, int64_t size) {
  if (size > 1) return std::max_element(row, row + size) - row;
  return static_cast<int64_t>(std::nearbyint(row[0]));
}

// Of `count` classes; 0: nobody knows how many.
Status check_classes(const ClassWeights& weights, int64_t count) {
  for (const auto& [label, weight] : weights) {
    if (count == 0 || (label >= 0 && label < count)) continue;
    return Diagnostic{kWhere,
                      "name the class " + std::to_string(label) + ", the model has " +
                          std::to_string(count) + ", 0 to " + std::to_string(count - 1),
                      ""};
  }
  return ok();
}

}  // namespace

Expected<ClassWeights> parse_class_weights(const std::string& text) {
  ClassWeights weights;
  if (text.empty()) return weights;
  const char* at = text.c_str();
  while (true) {
    char* end = nullptr;
    const long long label = std::strtoll(at, &end, 10);
    if (end == at || *end != ':') break;
    at = end + 1;
    const double weight = std::strtod(at, &end);
    if (end == at || !(weight >= 0) || !weights.emplace(label, weight).second) break;
    if (*end == 0) return weights;
    if (*end != ',') break;
    at = end + 1;
  }
  return Diagnostic{kWhere, "\"" + text + "\" is no list of CLASS:WEIGHT", "write 0:1,1:5"};
}

Status apply_class_weights(const ClassWeights& weights, const kiln_model& model,
                           Examples& examples) {
  if (model.output_count != 1 || examples.y.size() != 1)
    return Diagnostic{kWhere, "are for models with one output and labels", ""};
  if (!examples.sample_weights.empty())
    return Diagnostic{kWhere, "cannot be given together with sample weights", ""};
  const Array& y = examples.y[0];
  const bool one_label = y.rank() == 1 || (y.rank() == 2 && (y.type == KILN_F32 || y.dims[1] == 1));
  if (!one_label)
    return Diagnostic{kWhere, "need one class for each example, the labels are " + y.name(), ""};
  const Array labels = convert(y, KILN_F32);
  const int64_t size = y.element_count() / std::max<int64_t>(y.rows(), 1);
  KILN_TRY(check_classes(weights, size > 1 ? size : model.outputs[0].label_classes));
  const Array result = allocate(KILN_F32, {y.rows()});
  for (int64_t row = 0; row < y.rows(); ++row) {
    const auto found = weights.find(class_of(labels.as<float>() + row * size, size));
    result.as<float>()[row] = found == weights.end() ? 1.0f : static_cast<float>(found->second);
  }
  examples.sample_weights = {result};
  return ok();
}

}  // namespace kiln::runtime
