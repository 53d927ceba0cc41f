#include "runtime/model/function_call.h"

#include <utility>

#include "runtime/model/memory_need.h"

namespace kiln::runtime {

FunctionCall::FunctionCall(Session& session, const kiln_function& function)
    : session_(&session),
      function_(&function),
      input_layout_(packed(inputs_of(function))),
      output_layout_(packed(outputs_of(function))),
      inputs_(static_cast<size_t>(function.input_count)) {}

Expected<FunctionCall> FunctionCall::create(Session& session, const kiln_function& function) {
  FunctionCall call(session, function);
  Device* const device = session.device();
  KILN_TRY(device == nullptr ? call.allocate_on_host() : call.allocate_on_device(*device));
  for (const int64_t offset : call.output_layout_.offsets)
    call.output_addresses_.push_back(call.outputs_.get() + offset);
  return call;
}

Status FunctionCall::allocate_on_host() {
  Slot slot;
  KILN_ASSIGN(slot.inputs, allocate(session_->memory(), input_layout_.bytes));
  KILN_ASSIGN(outputs_, allocate(session_->memory(), output_layout_.bytes));
  slot.device_inputs = slot.inputs;
  slot.outputs = outputs_;
  slots_.push_back(std::move(slot));
  return ok();
}

Status FunctionCall::allocate_on_device(Device& device) {
  KILN_ASSIGN(outputs_, allocate(session_->memory(), output_layout_.bytes));
  for (int i = 0; i < kCallsInFlight; ++i) {
    Slot slot;
    KILN_ASSIGN(slot.inputs, device.allocate_staging(input_layout_.bytes));
    KILN_ASSIGN(slot.device_inputs, allocate(session_->memory(), input_layout_.bytes));
    KILN_ASSIGN(slot.outputs, device.allocate_staging(output_layout_.bytes));
    slots_.push_back(std::move(slot));
  }
  return ok();
}

Status FunctionCall::begin() {
  Device* const device = session_->device();
  return device == nullptr ? ok() : device->wait_for(slot_of(runs_).done);
}

std::byte* FunctionCall::input(size_t index) {
  device_input(index);
  has_host_inputs_ = true;
  return slot_of(runs_).inputs.get() + input_layout_.offsets[index];
}

std::byte* FunctionCall::device_input(size_t index) {
  std::byte* const values = slot_of(runs_).device_inputs.get() + input_layout_.offsets[index];
  inputs_[index] = values;
  return values;
}

Status FunctionCall::run() {
  Slot& slot = slot_of(runs_++);
  if (Device* const device = session_->device()) return run_on_device(*device, slot);
  return session_->run(*function_, inputs_.data(), output_addresses_.data());
}

Status FunctionCall::run_on_device(Device& device, Slot& slot) {
  if (std::exchange(has_host_inputs_, false)) {
    KILN_TRY(device.upload(slot.device_inputs.get(), slot.inputs.get(), input_layout_.bytes));
    KILN_TRY(device.order_uploads());
  }
  KILN_TRY(session_->run(*function_, inputs_.data(), output_addresses_.data()));
  KILN_ASSIGN(slot.done, device.mark());
  return ok();
}

Status FunctionCall::fetch() {
  Device* const device = session_->device();
  if (device == nullptr) return ok();
  Slot& slot = slot_of(runs_ - 1);
  KILN_TRY(device->download(slot.outputs.get(), outputs_.get(), output_layout_.bytes));
  KILN_ASSIGN(slot.done, device->mark());
  return ok();
}

Expected<const std::byte*> FunctionCall::outputs(int64_t number) {
  const Slot& slot = slot_of(number);
  if (Device* const device = session_->device()) KILN_TRY(device->wait_for(slot.done));
  return static_cast<const std::byte*>(slot.outputs.get());
}

}  // namespace kiln::runtime
