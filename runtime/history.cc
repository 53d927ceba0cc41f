#include "runtime/history.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace kiln::runtime {

double value_of(const Metrics& metrics, const std::string& name) {
  for (const Metric& metric : metrics) {
    if (metric.name == name) return metric.value;
  }
  return NAN;
}

void History::append(const Metrics& metrics, double seconds) {
  if (names.empty()) {
    for (const Metric& metric : metrics) names.push_back(metric.name);
    values.resize(names.size());
  }
  for (size_t i = 0; i < metrics.size(); ++i) values[i].push_back(metrics[i].value);
  train_seconds.push_back(seconds);
}

std::string History::to_json() const {
  std::string text = "{";
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "\"" : ", \"") + names[i] + "\": [";
    for (size_t epoch = 0; epoch < values[i].size(); ++epoch) {
      text += (epoch == 0 ? "" : ", ") + shortest_decimal(values[i][epoch]);
    }
    text += "]";
  }
  return text + "}\n";
}

std::string History::to_csv() const {
  std::string text = "epoch";
  for (const std::string& name : names) text += "," + name;
  text += "\n";
  for (int epoch = 0; epoch < epochs(); ++epoch) {
    text += std::to_string(initial_epoch + epoch);
    for (const std::vector<double>& course : values) text += "," + shortest_decimal(course[epoch]);
    text += "\n";
  }
  return text;
}

std::string shortest_decimal(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char text[40];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof(text), "%.*g", digits, value);
    if (std::strtod(text, nullptr) == value) break;
  }
  // As Python writes it: a float is not an int.
  std::string result = text;
  if (result.find_first_of(".e") == std::string::npos) result += ".0";
  return result;
}

}  // namespace kiln::runtime
