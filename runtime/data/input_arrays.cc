#include "runtime/data/input_arrays.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "runtime/base/array.h"
#include "runtime/data/text/text_encoder.h"
#include "runtime/data/text/text_rules.h"

namespace kiln::runtime {
namespace {

// The row as the model takes it; nothing where it does not.
// Source: keras/src/models/functional.py, _adjust_input_rank (Keras 3).
std::optional<std::vector<int64_t>> fitted(std::span<const int64_t> own,
                                           const std::vector<int64_t>& row) {
  std::vector<int64_t> dims(own.begin(), own.end());
  if (dims.size() + 1 == row.size() && row.back() == 1) dims.push_back(1);
  if (dims.size() == row.size() + 1 && dims.back() == 1) dims.pop_back();
  if (dims.size() != row.size()) return std::nullopt;
  for (size_t d = 0; d < row.size(); ++d) {
    if (row[d] != kOpen && row[d] != dims[d]) return std::nullopt;
  }
  return dims;
}

}  // namespace

std::vector<std::string> names_for(const std::string& kind, const std::string& name, int index,
                                   int count) {
  std::vector<std::string> names = {name, kind + "_" + name, kind + "_" + std::to_string(index)};
  if (count == 1) names.push_back(kind);
  return names;
}

const NamedArray* find_any(const std::vector<NamedArray>& arrays,
                           const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const NamedArray& named : arrays) {
      if (named.name == name) return &named;
    }
  }
  return nullptr;
}

Diagnostic missing_array(const std::string& part, const char* what,
                         const std::vector<std::string>& names, const std::string& held) {
  return {part + "data",
          std::string("has no array for the model's ") + what + " \"" + names[0] + "\"; it holds " +
              held,
          "call the array " + names[0] + ", or " + names.back()};
}

std::string open_shape_name(const std::vector<int64_t>& row) {
  std::string text;
  for (const int64_t extent : row)
    text += (text.empty() ? "" : ", ") + (extent == kOpen ? "None" : std::to_string(extent));
  return row.size() == 1 ? "(" + text + ",)" : "(" + text + ")";
}

namespace {

// How many numbers a row of the input has in the model's functions, increasing; none where that is
// open.
std::vector<int64_t> row_lengths(const kiln_model& model, int32_t input) {
  std::vector<int64_t> lengths;
  for (int32_t f = 0; f < model.function_count; ++f) {
    const kiln_function& function = model.functions[f];
    if (function.batch == 0 || function.input_count <= input) continue;
    const kiln_tensor& tensor = function.inputs[input];
    if (tensor.rank == 2 && tensor.dims[1] != kOpen) lengths.push_back(tensor.dims[1]);
  }
  std::ranges::sort(lengths);
  return lengths;
}

}  // namespace

Expected<std::vector<NamedArray>> encode_inputs(std::vector<NamedArray> arrays,
                                                const kiln_model& model, const std::string& part) {
  for (int i = 0; i < model.input_count; ++i) {
    const kiln_input& input = model.inputs[i];
    if (!takes_texts(input)) continue;
    const NamedArray* found = find_any(arrays, names_for("x", input.name, i, model.input_count));
    if (found == nullptr) continue;  // that it is missing is said where arrays are taken
    KILN_ASSIGN(TextRules rules, parse_text_rules(input.text_rules));
    KILN_ASSIGN(Array numbers,
                TextEncoder(std::move(rules))
                    .encode(found->array, row_lengths(model, i), part + found->name));
    arrays[static_cast<size_t>(found - arrays.data())].array = std::move(numbers);
  }
  return arrays;
}

Expected<std::vector<std::vector<int64_t>>> shapes_of_inputs(
    const std::vector<NamedArray>& read, const kiln_model& model,
    const std::vector<std::vector<int64_t>>& rows, const std::string& part) {
  KILN_ASSIGN(const std::vector<NamedArray> arrays, encode_inputs(read, model, part));
  std::vector<std::vector<int64_t>> shapes;
  for (int i = 0; i < model.input_count; ++i) {
    const auto names = names_for("x", model.inputs[i].name, i, model.input_count);
    const NamedArray* found = find_any(arrays, names);
    if (found == nullptr) {
      std::string held;
      for (const NamedArray& named : arrays) held += (held.empty() ? "" : ", ") + named.name;
      return missing_array(part, "input", names, held);
    }
    const std::vector<int64_t>& row = rows[static_cast<size_t>(i)];
    auto shape = fitted(found->array.row_dims(), row);
    if (!shape) {
      return Diagnostic{part + found->name,
                        "each row is " + tensor_name(found->array.type, found->array.row_dims()) +
                            ", but the model '" + model.name + "' takes " + open_shape_name(row),
                        "None stands for any extent; give data of that shape"};
    }
    for (const int64_t extent : *shape) {
      if (extent > 0) continue;
      return Diagnostic{part + found->name,
                        "its rows hold no numbers: it is " + found->array.name(), ""};
    }
    shapes.push_back(std::move(*shape));
  }
  return shapes;
}

}  // namespace kiln::runtime
