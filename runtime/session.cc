#include "runtime/session.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "runtime/flush_denormals.h"

namespace kiln::runtime {
namespace {

Diagnostic broken_table(const kiln_model& model, const std::string& what) {
  return {model.name, what, "the executable or library is damaged; compile the model again"};
}

Status check_table(const kiln_model& model) {
  for (const kiln_variable& variable : variables_of(model)) {
    const auto bytes =
        checked_byte_count(element_type_of(variable.tensor), dims_of(variable.tensor));
    if (!bytes || variable.offset < 0 || variable.offset > model.state_bytes - *bytes ||
        variable.offset % element_size(element_type_of(variable.tensor)) != 0) {
      return broken_table(model, std::string("variable ") + variable.tensor.name +
                                     " lies outside the model's state");
    }
  }
  return ok();
}

}  // namespace

std::string tensor_name(const kiln_tensor& tensor) {
  return tensor_name(element_type_of(tensor), dims_of(tensor));
}

int64_t byte_count(const kiln_tensor& tensor) {
  return checked_byte_count(element_type_of(tensor), dims_of(tensor)).value_or(0);
}

Session::Session(const kiln_model* model, Block state, Block arena,
                 std::unique_ptr<ThreadPool> pool)
    : model_(model), state_(std::move(state)), arena_(std::move(arena)), pool_(std::move(pool)) {}

Expected<Session> Session::create(const kiln_model* model, int threads) {
  if (model->abi_version != KILN_ABI_VERSION) {
    return Diagnostic{"",
                      "the model was compiled for version " + std::to_string(model->abi_version) +
                          " of the runtime's interface, this runtime has version " +
                          std::to_string(KILN_ABI_VERSION),
                      "compile the model again with this version of kiln"};
  }
  KILN_TRY(check_table(*model));
  int64_t arena_bytes = 0;
  for (const kiln_function& function : functions_of(*model)) {
    arena_bytes = std::max(arena_bytes, function.arena_bytes);
  }
  Block state = allocate_block(model->state_bytes);
  Block arena = allocate_block(arena_bytes);
  if (!state || !arena) {
    return Diagnostic{model->name,
                      "cannot allocate " + std::to_string(model->state_bytes) +
                          " bytes of state and " + std::to_string(arena_bytes) + " bytes of arena",
                      ""};
  }
  return Session(model, std::move(state), std::move(arena), std::make_unique<ThreadPool>(threads));
}

Status Session::initialize(uint64_t seed) {
  KILN_ASSIGN(const kiln_function* init, function("init"));
  alignas(KILN_ALIGNMENT) int64_t seed_input = static_cast<int64_t>(seed);
  const void* inputs[] = {&seed_input};
  return run(*init, inputs, nullptr);
}

const kiln_function* Session::find_function(std::string_view name) const {
  for (const kiln_function& function : functions_of(*model_)) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

Expected<const kiln_function*> Session::function(std::string_view name) const {
  if (const kiln_function* found = find_function(name)) return found;
  const bool training = name == "train_step" || name == "test_step" || name == "init";
  return Diagnostic{
      model_->name, "the model has no function " + std::string(name),
      training ? "it was compiled for prediction alone: compile it with an optimizer and a loss"
               : ""};
}

Status Session::run(const kiln_function& function, const void* const* inputs,
                    void* const* outputs) {
  const FlushDenormals flush;
  const int32_t code =
      function.run[0](pool_.get(), state_.get(), arena_.get(), model_->constants, inputs, outputs);
  if (code == 0) return ok();
  return Diagnostic{model_->name,
                    std::string(function.name) + " failed with code " + std::to_string(code), ""};
}

const kiln_variable* Session::find_variable(std::string_view name) const {
  for (const kiln_variable& variable : variables_of(*model_)) {
    if (variable.tensor.name == name) return &variable;
  }
  return nullptr;
}

std::vector<const kiln_variable*> Session::weights() const {
  std::vector<const kiln_variable*> weights;
  for (const kiln_variable& variable : variables_of(*model_)) {
    if (is_weight(variable)) weights.push_back(&variable);
  }
  return weights;
}

void Session::reset_metrics() {
  for (const kiln_variable& variable : variables_of(*model_)) {
    if (variable.role == KILN_METRIC) std::memset(data(variable), 0, byte_count(variable.tensor));
  }
}

std::vector<std::byte> Session::snapshot() const {
  return {state_.get(), state_.get() + model_->state_bytes};
}

Status Session::restore(std::span<const std::byte> snapshot) {
  if (static_cast<int64_t>(snapshot.size()) != model_->state_bytes) {
    return Diagnostic{model_->name,
                      "a snapshot of " + std::to_string(snapshot.size()) +
                          " bytes is not of this model, whose state has " +
                          std::to_string(model_->state_bytes),
                      ""};
  }
  std::memcpy(state_.get(), snapshot.data(), snapshot.size());
  return ok();
}

}  // namespace kiln::runtime
