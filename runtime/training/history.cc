#include "runtime/training/history.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace kiln::runtime {

double value_of(const Metrics& metrics, const std::string& name) {
  for (const Metric& metric : metrics) {
    if (metric.name == name) return metric.value;
  }
  return NAN;
}

void History::append(const Metrics& metrics, double seconds) {
  const int epoch = initial_epoch + epochs();
  for (const Metric& metric : metrics) {
    const size_t i = std::find(names.begin(), names.end(), metric.name) - names.begin();
    if (i == names.size()) {
      names.push_back(metric.name);
      values.emplace_back();
      epochs_of.emplace_back();
    }
    values[i].push_back(metric.value);
    epochs_of[i].push_back(epoch);
  }
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
  std::vector<size_t> next(names.size(), 0);
  for (int epoch = initial_epoch; epoch < initial_epoch + epochs(); ++epoch) {
    text += std::to_string(epoch);
    for (size_t i = 0; i < names.size(); ++i) {
      const bool present = next[i] < values[i].size() && epochs_of[i][next[i]] == epoch;
      text += "," + (present ? python_decimal(values[i][next[i]++]) : std::string("NA"));
    }
    text += "\n";
  }
  return text;
}

std::string python_decimal(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  // 17 digits always suffice.
  char text[340];
  int digits = 1;
  do {
    std::snprintf(text, sizeof(text), "%.*e", digits - 1, value);
  } while (digits++ < 17 && std::strtod(text, nullptr) != value);
  const int exponent = std::atoi(std::strchr(text, 'e') + 1);
  if (exponent < -4 || exponent >= 16) {
    std::snprintf(text, sizeof(text), "%.*g", digits - 1, value);
    return text;
  }
  // As Python writes it: a float is not an int.
  const int decimals = std::max(digits - 2 - exponent, 1);
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  return text;
}

std::string shortest_decimal(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return python_decimal(value);
}

}  // namespace kiln::runtime
