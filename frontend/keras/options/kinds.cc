#include "frontend/keras/options/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "frontend/keras/activations.h"
#include "frontend/keras/constraints.h"
#include "frontend/keras/initializers.h"
#include "frontend/keras/layers/data_format.h"
#include "frontend/keras/layers/extents.h"
#include "frontend/keras/layers/inner_layer.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/layers/recurrent.h"
#include "frontend/keras/regularizers.h"
#include "frontend/keras/schedules/schedule.h"

namespace kiln::keras {
namespace {

/// An option being read.
struct Reading {
  ConfigReader& config;
  std::string_view key;
  bool required;

  const Json& value() const { return config.value(key); }
  bool is_null() const { return value().is_null(); }
  /// Null, or absent, which is an error of a required option.
  bool is_none() const {
    if (!is_null()) return false;
    if (required) config.fail(fmt::format("\"{}\" is missing", key));
    return true;
  }
  /// What stands where the key is absent.
  template <typename T>
  std::optional<T> fallback(const T& present) const {
    return required ? std::nullopt : std::optional<T>(present);
  }
  std::string where() const { return fmt::format("{}: {}", config.where(), key); }
  /// Keeps the value, or the error.
  template <typename T>
  void keep(T& place, Expected<T> read) const {
    if (read)
      place = std::move(*read);
    else
      config.fail(read.error());
  }
};

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
void read(bool* value, const Reading& from) {
  *value = from.config.boolean(from.key, from.fallback(*value));
}
Json write(const bool* value) { return *value; }

std::string word(const int64_t*) { return "integer"; }
void read(int64_t* value, const Reading& from) {
  *value = from.config.integer(from.key, from.fallback(*value));
}
Json write(const int64_t* value) { return *value; }

std::string word(const double*) { return "number"; }
void read(double* value, const Reading& from) {
  *value = from.config.number(from.key, from.fallback(*value));
}
Json write(const double* value) { return *value; }

std::string word(const std::string*) { return "text"; }
void read(std::string* value, const Reading& from) {
  *value = from.config.string(from.key, from.fallback(*value));
}
Json write(const std::string* value) { return *value; }

std::string word(const NullableText&) { return "text or null"; }
void read(const NullableText& option, const Reading& from) {
  const bool is_null = from.is_null();
  if (!is_null) *option.text = from.config.string(from.key);
  if (is_null && from.config.has(from.key)) *option.text = option.none;
}
Json write(const NullableText& option) {
  return *option.text == option.none ? Json() : Json(*option.text);
}

std::string word(const std::optional<int64_t>*) { return "integer or null"; }
void read(std::optional<int64_t>* value, const Reading& from) {
  if (!from.is_null() || from.config.has(from.key)) *value = from.config.optional_integer(from.key);
}
Json write(const std::optional<int64_t>* value) { return *value ? Json(**value) : Json(); }

std::string word(const std::optional<double>*) { return "number or null"; }
void read(std::optional<double>* value, const Reading& from) {
  if (!from.is_null() || from.config.has(from.key)) *value = from.config.optional_number(from.key);
}
Json write(const std::optional<double>* value) { return *value ? Json(**value) : Json(); }

std::string word(const IntegerOr&) { return "integer or null"; }
void read(const IntegerOr& option, const Reading& from) { read(option.value, from); }
Json write(const IntegerOr& option) { return option.value->value_or(*option.otherwise); }

std::string word(const Count&) { return "integer"; }
void read(const Count& option, const Reading& from) { read(option.value, from); }
Json write(const Count& option) { return write_count(*option.value); }

// Fixed values.

Json json_of(const FixedValue& value) {
  return std::visit([](auto v) { return Json(v); }, value);
}

std::string word(const Fixed& option) {
  return "only " + json_of(option.written.value_or(option.values[0])).dump();
}
void read(const Fixed& option, const Reading& from) {
  std::vector<Json> allowed;
  for (const FixedValue& value : option.values) allowed.push_back(json_of(value));
  from.config.only(from.key, allowed);
}
Json write(const Fixed& option) { return json_of(option.written.value_or(option.values[0])); }

std::string word(const Ignored&) { return "any"; }
void read(const Ignored&, const Reading& from) { from.config.ignore(from.key); }
Json write(const Ignored& option) { return json_of(option.value); }

std::string word(const ComputeType&) { return "only \"float32\""; }
void read(const ComputeType&, const Reading& from) {
  if (!from.config.has(from.key)) return from.config.ignore(from.key);
  if (auto checked = check_dtype_policy(from.value(), from.config.where()); !checked)
    from.config.fail(checked.error());
}
Json write(const ComputeType&) { return write_dtype_policy(); }

// Lists.

std::string word(const std::vector<double>*) { return "list of numbers"; }
void read(std::vector<double>* values, const Reading& from) {
  if (from.required || !from.is_null()) *values = from.config.numbers(from.key);
}
Json write(const std::vector<double>* values) { return *values; }

std::string word(const Counts&) { return "list of integers"; }
void read(const Counts& option, const Reading& from) { read(option.values, from); }
Json write(const Counts& option) {
  Json list = Json::array();
  for (double value : *option.values) list.push_back(write_count(value));
  return list;
}

std::string word(const std::vector<std::string>*) { return "list of texts"; }
void read(std::vector<std::string>* texts, const Reading& from) {
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
void read(std::array<int64_t, 2>* pair, const Reading& from) {
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
void read(const NumberOrList& option, const Reading& from) {
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
void read(const ExtentsOf& option, const Reading& from) {
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
void read(const Axes& option, const Reading& from) {
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

std::string word(const ShapeOf& option) {
  return option.empty_is_null ? "list of integers, or null" : "list of integers";
}
void read(const ShapeOf& option, const Reading& from) {
  if (from.required || !from.is_null()) *option.shape = from.config.integers(from.key);
}
Json write(const ShapeOf& option) {
  return option.shape->empty() && option.empty_is_null ? Json() : write_shape(*option.shape);
}

std::string word(const BatchShape&) { return "list of integers and nulls"; }
void read(const BatchShape& option, const Reading& from) {
  // What Keras 2 calls it.
  const std::string_view key =
      from.config.has("batch_input_shape") ? "batch_input_shape" : from.key;
  const std::vector<int64_t> shape = from.config.integers(key);
  if (shape.empty())
    from.config.fail(fmt::format("\"{}\" must begin with the batch", key));
  else
    option.shape->assign(shape.begin() + 1, shape.end());
}
Json write(const BatchShape& option) { return write_shape(*option.shape, Json::array({nullptr})); }

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
void read(const BordersOf& option, const Reading& from) {
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

std::string word(const Threshold&) { return "number or null"; }
void read(const Threshold& option, const Reading& from) {
  *option.is_list = from.value().is_array();
  if (!*option.is_list) return read(option.threshold, from);
  const std::vector<double> thresholds = from.config.numbers(from.key);
  *option.count = thresholds.size();
  if (!thresholds.empty()) *option.threshold = thresholds[0];
}
Json write(const Threshold& option) {
  return *option.is_list ? Json::array({write(option.threshold)}) : write(option.threshold);
}

// Objects of Keras's.

std::string word(const ActivationFunction*) { return "activation"; }
void read(ActivationFunction* activation, const Reading& from) {
  const Json& value = from.value();
  if (value.is_null()) {
    if (from.config.has(from.key)) *activation = ActivationFunction();
    return;
  }
  if (!value.is_string()) {
    return from.config.fail(fmt::format("\"{}\": only activations by name are supported, not {}",
                                        from.key, excerpt(value)),
                            "put the activation into a layer of its own");
  }
  *activation = ActivationFunction(value.get<std::string>());
  if (auto checked = check(*activation); !checked)
    from.config.fail(checked.error().message, checked.error().note);
}
Json write(const ActivationFunction* activation) { return activation->name; }

std::string word(const Initializer*) { return "initializer"; }
void read(Initializer* initializer, const Reading& from) {
  if (!from.is_null()) from.keep(*initializer, read_initializer(from.value(), from.where()));
}
Json write(const Initializer* initializer) { return write_initializer(*initializer); }

std::string word(const Regularizer*) { return "regularizer or null"; }
void read(Regularizer* regularizer, const Reading& from) {
  from.keep(*regularizer, read_regularizer(from.value(), from.where()));
}
Json write(const Regularizer* regularizer) { return write_regularizer(*regularizer); }

std::string word(const Constraint*) { return "constraint or null"; }
void read(Constraint* constraint, const Reading& from) {
  from.keep(*constraint, read_constraint(from.value(), from.where()));
}
Json write(const Constraint* constraint) { return write_constraint(*constraint); }

std::string word(const DataFormat*) { return "\"channels_last\" or \"channels_first\""; }
void read(DataFormat* format, const Reading& from) {
  from.config.only(from.key, {"channels_last", "channels_first", nullptr});
  *format =
      from.value() == "channels_first" ? DataFormat::channels_first : DataFormat::channels_last;
}
Json write(const DataFormat* format) { return std::string(name_of(*format)); }

std::string word(const LearningRate*) { return "number or schedule"; }
void read(LearningRate* rate, const Reading& from) {
  if (from.value().is_object()) {
    auto schedule = read_schedule(from.value(), from.where());
    if (!schedule) return from.config.fail(schedule.error());
    *rate = LearningRate(std::move(*schedule));
  } else if (from.config.has(from.key)) {
    *rate = from.config.number(from.key);
  }
}
// Keras keeps the learning rate in a float32 variable and writes what that holds.
Json write(const LearningRate* rate) {
  return rate->is_scheduled() ? write_schedule(rate->schedule())
                              : Json(static_cast<double>(static_cast<float>(rate->value())));
}

std::string word(const LayerPointer*) { return "layer"; }
void read(LayerPointer* layer, const Reading& from) {
  if (from.is_none()) return;
  from.keep(*layer, read_inner_layer(from.config, from.key));
}
Json write(const LayerPointer* layer, ConfigKind kind) {
  return *layer ? write_inner_layer(**layer, kind) : Json();
}

std::string word(const std::shared_ptr<Recurrent>*) { return "recurrent layer"; }
void read(std::shared_ptr<Recurrent>* recurrent, const Reading& from) {
  LayerPointer layer;
  read(&layer, from);
  if (!layer) return;
  *recurrent = std::dynamic_pointer_cast<Recurrent>(layer);
  if (*recurrent) return;
  from.config.fail(fmt::format("\"{}\" must be a SimpleRNN, GRU or LSTM, not a {}", from.key,
                               layer->class_name()));
}
Json write(const std::shared_ptr<Recurrent>* layer, ConfigKind kind) {
  return *layer ? write_inner_layer(**layer, kind) : Json();
}

}  // namespace

std::string type_word(const OptionPlace& place) {
  return std::visit([](const auto& value) { return word(value); }, place);
}

void read_option(const Option& option, ConfigReader& config) {
  const Reading from{config, option.key, option.has(kRequired)};
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
