#include "runtime/base/option_text.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "runtime/base/spelling.h"

namespace kiln::runtime {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool read_number(const std::string& text, double& number) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != 0 || !std::isfinite(value)) return false;
  number = value;
  return true;
}

std::string read_integer(const std::string& text, int64_t low, int64_t high, int64_t& number) {
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != 0 || errno != 0 || value < low || value > high) {
    return "an integer from " + std::to_string(low);
  }
  number = value;
  return "";
}

std::string read_flag(const std::string& text, bool& flag) {
  if (text != "true" && text != "false") return "true or false";
  flag = text == "true";
  return "";
}

Diagnostic unknown_option(const std::string& where, const std::string& name,
                          std::span<const OptionField> fields) {
  std::vector<std::string_view> names;
  std::string all;
  for (const OptionField& field : fields) {
    names.push_back(field.name);
    all += (all.empty() ? "" : ", ") + field.name;
  }
  const std::string guess = did_you_mean(name, names);
  return {where, "has no option \"" + name + "\"",
          (guess.empty() ? "" : guess + " ") +
              (all.empty() ? "it has none" : "its options are " + all)};
}

Status read_option(const std::string& where, const std::string& part,
                   std::span<const OptionField> fields, std::vector<std::string>& seen) {
  const size_t equals = part.find('=');
  const std::string name = part.substr(0, equals);
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [&](const OptionField& f) { return f.name == name; });
  if (field == fields.end()) return unknown_option(where, name, fields);
  if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
    return Diagnostic{where, "gives \"" + name + "\" twice", ""};
  }
  seen.push_back(name);
  const std::string value = equals == std::string::npos ? "true" : part.substr(equals + 1);
  const std::string takes = field->read(value);
  if (takes.empty()) return ok();
  if (equals == std::string::npos) {
    return Diagnostic{where, name + " needs a value, " + takes, "write " + name + "=VALUE"};
  }
  return Diagnostic{where, name + " takes " + takes + ", not \"" + value + "\"", ""};
}

}  // namespace

namespace {

std::string text_of(double number) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", number);
  return text;
}

}  // namespace

OptionField option(std::string name, bool& target, std::string meaning) {
  auto read = [&target](const std::string& text) { return read_flag(text, target); };
  return {std::move(name), read, "true or false", target ? "true" : "false", std::move(meaning)};
}

OptionField option(std::string name, int& target, std::string meaning) {
  auto read = [&target](const std::string& text) {
    int64_t number = target;
    std::string complaint = read_integer(text, 0, INT_MAX, number);
    target = static_cast<int>(number);
    return complaint;
  };
  return {std::move(name), read, "integer from 0", std::to_string(target), std::move(meaning)};
}

OptionField option_frequency(std::string name, std::optional<int64_t>& target,
                             std::string meaning) {
  auto read = [&target](const std::string& text) {
    int64_t number = 0;
    target.reset();
    if (text == "epoch") return std::string();
    std::string complaint = read_integer(text, 1, INT64_MAX, number);
    if (complaint.empty()) target = number;
    return complaint.empty() ? complaint : complaint + ", or epoch";
  };
  return {std::move(name), read, "integer from 1, or epoch",
          target ? std::to_string(*target) : "\"epoch\"", std::move(meaning)};
}

OptionField option(std::string name, double& target, std::string meaning) {
  auto read = [&target](const std::string& text) {
    return read_number(text, target) ? std::string() : "a number";
  };
  return {std::move(name), read, "number", text_of(target), std::move(meaning)};
}

OptionField option(std::string name, std::optional<double>& target, std::string meaning) {
  auto read = [&target](const std::string& text) {
    double number = 0;
    if (!read_number(text, number)) return std::string("a number");
    target = number;
    return std::string();
  };
  return {std::move(name), read, "number", target ? text_of(*target) : "null", std::move(meaning)};
}

OptionField option(std::string name, std::string& target, std::string meaning) {
  auto read = [&target](const std::string& text) {
    target = text;
    return text.empty() ? std::string("a text") : std::string();
  };
  return {std::move(name), read, "text", "\"" + target + "\"", std::move(meaning)};
}

OptionField option(std::string name, std::vector<double>& target, std::string meaning) {
  auto read = [&target](const std::string& text) {
    target.clear();
    for (const std::string& part : split(text, ':')) {
      if (!read_number(part, target.emplace_back())) return "numbers with ':' between them";
    }
    return "";
  };
  return {std::move(name), read, "numbers with ':' between", "", std::move(meaning)};
}

Status read_options(const std::string& where, const std::string& text,
                    std::span<const OptionField> fields, std::string* first,
                    const std::string& first_name) {
  std::vector<std::string> parts = split(text, ',');
  if (first != nullptr) {
    *first = parts.front();
    parts.erase(parts.begin());
    if (first->empty()) return Diagnostic{where, "needs " + first_name + " first", ""};
  } else if (text.empty()) {
    parts.clear();
  }
  std::vector<std::string> seen;
  for (const std::string& part : parts) KILN_TRY(read_option(where, part, fields, seen));
  return ok();
}

}  // namespace kiln::runtime
