#include "frontend/streaming.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/compiler.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/self_test.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"

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

/// A module's predict_step in this process.
class Predictor {
 public:
  static Expected<Predictor> create(const ir::Module& module) {
    KILN_ASSIGN(codegen::LoadedCode code, compile_in_memory(ir::clone(module)));
    KILN_ASSIGN(runtime::Session session, runtime::Session::create(code.model(), 1));
    KILN_TRY(session.initialize(0));
    auto kept = std::make_unique<runtime::Session>(std::move(session));
    KILN_ASSIGN(const kiln_function* function, kept->function("predict_step"));
    KILN_ASSIGN(runtime::FunctionCall call, runtime::FunctionCall::create(*kept, *function));
    return Predictor(std::move(code), std::move(kept), std::move(call));
  }

  runtime::Session& session() { return *session_; }
  const kiln_function& function() const { return call_.function(); }

  /// Takes one step of sequences of so many, or them whole.
  Status run(const std::vector<std::string>& sequences, int64_t steps, int64_t step) {
    KILN_TRY(call_.begin());
    for (size_t i = 0; i < sequences.size(); ++i) {
      const int64_t rows = function().inputs[i].dims[0];
      const int64_t bytes = runtime::byte_count(function().inputs[i]) / rows;
      const int64_t row_bytes = static_cast<int64_t>(sequences[i].size()) / rows;
      const int64_t start = bytes == row_bytes ? 0 : step * (row_bytes / steps);
      for (int64_t row = 0; row < rows; ++row) {
        std::memcpy(call_.input(i) + row * bytes, sequences[i].data() + row * row_bytes + start,
                    static_cast<size_t>(bytes));
      }
    }
    KILN_TRY(call_.run());
    return call_.fetch();
  }

  Expected<const float*> output(size_t index) {
    KILN_ASSIGN(const std::byte* outputs, call_.outputs(call_.runs() - 1));
    return reinterpret_cast<const float*>(outputs + call_.output_offset(index));
  }

 private:
  Predictor(codegen::LoadedCode code, std::unique_ptr<runtime::Session> session,
            runtime::FunctionCall call)
      : code_(std::move(code)), session_(std::move(session)), call_(std::move(call)) {}

  codegen::LoadedCode code_;
  std::unique_ptr<runtime::Session> session_;
  runtime::FunctionCall call_;
};

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
/// last alone; nothing where the two cannot be compared at this step.
std::optional<float> distance(const kiln_tensor& whole, const float* of_whole,
                              const kiln_tensor& stepwise, const float* of_step, int64_t steps,
                              int64_t step) {
  const int64_t rows = whole.dims[0];
  const int64_t row = runtime::byte_count(whole) / 4 / rows;
  const int64_t step_row = runtime::byte_count(stepwise) / 4 / rows;
  const bool has_all_steps = row != step_row;
  if (has_all_steps && row != step_row * steps) return std::nullopt;
  if (!has_all_steps && step + 1 < steps) return 0.0f;
  float most = 0;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t i = 0; i < step_row; ++i) {
      const float expected = of_whole[r * row + (has_all_steps ? step * step_row : 0) + i];
      const float actual = of_step[r * step_row + i];
      most = std::max(most, std::abs(expected - actual) / std::max(1.0f, std::abs(expected)));
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
  KILN_ASSIGN(Predictor sequence, Predictor::create(whole));
  KILN_ASSIGN(Predictor stream, Predictor::create(stepwise));
  KILN_TRY(copy_weights(sequence.session(), stream.session()));
  KILN_TRY(sequence.session().reset_states());
  KILN_TRY(stream.session().reset_states());
  KILN_ASSIGN(const auto inputs, draw_inputs(sequence.session().model(), sequence.function()));
  const int64_t steps = sequence.function().inputs[0].dims[1];
  KILN_TRY(sequence.run(inputs, steps, 0));
  for (int64_t step = 0; step < steps; ++step) {
    KILN_TRY(stream.run(inputs, steps, step));
    for (int32_t i = 0; i < sequence.function().output_count; ++i) {
      KILN_ASSIGN(const float* of_whole, sequence.output(static_cast<size_t>(i)));
      KILN_ASSIGN(const float* of_step, stream.output(static_cast<size_t>(i)));
      const auto apart = distance(sequence.function().outputs[i], of_whole,
                                  stream.function().outputs[i], of_step, steps, step);
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
