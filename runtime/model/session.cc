#include "runtime/model/session.h"

#include <algorithm>
#include <utility>

#include "runtime/base/flush_denormals.h"
#include "runtime/device/cpu_features.h"
#include "runtime/model/memory_need.h"

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

Session::Session(const kiln_model* model, int threads, const OpenedDevice& device)
    : model_(model),
      pool_(std::make_unique<ThreadPool>(threads)),
      memory_(device.device),
      device_(device.device.get()),
      context_(device_) {
  if (device_ == nullptr) {
    memory_ = std::make_shared<HostMemory>();
    context_ = pool_.get();
  }
  const std::vector<kiln_device_kind> kinds = device_kinds_of(*model);
  target_ = static_cast<size_t>(std::ranges::find(kinds, device.kind) - kinds.begin());
}

Expected<Session> Session::create(const kiln_model* model, int threads,
                                  const DeviceChoice& device) {
  if (model->abi_version != KILN_ABI_VERSION) {
    return Diagnostic{"",
                      "the model was compiled for version " + std::to_string(model->abi_version) +
                          " of the runtime's interface, this runtime has version " +
                          std::to_string(KILN_ABI_VERSION),
                      "compile the model again with this version of kiln"};
  }
  KILN_TRY(check_table(*model));
  KILN_ASSIGN(const OpenedDevice opened, open_device(device, device_kinds_of(*model), model->name));
  Session session(model, threads, opened);
  if (session.device_ != nullptr) {
    KILN_TRY(check_memory(memory_need(*model, session.target()), *session.device_));
  } else {
    KILN_TRY(check_cpu(session.target().name));
  }
  KILN_TRY(session.allocate_blocks());
  return session;
}

Status Session::allocate_blocks() {
  const int64_t arena_bytes = arena_bytes_of(*model_);
  auto state = allocate(memory_, model_->state_bytes);
  auto arena = state ? allocate(memory_, arena_bytes) : state;
  if (!arena && device_ == nullptr) {
    return Diagnostic{model_->name,
                      "cannot allocate " + std::to_string(model_->state_bytes) +
                          " bytes of state and " + std::to_string(arena_bytes) + " bytes of arena",
                      ""};
  }
  if (!arena) return arena.error();
  state_ = std::move(*state);
  arena_ = std::move(*arena);
  if (device_ == nullptr) return ok();
  KILN_ASSIGN(temporaries_, allocate(memory_, target().temporary_bytes));
  device_->temporaries().use(temporaries_.get(), target().temporary_bytes);
  KILN_ASSIGN(constants_, allocate(memory_, model_->constants_bytes));
  return memory_->write(constants_.get(), model_->constants, model_->constants_bytes);
}

Status Session::initialize(uint64_t seed) {
  KILN_ASSIGN(const kiln_function* init, function("init"));
  KILN_ASSIGN(const MemoryBlock seed_input, allocate(memory_, sizeof(seed)));
  KILN_TRY(memory_->write(seed_input.get(), &seed, sizeof(seed)));
  const void* inputs[] = {seed_input.get()};
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
  const void* constants = constants_ ? constants_.get() : model_->constants;
  const int32_t code =
      function.run[target_](context_, state_.get(), arena_.get(), constants, inputs, outputs);
  // What went wrong, where generated code knows a number at best.
  if (device_ != nullptr) KILN_TRY(device_->status());
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

Expected<Array> Session::value(const kiln_variable& variable) const {
  const std::span<const int64_t> dims = dims_of(variable.tensor);
  Array array{element_type_of(variable.tensor), {dims.begin(), dims.end()}, nullptr};
  if (device_ == nullptr) {
    array.storage = std::shared_ptr<std::byte>(state_, address(variable));
    return array;
  }
  array = allocate(array.type, array.dims);
  KILN_TRY(memory_->read(array.data(), address(variable), array.bytes()));
  return array;
}

Status Session::set_value(const kiln_variable& variable, const void* value) {
  return memory_->write(address(variable), value, byte_count(variable.tensor));
}

Status Session::reset_metrics() { return zero(KILN_METRIC); }

Status Session::reset_states() { return zero(KILN_RECURRENT_STATE); }

Status Session::zero(kiln_variable_role role) {
  for (const kiln_variable& variable : variables_of(*model_)) {
    if (variable.role == role)
      KILN_TRY(memory_->zero(address(variable), byte_count(variable.tensor)));
  }
  return ok();
}

Expected<std::vector<std::byte>> Session::snapshot() const {
  std::vector<std::byte> copy(static_cast<size_t>(model_->state_bytes));
  KILN_TRY(memory_->read(copy.data(), state_.get(), model_->state_bytes));
  return copy;
}

Status Session::restore(std::span<const std::byte> snapshot) {
  if (static_cast<int64_t>(snapshot.size()) != model_->state_bytes) {
    return Diagnostic{model_->name,
                      "a snapshot of " + std::to_string(snapshot.size()) +
                          " bytes is not of this model, whose state has " +
                          std::to_string(model_->state_bytes),
                      ""};
  }
  return memory_->write(state_.get(), snapshot.data(), model_->state_bytes);
}

}  // namespace kiln::runtime
