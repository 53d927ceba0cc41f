#include "runtime/program/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "runtime/data/input_arrays.h"
#include "runtime/model/checkpoint.h"
#include "runtime/model/model_table.h"

namespace kiln::runtime {
namespace {

// More outputs of a row than this are cut off.
constexpr int64_t kMaximumValues = 8;

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string number(double value) {
  if (std::isnan(value)) return "nan";  // printf would show its sign
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

const char* role_name(int32_t role) {
  switch (role) {
    case KILN_TRAINABLE:
      return "trainable";
    case KILN_NON_TRAINABLE:
      return "not trainable";
    case KILN_OPTIMIZER:
      return "optimizer";
    case KILN_RANDOM_STATE:
      return "random state";
    case KILN_RECURRENT_STATE:
      return "recurrent state";
    default:
      return "metric";
  }
}

std::string describe_function(const kiln_function& function) {
  std::string text = std::string("  ") + function.name + "(";
  for (const kiln_tensor& input : inputs_of(function)) {
    if (&input != function.inputs) text += ", ";
    text += std::string(input.name) + ": " + tensor_name(input);
  }
  text += ") -> ";
  for (const kiln_tensor& output : outputs_of(function)) {
    if (&output != function.outputs) text += ", ";
    text += output.name + (output.rank > 0 ? ": " + tensor_name(output) : std::string());
  }
  if (function.output_count == 0) text += "nothing";
  return text + "\n    " +
         (function.batch > 0 ? "batch " + std::to_string(function.batch) + ", " : "") +
         std::to_string(function.kernel_count) + " kernels, arena of " +
         std::to_string(function.arena_bytes) + " bytes (lower bound " +
         std::to_string(function.arena_lower_bound) + ")\n";
}

std::string describe_variables(const kiln_model& model) {
  size_t name_width = 0;
  size_t type_width = 0;
  for (const kiln_variable& variable : variables_of(model)) {
    name_width = std::max(name_width, std::string_view(variable.tensor.name).size());
    type_width = std::max(type_width, tensor_name(variable.tensor).size());
  }
  std::string text;
  for (const kiln_variable& variable : variables_of(model)) {
    text += "  " + padded(variable.tensor.name, name_width + 2) +
            padded(tensor_name(variable.tensor), type_width + 2) + role_name(variable.role) + "\n";
  }
  return text;
}

std::string describe_weights(const kiln_model& model, const kiln_checkpoint* checkpoint) {
  if (checkpoint == nullptr) return "none; fit trains new ones, --weights reads a file of them";
  std::string text = "trained, in this program";
  if (has_optimizer_state(model, *checkpoint)) text += ", with the optimizer's state";
  if (checkpoint->class_names != nullptr) text += ", with the names of classes";
  if (checkpoint->vocabulary != nullptr) text += ", with a vocabulary";
  return text;
}

std::string describe_class(const float* outputs, int64_t classes) {
  const int64_t best = std::max_element(outputs, outputs + classes) - outputs;
  return "class " + std::to_string(best) + " (" + number(outputs[best]) + ")";
}

std::string describe_values(const float* outputs, int64_t count) {
  std::string text;
  for (int64_t i = 0; i < std::min(count, kMaximumValues); ++i) {
    text += (i == 0 ? "" : " ") + number(outputs[i]);
  }
  return count > kMaximumValues ? text + " ..." : text;
}

}  // namespace

std::string describe_model(const kiln_model& model, const kiln_checkpoint* checkpoint) {
  std::string text =
      std::string(model.name) + ", compiled by kiln for " + target_names(model) + "\n\n";
  text += model.summary;
  for (const kiln_input& input : inputs_of(model)) {
    if (takes_texts(input))
      text += std::string("\ninput ") + input.name + ": texts, by the model's own vocabulary";
    if (input.index_limit == 0) continue;
    text += std::string("\ninput ") + input.name + ": ids from 0 to " +
            std::to_string(input.index_limit - 1);
  }
  for (const kiln_output& output : outputs_of(model)) {
    if (output.loss[0] == 0) continue;
    text += std::string("\nloss of ") + output.name + ": " + output.loss;
    if (output.label_classes > 0) {
      text += ", labels from 0 to " + std::to_string(output.label_classes - 1);
    }
  }
  text += "\n\nweights: " + describe_weights(model, checkpoint) + "\n\nfunctions:\n";
  for (const kiln_function& function : functions_of(model)) text += describe_function(function);
  text += "\nvariables (" + std::to_string(model.state_bytes) + " bytes):\n";
  return text + describe_variables(model);
}

bool is_classifier(const kiln_output& output, const Array& predictions) {
  const bool classes =
      output.label_classes > 0 || std::string_view(output.loss) == "categorical_crossentropy";
  return classes && predictions.rank() == 2 && predictions.dims[1] > 1;
}

std::string describe_predictions(const kiln_output& output, const Array& predictions,
                                 int64_t limit) {
  const int64_t rows = std::min(predictions.rows(), limit);
  const Array values = convert(predictions.slice_rows(0, rows), KILN_F32);
  const int64_t per_row = predictions.element_count() / std::max<int64_t>(predictions.rows(), 1);
  const bool classifier = is_classifier(output, predictions);
  std::string text;
  for (int64_t row = 0; row < rows; ++row) {
    const float* outputs = values.as<float>() + row * per_row;
    text += "row " + std::to_string(row) + ": " +
            (classifier ? describe_class(outputs, per_row) : describe_values(outputs, per_row)) +
            "\n";
  }
  if (rows < predictions.rows()) {
    text +=
        "... and " + std::to_string(predictions.rows() - rows) + " more rows; --all prints them\n";
  }
  return text;
}

}  // namespace kiln::runtime
