#include "runtime/data/value_checks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

namespace kiln::runtime {
namespace {

// Elements that are converted at a time: few enough for a cache, so that a mapped file of any size
// is read through without a copy of it.
constexpr int64_t kElementsAtOnce = 4096;

int64_t row_size(const Array& array) {
  return std::max<int64_t>(array.row_bytes() / element_size(array.type), 1);
}

struct Element {
  int64_t index;
  double value;
};

// The first element whose value is not allowed.
template <typename Allowed>
std::optional<Element> find_refused(const Array& array, Allowed allowed) {
  const int64_t count = array.element_count();
  const Array flat = array.reshape({count});
  for (int64_t first = 0; first < count; first += kElementsAtOnce) {
    const int64_t end = std::min(first + kElementsAtOnce, count);
    const Array part = convert(flat.slice_rows(first, end), KILN_F64);
    const double* value = part.as<double>();
    for (int64_t i = 0; i < end - first; ++i) {
      if (!allowed(value[i])) return Element{first + i, value[i]};
    }
  }
  return std::nullopt;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string place_and_value(const Array& array, const Element& element) {
  return place_of(array, element.index) + " is " +
         (std::isnan(element.value) ? "NaN" : number(element.value));
}

Status check_no_nan(const Array& labels, const std::string& where) {
  if (!is_floating(labels.type)) return ok();
  const auto refused = find_refused(labels, [](double value) { return !std::isnan(value); });
  if (!refused) return ok();
  return Diagnostic{where, place_and_value(labels, *refused), "drop the rows without a label"};
}

}  // namespace

std::string place_of(const Array& array, int64_t element) {
  const int64_t size = row_size(array);
  std::string text = "row " + std::to_string(element / size);
  if (size > 1) text += ", element " + std::to_string(element % size);
  return text + " (counted from 0)";
}

Status check_labels(const Array& labels, const kiln_output& output, const std::string& where) {
  const int64_t classes = output.label_classes;
  if (classes == 0) return check_no_nan(labels, where);
  const auto end = static_cast<double>(classes);
  const auto refused = find_refused(labels, [end](double value) {
    return value >= 0 && value < end && value == std::floor(value);
  });
  if (!refused) return ok();
  if (std::isnan(refused->value)) return check_no_nan(labels, where);
  return Diagnostic{where,
                    place_and_value(labels, *refused) + ", but the model's output \"" +
                        output.name + "\" has " + std::to_string(classes) + " classes, 0 to " +
                        std::to_string(classes - 1),
                    "number the classes from 0, or give the model's last layer more units"};
}

Status check_indices(const Array& x, const kiln_input& input, const std::string& where) {
  if (input.index_limit == 0) return ok();
  const auto end = static_cast<double>(input.index_limit);
  const auto refused = find_refused(x, [end](double value) { return value > -1 && value < end; });
  if (!refused) return ok();
  return Diagnostic{
      where,
      place_and_value(x, *refused) + ", but the model's input \"" + input.name +
          "\" takes ids from a vocabulary of " + std::to_string(input.index_limit) + ", 0 to " +
          std::to_string(input.index_limit - 1),
      "give the Embedding a larger input_dim, or put one id in the place of those beyond it"};
}

Status check_weights(const Array& weights, const std::string& where) {
  const auto refused = find_refused(weights, [](double value) { return std::isfinite(value); });
  if (!refused) return ok();
  return Diagnostic{where, place_and_value(weights, *refused),
                    "give an example that is not to count the weight 0"};
}

Status check_whole(const Array& array, kiln_element_type type, const std::string& where) {
  const double bits = type == KILN_I1   ? 1
                      : type == KILN_U8 ? 8
                                        : 8.0 * static_cast<double>(element_size(type)) - 1;
  const double high = std::ldexp(1.0, static_cast<int>(bits));
  const double low = type == KILN_I1 || type == KILN_U8 ? 0.0 : -high;
  const auto refused = find_refused(array, [=](double value) {
    return value >= low && value < high && value == std::floor(value);
  });
  if (!refused) return ok();
  return Diagnostic{where,
                    place_and_value(array, *refused) + ", but the model takes " +
                        element_name(type) + ", whole numbers from " + number(low) + " to " +
                        number(high - 1),
                    ""};
}

}  // namespace kiln::runtime
