#include "frontend/streaming.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/keras/files/model_json.h"
#include "frontend/predictor.h"

namespace kiln {
namespace {

using keras::Json;

constexpr const char* kOption = "--for=step";

/// Of outputs of about 1; sums over a sequence are rounded in other places than those of a step.
constexpr float kTolerance = 1e-4f;

bool begins_at_the_end(const Json& layer) {
  return layer.at("class_name") == "Bidirectional" ||
         layer.at("config").value("go_backwards", false);
}

Status make_input_stream(Json& config, int64_t batch) {
  Json& shape = config.at("batch_shape");
  if (shape.size() < 2) {
    return Diagnostic{
        kOption,
        fmt::format("the input \"{}\" has no time steps", config.value("name", std::string())), ""};
  }
  shape[0] = batch;
  shape[1] = 1;
  return ok();
}

/// Changes the layers of a model's config, and those of models within.
Status make_stream(Json& config, int64_t batch) {
  for (Json& layer : config.at("layers")) {
    Json& inner = layer.at("config");
    if (begins_at_the_end(layer)) {
      return Diagnostic{fmt::format("layer \"{}\"", inner.value("name", std::string())),
                        "begins at the end of the sequence", ""};
    }
    if (layer.at("class_name") == "InputLayer") KILN_TRY(make_input_stream(inner, batch));
    if (inner.contains("stateful")) inner["stateful"] = true;
    if (inner.contains("input_length")) inner["input_length"] = nullptr;  // Keras 2's Embedding
    layer.erase("build_config");                                          // the sequence's shapes
    if (inner.contains("layers")) KILN_TRY(make_stream(inner, batch));
  }
  return ok();
}

/// One step of sequences of so many: the bytes of each input.
std::vector<std::string> step_of(const std::vector<std::string>& sequences, int64_t rows,
                                 int64_t steps, int64_t step) {
  std::vector<std::string> inputs;
  for (const std::string& sequence : sequences) {
    const size_t row_bytes = sequence.size() / static_cast<size_t>(rows);
    const size_t step_bytes = row_bytes / static_cast<size_t>(steps);
    std::string& input = inputs.emplace_back();
    for (size_t row = 0; row < static_cast<size_t>(rows); ++row)
      input +=
          sequence.substr(row * row_bytes + static_cast<size_t>(step) * step_bytes, step_bytes);
  }
  return inputs;
}

/// Gives the one the other's weights, by name.
Status copy_weights(runtime::Session& from, runtime::Session& to) {
  for (const kiln_variable& variable : runtime::variables_of(to.model())) {
    if (variable.role == KILN_RECURRENT_STATE) continue;
    const kiln_variable* source = from.find_variable(variable.tensor.name);
    if (source == nullptr) continue;
    KILN_ASSIGN(const runtime::Array value, from.value(*source));
    KILN_TRY(to.set_value(variable, value.data()));
  }
  return ok();
}

/// How far an output of a step is from that of the sequence, which has it for each step or for the
/// last alone; nothing where the two cannot be compared.
std::optional<float> distance(const std::vector<float>& whole, const std::vector<float>& of_step,
                              size_t rows, size_t steps, size_t step) {
  const bool has_all_steps = whole.size() != of_step.size();
  if (has_all_steps && whole.size() != of_step.size() * steps) return std::nullopt;
  if (!has_all_steps && step + 1 < steps) return 0.0f;
  const size_t row = whole.size() / rows, step_row = of_step.size() / rows;
  float most = 0;
  for (size_t r = 0; r < rows; ++r) {
    for (size_t i = 0; i < step_row; ++i) {
      const float expected = whole[r * row + (has_all_steps ? step * step_row : 0) + i];
      const float apart = std::abs(expected - of_step[r * step_row + i]);
      most = std::max(most, apart / std::max(1.0f, std::abs(expected)));
    }
  }
  return most;
}

Diagnostic not_a_stream(std::string what) {
  return {kOption, std::move(what),
          "a layer looks at several steps at once: a convolution, pooling, attention or Flatten"};
}

}  // namespace

Expected<keras::Model> streaming_model(const keras::Model& model, int64_t batch) {
  KILN_ASSIGN(Json json, keras::write_model(model));
  KILN_TRY(make_stream(json.at("config"), batch));
  return keras::parse_model(json.dump(), kOption);
}

Status check_streaming(const ir::Module& whole, const ir::Module& stepwise) {
  KILN_ASSIGN(Predictor sequence, Predictor::create(whole, kOption));
  KILN_ASSIGN(Predictor stream, Predictor::create(stepwise, kOption));
  KILN_TRY(sequence.session().initialize(0));
  KILN_TRY(copy_weights(sequence.session(), stream.session()));
  KILN_TRY(sequence.session().reset_states());
  KILN_TRY(stream.session().reset_states());
  KILN_ASSIGN(const auto inputs, sequence.draw_inputs());
  KILN_ASSIGN(const auto expected, sequence.predict(inputs));
  const int64_t rows = sequence.function().inputs[0].dims[0];
  const int64_t steps = sequence.function().inputs[0].dims[1];
  for (int64_t step = 0; step < steps; ++step) {
    KILN_ASSIGN(const auto outputs, stream.predict(step_of(inputs, rows, steps, step)));
    for (size_t i = 0; i < outputs.size(); ++i) {
      const auto apart = distance(expected[i], outputs[i], static_cast<size_t>(rows),
                                  static_cast<size_t>(steps), static_cast<size_t>(step));
      if (!apart) return not_a_stream("the outputs of a step are not a part of the sequence's");
      if (!(*apart <= kTolerance)) {
        return not_a_stream(
            fmt::format("the outputs of step {} are not those of the sequence: {:.2g} apart",
                        step + 1, *apart));
      }
    }
  }
  return ok();
}

}  // namespace kiln
