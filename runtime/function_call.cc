#include "runtime/function_call.h"

#include <utility>

#include "runtime/memory_need.h"

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
  KILN_ASSIGN(slot.host, allocate(session_->memory(), input_layout_.bytes));
  slot.device = slot.host;
  slots_.push_back(std::move(slot));
  KILN_ASSIGN(outputs_, allocate(session_->memory(), output_layout_.bytes));
  host_outputs_ = outputs_;
  return ok();
}

Status FunctionCall::allocate_on_device(Device& device) {
  for (int i = 0; i < kCallsInFlight; ++i) {
    Slot slot;
    KILN_ASSIGN(slot.host, device.allocate_staging(input_layout_.bytes));
    KILN_ASSIGN(slot.device, allocate(session_->memory(), input_layout_.bytes));
    slots_.push_back(std::move(slot));
  }
  KILN_ASSIGN(outputs_, allocate(session_->memory(), output_layout_.bytes));
  KILN_ASSIGN(host_outputs_, device.allocate_staging(output_layout_.bytes));
  return ok();
}

Status FunctionCall::begin() {
  Device* const device = session_->device();
  return device == nullptr ? ok() : device->wait_for(slots_[slot_].done);
}

std::byte* FunctionCall::input(size_t index) {
  Slot& slot = slots_[slot_];
  inputs_[index] = slot.device.get() + input_layout_.offsets[index];
  return slot.host.get() + input_layout_.offsets[index];
}

Status FunctionCall::run() {
  Device* const device = session_->device();
  if (device == nullptr) return session_->run(*function_, inputs_.data(), output_addresses_.data());
  Slot& slot = slots_[slot_];
  slot_ = (slot_ + 1) % slots_.size();
  return run_on_device(*device, slot);
}

Status FunctionCall::run_on_device(Device& device, Slot& slot) {
  are_fetched_ = false;
  if (input_layout_.bytes > 0) {
    KILN_TRY(device.upload(slot.device.get(), slot.host.get(), input_layout_.bytes));
    KILN_TRY(device.order_uploads());
  }
  KILN_TRY(session_->run(*function_, inputs_.data(), output_addresses_.data()));
  KILN_ASSIGN(slot.done, device.mark());
  return ok();
}

Expected<const std::byte*> FunctionCall::outputs() {
  if (!are_fetched_) {
    KILN_TRY(session_->memory()->read(host_outputs_.get(), outputs_.get(), output_layout_.bytes));
    are_fetched_ = true;
  }
  return static_cast<const std::byte*>(host_outputs_.get());
}

}  // namespace kiln::runtime
