#include "frontend/keras/json/config_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/json_text.h"
#include "frontend/keras/json/shape.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

const Json kNull;

bool is_integer(const Json& value) { return value.is_number_integer(); }
bool is_number(const Json& value) { return value.is_number(); }
bool is_boolean(const Json& value) { return value.is_boolean(); }
bool is_string(const Json& value) { return value.is_string(); }
bool is_shape(const Json& value) {
  auto is_extent = [](const Json& extent) {
    return extent.is_null() || (extent.is_number_integer() && extent.get<int64_t>() >= 0);
  };
  return value.is_array() && std::all_of(value.begin(), value.end(), is_extent);
}

bool is_list_of_numbers(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), is_number);
}

}  // namespace

std::string excerpt(const Json& value) {
  std::string text = write_json(value);
  constexpr size_t kLongest = 60;
  if (text.size() > kLongest) text = text.substr(0, kLongest - 3) + "...";
  return text;
}

ConfigReader::ConfigReader(const Json& config, std::string where)
    : config_(config), where_(std::move(where)) {
  if (!config.is_object())
    fail(fmt::format("its config must be an object, not {}", excerpt(config)));
}

bool ConfigReader::has(std::string_view key) const {
  return config_.is_object() && config_.contains(key);
}

const Json* ConfigReader::find(std::string_view key, bool optional, std::string_view kind,
                               const std::function<bool(const Json&)>& is_right) {
  read_.insert(std::string(key));
  if (!has(key)) {
    if (!optional) fail(fmt::format("\"{}\" is missing", key), fmt::format("it must be {}", kind));
    return nullptr;
  }
  const Json& value = config_.at(std::string(key));
  if (is_right(value)) return &value;
  fail(fmt::format("\"{}\" must be {}, not {}", key, kind, excerpt(value)));
  return nullptr;
}

int64_t ConfigReader::integer(std::string_view key, std::optional<int64_t> fallback) {
  const Json* value = find(key, fallback.has_value(), "an integer", is_integer);
  return value ? value->get<int64_t>() : fallback.value_or(0);
}

double ConfigReader::number(std::string_view key, std::optional<double> fallback) {
  const Json* value = find(key, fallback.has_value(), "a number", is_number);
  return value ? value->get<double>() : fallback.value_or(0);
}

bool ConfigReader::boolean(std::string_view key, std::optional<bool> fallback) {
  const Json* value = find(key, fallback.has_value(), "true or false", is_boolean);
  return value ? value->get<bool>() : fallback.value_or(false);
}

std::string ConfigReader::string(std::string_view key, std::optional<std::string> fallback) {
  const Json* value = find(key, fallback.has_value(), "a string", is_string);
  return value ? value->get<std::string>() : fallback.value_or("");
}

std::optional<int64_t> ConfigReader::optional_integer(std::string_view key) {
  if (value(key).is_null()) return {};
  return integer(key);
}

std::optional<double> ConfigReader::optional_number(std::string_view key) {
  if (value(key).is_null()) return {};
  return number(key);
}

std::vector<int64_t> ConfigReader::integers(std::string_view key) {
  const Json* value = find(key, false, "a list of sizes and nulls", is_shape);
  std::vector<int64_t> result;
  if (!value) return result;
  for (const Json& element : *value)
    result.push_back(element.is_null() ? kNone : element.get<int64_t>());
  return result;
}

std::vector<double> ConfigReader::numbers(std::string_view key) {
  const Json* value = find(key, false, "a list of numbers", is_list_of_numbers);
  return value ? value->get<std::vector<double>>() : std::vector<double>{};
}

const Json& ConfigReader::value(std::string_view key) {
  read_.insert(std::string(key));
  return has(key) ? config_.at(std::string(key)) : kNull;
}

void ConfigReader::only(std::string_view key, const std::vector<Json>& allowed,
                        std::string_view note) {
  if (!has(key)) return ignore(key);
  const Json& found = value(key);
  if (std::find(allowed.begin(), allowed.end(), found) != allowed.end()) return;
  std::string choices;
  for (const Json& choice : allowed) choices += (choices.empty() ? "" : " or ") + choice.dump();
  fail(fmt::format("\"{}\": {} is not supported", key, excerpt(found)),
       note.empty() ? fmt::format("kiln takes {} here", choices) : std::string(note));
}

void ConfigReader::fail(std::string message, std::string note) {
  fail(Diagnostic{where_, std::move(message), std::move(note)});
}

void ConfigReader::fail(Diagnostic error) {
  if (!error_) error_ = std::move(error);
}

Status ConfigReader::finish() const {
  KILN_TRY(check());
  std::vector<std::string_view> known(read_.begin(), read_.end());
  for (const auto& [key, value] : config_.items()) {
    if (read_.contains(key)) continue;
    return Diagnostic{where_, fmt::format("unknown option \"{}\"", key),
                      ir::did_you_mean(key, known)};
  }
  return ok();
}

}  // namespace kiln::keras
