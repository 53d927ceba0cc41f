#include "runtime/training/history.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>

namespace kiln::runtime {

namespace {

std::string json_list(const std::vector<double>& numbers) {
  std::string text = "[";
  for (const double number : numbers)
    text += (text.size() == 1 ? "" : ", ") + shortest_decimal(number);
  return text + "]";
}

// A list stands in quotes of Keras's, which are quoted as CSV has it.
std::string csv_field(double value, const std::vector<double>& numbers) {
  return numbers.empty() ? python_decimal(value) : "\"\"\"" + array_text(numbers) + "\"\"\"";
}

}  // namespace

double mean_of(const std::vector<double>& numbers) {
  const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
  return sum / static_cast<double>(numbers.size());
}

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
    numbers.resize(names.size());
    values[i].push_back(metric.value);
    numbers[i].push_back(metric.numbers);
    epochs_of[i].push_back(epoch);
  }
  train_seconds.push_back(seconds);
}

std::string History::to_json() const {
  std::string text = "{";
  for (size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "\"" : ", \"") + names[i] + "\": [";
    for (size_t epoch = 0; epoch < values[i].size(); ++epoch) {
      const std::vector<double>& several = numbers[i][epoch];
      text += epoch == 0 ? "" : ", ";
      text += several.empty() ? shortest_decimal(values[i][epoch]) : json_list(several);
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
      text += ",";
      text += present ? csv_field(values[i][next[i]], numbers[i][next[i]]) : std::string("NA");
      next[i] += present ? 1 : 0;
    }
    text += "\n";
  }
  return text;
}

namespace {

// The digits that `is_exact` needs of the text, at most `most`.
template <typename IsExact>
std::string decimal(double value, int most, IsExact is_exact) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char text[340];
  int digits = 1;
  do {
    std::snprintf(text, sizeof(text), "%.*e", digits - 1, value);
  } while (digits++ < most && !is_exact(text));
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

}  // namespace

// 17 digits always suffice, and 9 for an f32.
std::string python_decimal(double value) {
  return decimal(value, 17, [&](const char* text) { return std::strtod(text, nullptr) == value; });
}

std::string array_text(const std::vector<double>& numbers) {
  std::string text = "[";
  for (const double number : numbers) {
    const auto value = static_cast<float>(number);
    text += text.size() == 1 ? "" : ", ";
    text += decimal(number, 9,
                    [&](const char* digits) { return std::strtof(digits, nullptr) == value; });
  }
  return text + "]";
}

std::string shortest_decimal(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return python_decimal(value);
}

}  // namespace kiln::runtime
