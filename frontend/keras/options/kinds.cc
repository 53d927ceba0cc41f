#include "frontend/keras/options/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/shape.h"
#include "frontend/keras/options/data_format.h"
#include "frontend/keras/options/dtype_policy.h"
#include "frontend/keras/options/extents.h"
#include "frontend/keras/options/object_kind.h"

namespace kiln::keras {
namespace {

Json list_or_null(const std::vector<int64_t>& list) { return list.empty() ? Json() : Json(list); }

Json write_shape(const std::vector<int64_t>& shape, Json first = Json::array()) {
  for (int64_t extent : shape) first.push_back(extent == kNone ? Json() : Json(extent));
  return first;
}

/// Whole numbers are written as such.
Json write_count(double value) {
  if (value == std::floor(value)) return static_cast<int64_t>(value);
  return value;
}

// Plain values.

std::string word(const bool*) { return "true or false"; }
void read(bool* value, const OptionReading& from) {
  *value = from.config.boolean(from.key, from.fallback(*value));
}
Json write(const bool* value) { return *value; }

std::string word(const int64_t*) { return "integer"; }
void read(int64_t* value, const OptionReading& from) {
  *value = from.config.integer(from.key, from.fallback(*value));
}
Json write(const int64_t* value) { return *value; }

std::string word(const double*) { return "number"; }
void read(double* value, const OptionReading& from) {
  *value = from.config.number(from.key, from.fallback(*value));
}
Json write(const double* value) { return *value; }

std::string word(const std::string*) { return "text"; }
void read(std::string* value, const OptionReading& from) {
  *value = from.config.string(from.key, from.fallback(*value));
}
Json write(const std::string* value) { return *value; }

std::string word(const NullableText&) { return "text or null"; }
void read(const NullableText& option, const OptionReading& from) {
  const bool is_null = from.is_null();
  if (!is_null) *option.text = from.config.string(from.key);
  if (is_null && from.config.has(from.key)) *option.text = option.none;
}
Json write(const NullableText& option) {
  return *option.text == option.none ? Json() : Json(*option.text);
}

std::string word(const std::optional<int64_t>*) { return "integer or null"; }
void read(std::optional<int64_t>* value, const OptionReading& from) {
  if (!from.is_null() || from.config.has(from.key)) *value = from.config.optional_integer(from.key);
}
Json write(const std::optional<int64_t>* value) { return *value ? Json(**value) : Json(); }

std::string word(const std::optional<double>*) { return "number or null"; }
void read(std::optional<double>* value, const OptionReading& from) {
  if (!from.is_null() || from.config.has(from.key)) *value = from.config.optional_number(from.key);
}
Json write(const std::optional<double>* value) { return *value ? Json(**value) : Json(); }

std::string word(const std::optional<std::string>*) { return "text or null"; }
void read(std::optional<std::string>* value, const OptionReading& from) {
  if (!from.is_null())
    *value = from.config.string(from.key);
  else if (from.config.has(from.key))
    value->reset();
}
Json write(const std::optional<std::string>* value) { return *value ? Json(**value) : Json(); }

std::string word(const TextOrInteger&) { return "text, integer or null"; }
void read(const TextOrInteger& option, const OptionReading& from) {
  *option.is_integer = from.value().is_number_integer();
  if (!*option.is_integer) return read(option.text, from);
  *option.text = std::to_string(from.config.integer(from.key));
}
Json write(const TextOrInteger& option) {
  if (*option.text && *option.is_integer) return std::stoll(**option.text);
  return write(option.text);
}

std::string word(const IntegerOr&) { return "integer or null"; }
void read(const IntegerOr& option, const OptionReading& from) { read(option.value, from); }
Json write(const IntegerOr& option) { return option.value->value_or(*option.otherwise); }

std::string word(const Count&) { return "integer"; }
void read(const Count& option, const OptionReading& from) { read(option.value, from); }
Json write(const Count& option) { return write_count(*option.value); }

// Fixed values.

Json json_of(const FixedValue& value) {
  return std::visit([](auto v) { return Json(v); }, value);
}

std::string word(const Fixed& option) {
  return "only " + json_of(option.written.value_or(option.values[0])).dump();
}
void read(const Fixed& option, const OptionReading& from) {
  std::vector<Json> allowed;
  for (const FixedValue& value : option.values) allowed.push_back(json_of(value));
  from.config.only(from.key, allowed, option.note);
}
Json write(const Fixed& option) { return json_of(option.written.value_or(option.values[0])); }

std::string word(const Ignored&) { return "any"; }
void read(const Ignored&, const OptionReading& from) { from.config.ignore(from.key); }
Json write(const Ignored& option) { return json_of(option.value); }

std::string word(const ComputeType&) { return "only \"float32\""; }
void read(const ComputeType&, const OptionReading& from) {
  if (!from.config.has(from.key)) return from.config.ignore(from.key);
  if (auto checked = check_dtype_policy(from.value(), from.config.where()); !checked)
    from.config.fail(checked.error());
}
Json write(const ComputeType&) { return write_dtype_policy(); }

// Lists.

std::string word(const std::vector<double>*) { return "list of numbers"; }
void read(std::vector<double>* values, const OptionReading& from) {
  if (from.required || !from.is_null()) *values = from.config.numbers(from.key);
}
Json write(const std::vector<double>* values) { return *values; }

std::string word(const Counts&) { return "list of integers"; }
void read(const Counts& option, const OptionReading& from) { read(option.values, from); }
Json write(const Counts& option) {
  Json list = Json::array();
  for (double value : *option.values) list.push_back(write_count(value));
  return list;
}

std::string word(const std::vector<std::string>*) { return "list of texts"; }
void read(std::vector<std::string>* texts, const OptionReading& from) {
  const Json& value = from.value();
  if (value.is_null()) return;
  const bool is_right = value.is_array() && std::all_of(value.begin(), value.end(), [](auto& text) {
                          return text.is_string();
                        });
  if (is_right)
    *texts = value.get<std::vector<std::string>>();
  else
    from.config.fail(
        fmt::format("\"{}\" must be a list of texts, not {}", from.key, excerpt(value)));
}
Json write(const std::vector<std::string>* texts) { return *texts; }

std::string word(const std::array<int64_t, 2>*) { return "two integers"; }
void read(std::array<int64_t, 2>* pair, const OptionReading& from) {
  if (!from.config.has(from.key)) return from.config.ignore(from.key);
  const std::vector<int64_t> values = from.config.integers(from.key);
  if (values.size() == 2)
    *pair = {values[0], values[1]};
  else
    from.config.fail(fmt::format("\"{}\" must be two factors", from.key));
}
Json write(const std::array<int64_t, 2>* pair) { return *pair; }

bool append_numbers(const Json& value, std::vector<double>& numbers) {
  if (value.is_number()) {
    numbers.push_back(value.get<double>());
    return true;
  }
  return value.is_array() && std::all_of(value.begin(), value.end(), [&](const Json& element) {
           return append_numbers(element, numbers);
         });
}

std::string word(const NumberOrList&) { return "number or list of numbers"; }
void read(const NumberOrList& option, const OptionReading& from) {
  if (from.is_none()) return;
  std::vector<double> numbers;
  if (!append_numbers(from.value(), numbers))
    return from.config.fail(fmt::format("\"{}\" must be a number or a list of them, not {}",
                                        from.key, excerpt(from.value())));
  if (!numbers.empty()) *option.numbers = std::move(numbers);
}
Json write(const NumberOrList& option) {
  const std::vector<double>& numbers = *option.numbers;
  if (numbers.empty()) return nullptr;
  return numbers.size() == 1 ? Json(numbers[0]) : Json(numbers);
}

std::string word(const ExtentsOf& option) {
  return option.rank == 1 ? "integer" : fmt::format("integer, or list of {}", option.rank);
}
void read(const ExtentsOf& option, const OptionReading& from) {
  if (from.is_null()) return;
  if (from.value().is_number_integer())
    *option.extents = from.config.integer(from.key);
  else
    *option.extents = from.config.integers(from.key);
}
Json write(const ExtentsOf& option) {
  const bool is_other = option.extents->empty() && option.otherwise;
  const Extents& extents = is_other ? *option.otherwise : *option.extents;
  return list_or_null(extents.spelled_out(option.rank));
}

std::string word(const Axes& option) {
  const bool nullable = option.form == Axes::kListOrNull || option.form == Axes::kListOrEmpty;
  return nullable ? "integer, list of integers, or null" : "integer or list of integers";
}
void read(const Axes& option, const OptionReading& from) {
  const Json& value = from.value();
  const auto is_integer = [](const Json& axis) { return axis.is_number_integer(); };
  if (from.is_none()) {
    const bool is_none = option.form == Axes::kListOrNull || option.form == Axes::kListOrEmpty;
    if (is_none && from.config.has(from.key)) option.axes->clear();
  } else if (value.is_number_integer()) {
    *option.axes = {value.get<int64_t>()};
  } else if (value.is_array() && std::all_of(value.begin(), value.end(), is_integer)) {
    *option.axes = value.get<std::vector<int64_t>>();
  } else {
    return from.config.fail(
        fmt::format("\"{}\" must be {}, not {}", from.key, option.wanted, excerpt(value)));
  }
}
Json write(const Axes& option) {
  const std::vector<int64_t>& axes = *option.axes;
  if (option.form == Axes::kListOrNull) return list_or_null(axes);
  return option.form == Axes::kNumberOrList && axes.size() == 1 ? Json(axes[0]) : Json(axes);
}

std::string word(const UpTo&) { return "integer, list of integers, or null"; }
void read(const UpTo& option, const OptionReading& from) {
  read(Axes{option.numbers, Axes::kListOrNull, "an integer or a list of integers"}, from);
  if (!from.value().is_number_integer()) return;
  const int64_t last = option.numbers->front();
  option.numbers->clear();
  for (int64_t number = 1; number <= last; ++number) option.numbers->push_back(number);
}
Json write(const UpTo& option) { return list_or_null(*option.numbers); }

std::string word(const ShapeOf& option) {
  return option.empty_is_null ? "list of integers, or null" : "list of integers";
}
void read(const ShapeOf& option, const OptionReading& from) {
  if (from.required || !from.is_null()) *option.shape = from.config.integers(from.key);
}
Json write(const ShapeOf& option) {
  return option.shape->empty() && option.empty_is_null ? Json() : write_shape(*option.shape);
}

std::string word(const BatchShape&) { return "list of integers and nulls"; }
void read(const BatchShape& option, const OptionReading& from) {
  const std::vector<int64_t> shape = from.config.integers(from.key);
  if (shape.empty())
    return from.config.fail(fmt::format("\"{}\" must begin with the batch", from.key));
  option.shape->assign(shape.begin() + 1, shape.end());
  option.batch->reset();
  if (shape[0] != kNone) *option.batch = shape[0];
}
Json write(const BatchShape& option) {
  Json shape = Json::array({nullptr});
  if (*option.batch) shape[0] = **option.batch;
  return write_shape(*option.shape, std::move(shape));
}

bool read_border(const Json& pair, std::array<int64_t, 2>& border) {
  auto is_size = [](const Json& number) {
    return number.is_number_integer() && number.get<int64_t>() >= 0;
  };
  if (!pair.is_array() || pair.size() != 2 || !is_size(pair[0]) || !is_size(pair[1])) return false;
  border = {pair[0].get<int64_t>(), pair[1].get<int64_t>()};
  return true;
}

bool read_borders(const Json& value, std::span<std::array<int64_t, 2>> sides) {
  if (sides.size() == 1) return read_border(value, sides[0]);
  if (!value.is_array() || value.size() != sides.size()) return false;
  for (size_t d = 0; d < sides.size(); ++d) {
    if (!read_border(value[d], sides[d])) return false;
  }
  return true;
}

std::string word(const BordersOf& option) {
  return option.sides.size() == 1 ? "pair of integers"
                                  : fmt::format("{} pairs of integers", option.sides.size());
}
void read(const BordersOf& option, const OptionReading& from) {
  if (read_borders(from.value(), option.sides)) return;
  const size_t count = option.sides.size();
  from.config.fail(fmt::format("\"{}\" must be {} of sizes, not {}", from.key,
                               count == 1 ? "a pair" : fmt::format("{} pairs", count),
                               excerpt(from.value())));
}
Json write(const BordersOf& option) {
  Json pairs = Json::array();
  for (const auto& side : option.sides) pairs.push_back(side);
  return pairs.size() == 1 ? pairs[0] : pairs;
}

// Objects of Keras's.

std::string word(const DataFormat*) { return "\"channels_last\" or \"channels_first\""; }
void read(DataFormat* format, const OptionReading& from) {
  from.config.only(from.key, {"channels_last", "channels_first", nullptr});
  *format =
      from.value() == "channels_first" ? DataFormat::channels_first : DataFormat::channels_last;
}
Json write(const DataFormat* format) { return std::string(name_of(*format)); }

std::string word(const ObjectPlace& place) { return std::string(place.kind->word); }
void read(const ObjectPlace& place, const OptionReading& from) {
  place.kind->read(place.object, from);
}
Json write(const ObjectPlace& place, ConfigKind kind) {
  return place.kind->write(place.object, kind);
}

}  // namespace

std::string type_word(const OptionPlace& place) {
  return std::visit([](const auto& value) { return word(value); }, place);
}

void read_option(const Option& option, ConfigReader& config) {
  const OptionReading from{config, option.key, option.has(kRequired)};
  std::visit([&](const auto& place) { read(place, from); }, option.place);
}

Json write_place(const OptionPlace& place, ConfigKind kind) {
  return std::visit(
      [kind](const auto& value) -> Json {
        if constexpr (requires { write(value, kind); })
          return write(value, kind);
        else
          return write(value);
      },
      place);
}

}  // namespace kiln::keras
