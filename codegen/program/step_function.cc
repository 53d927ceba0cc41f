#include "codegen/program/step_function.h"

#include <HalideRuntime.h>
#include <fmt/format.h>
#include <llvm/IR/IRBuilder.h>

#include <algorithm>
#include <cstddef>

#include "runtime/device/device.h"

namespace kiln::codegen {
namespace {

// The order of members that the templates below have, on machines of any pointers.
static_assert(sizeof(halide_buffer_t) == 56 && offsetof(halide_buffer_t, device) == 0 &&
              offsetof(halide_buffer_t, host) == 16 && offsetof(halide_buffer_t, type) == 32 &&
              offsetof(halide_buffer_t, dim) == 40);
static_assert(sizeof(halide_dimension_t) == 16 && sizeof(halide_type_t) == 4);
/// Members of a buffer's template.
constexpr unsigned kDevice = 0, kHost = 2;

/// A halide_type_t's bits: code, bits, lanes = 1.
int64_t halide_type_bits(ir::ElementType element) {
  using ir::ElementType;
  const bool is_unsigned = element == ElementType::u8 || element == ElementType::i1;
  const int64_t code = element == ElementType::bf16 ? halide_type_bfloat
                       : ir::is_float(element)      ? halide_type_float
                       : is_unsigned                ? halide_type_uint
                                                    : halide_type_int;
  return code | (ir::size_of(element) * 8) << 8 | int64_t{1} << 16;
}

/// A halide_dimension_t per dimension, innermost first, as words: min 0, extent, stride, flags 0.
llvm::Constant* dimension_table(Constants& constants, const ir::Shape& shape) {
  std::vector<int64_t> words;
  int64_t stride = 1;
  for (size_t d = shape.size(); d-- > 0; stride *= shape[d]) {
    words.push_back(shape[d] << 32);
    words.push_back(stride);
  }
  return constants.array(words);
}

/// A halide_buffer_t that lacks nothing but its address.
llvm::Constant* buffer_template(Constants& constants, const ir::Type& type) {
  return constants.structure({constants.i64(0), constants.null(), constants.null(),
                              constants.i64(0), constants.i32(halide_type_bits(type.element)),
                              constants.i32(type.rank()), dimension_table(constants, type.shape),
                              constants.null()});
}

/// A halide_buffer_t.
llvm::StructType* buffer_type(llvm::LLVMContext& context) {
  llvm::Type* const i32 = llvm::Type::getInt32Ty(context);
  llvm::Type* const i64 = llvm::Type::getInt64Ty(context);
  llvm::Type* const pointer = llvm::PointerType::getUnqual(context);
  return llvm::StructType::get(context, {i64, pointer, pointer, i64, i32, i32, pointer, pointer});
}

class StepFunctionEmitter {
 public:
  StepFunctionEmitter(llvm::Module& module, Constants& constants, const FunctionPlan& plan,
                      const KernelNames& kernels, const Target& target)
      : module_(module),
        constants_(constants),
        plan_(plan),
        kernels_(kernels),
        target_(target),
        builder_(module.getContext()),
        buffer_type_(buffer_type(module.getContext())),
        buffer_bytes_(module.getDataLayout().getTypeAllocSize(buffer_type_)) {}

  llvm::Function* emit();

 private:
  enum Argument : unsigned { kContext, kState, kArena, kConstants, kInputs, kOutputs, kWeights };

  void start();
  void emit_steps(const std::vector<Step>& steps);
  void emit_step(const KernelCall& call);
  void emit_step(const Copy& copy);
  void emit_step(const Loop& loop);
  void return_failure(llvm::Value* code);
  llvm::Value* address(const Place& place);
  llvm::Value* start_of(const Place& place);
  llvm::Value* offset(llvm::Value* base, int64_t bytes) {
    return builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), base,
                                               static_cast<uint64_t>(bytes));
  }

  llvm::Module& module_;
  Constants& constants_;
  const FunctionPlan& plan_;
  const KernelNames& kernels_;
  const Target& target_;
  llvm::IRBuilder<> builder_;
  llvm::StructType* buffer_type_;
  uint64_t buffer_bytes_;
  llvm::Function* function_ = nullptr;
  llvm::BasicBlock* failed_ = nullptr;
  llvm::PHINode* code_ = nullptr;
  llvm::Value* buffers_ = nullptr;     ///< room for the buffers of any of the calls
  std::vector<llvm::Value*> indices_;  ///< of the loops around the step, outermost first
};

llvm::Function* StepFunctionEmitter::emit() {
  start();
  emit_steps(plan_.steps);
  builder_.CreateRet(builder_.getInt32(0));
  if (code_ != nullptr) {
    builder_.SetInsertPoint(failed_);
    builder_.CreateRet(code_);
  }
  return function_;
}

void StepFunctionEmitter::start() {
  llvm::PointerType* pointer = constants_.pointer_type();
  const std::vector<llvm::Type*> arguments(plan_.takes_weights ? kWeights + 1 : kWeights, pointer);
  auto* type = llvm::FunctionType::get(builder_.getInt32Ty(), arguments, false);
  function_ = llvm::Function::Create(
      type, llvm::GlobalValue::InternalLinkage,
      fmt::format("kiln_{}_{}", runtime::device_kind_name(target_.device), plan_.function->name),
      module_);
  function_->addFnAttr(llvm::Attribute::NoUnwind);
  builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", function_));
  size_t most = 0;
  for_each_call(plan_.steps,
                [&](const KernelCall& call) { most = std::max(most, call.buffers.size()); });
  if (most == 0) return;
  auto* room = builder_.CreateAlloca(llvm::ArrayType::get(buffer_type_, most), nullptr, "buffers");
  room->setAlignment(llvm::Align(64));
  buffers_ = room;
}

void StepFunctionEmitter::emit_steps(const std::vector<Step>& steps) {
  for (const Step& step : steps) std::visit([&](const auto& s) { emit_step(s); }, step);
}

void StepFunctionEmitter::emit_step(const Copy& copy) {
  llvm::Value* to = address(copy.to);
  llvm::Value* from = address(copy.from);
  if (!target_.has_own_memory) {
    builder_.CreateMemCpy(to, llvm::Align(1), from, llvm::Align(1),
                          static_cast<uint64_t>(copy.bytes));
    return;
  }
  llvm::PointerType* pointer = constants_.pointer_type();
  auto* type = llvm::FunctionType::get(builder_.getInt32Ty(),
                                       {pointer, pointer, pointer, builder_.getInt64Ty()}, false);
  return_failure(
      builder_.CreateCall(module_.getOrInsertFunction("kiln_device_copy", type),
                          {function_->getArg(kContext), to, from, constants_.i64(copy.bytes)}));
}

/// Counts down from trip_count to 1; the index is count - 1 where the scan runs in reverse.
void StepFunctionEmitter::emit_step(const Loop& loop) {
  llvm::BasicBlock* before = builder_.GetInsertBlock();
  auto* head = llvm::BasicBlock::Create(module_.getContext(), "loop", function_);
  builder_.CreateBr(head);
  builder_.SetInsertPoint(head);
  llvm::PHINode* left = builder_.CreatePHI(builder_.getInt64Ty(), 2, "left");
  left->addIncoming(constants_.i64(loop.trip_count), before);
  llvm::Value* next = builder_.CreateSub(left, constants_.i64(1));
  indices_.push_back(loop.reverse ? next
                                  : builder_.CreateSub(constants_.i64(loop.trip_count), left));
  emit_steps(loop.steps);
  indices_.pop_back();
  left->addIncoming(next, builder_.GetInsertBlock());
  auto* after = llvm::BasicBlock::Create(module_.getContext(), "after", function_);
  builder_.CreateCondBr(builder_.CreateIsNull(next), after, head);
  builder_.SetInsertPoint(after);
}

/// Copies the call's templates to the stack, fills in the addresses, calls; leaves the function
/// where the kernel fails.
void StepFunctionEmitter::emit_step(const KernelCall& call) {
  std::vector<llvm::Constant*> templates;
  std::vector<llvm::Value*> arguments = {function_->getArg(kContext)};
  std::vector<llvm::Type*> types = {constants_.pointer_type()};
  for (const Buffer& buffer : call.buffers)
    templates.push_back(buffer_template(constants_, buffer.type));
  builder_.CreateMemCpy(buffers_, llvm::Align(64), constants_.array(templates), llvm::Align(8),
                        templates.size() * buffer_bytes_);
  const int64_t address_member =
      static_cast<int64_t>(module_.getDataLayout()
                               .getStructLayout(buffer_type_)
                               ->getElementOffset(target_.has_own_memory ? kDevice : kHost));
  for (const Buffer& buffer : call.buffers) {
    llvm::Value* on_stack =
        offset(buffers_, static_cast<int64_t>((arguments.size() - 1) * buffer_bytes_));
    builder_.CreateStore(address(buffer.place), offset(on_stack, address_member));
    arguments.push_back(on_stack);
    types.push_back(constants_.pointer_type());
  }
  auto* type = llvm::FunctionType::get(builder_.getInt32Ty(), types, false);
  return_failure(
      builder_.CreateCall(module_.getOrInsertFunction(kernels_.at(call.fusion), type), arguments));
}

void StepFunctionEmitter::return_failure(llvm::Value* code) {
  if (code_ == nullptr) {
    failed_ = llvm::BasicBlock::Create(module_.getContext(), "failed", function_);
    code_ = llvm::PHINode::Create(builder_.getInt32Ty(), 0, "code", failed_);
  }
  code_->addIncoming(code, builder_.GetInsertBlock());
  auto* next = llvm::BasicBlock::Create(module_.getContext(), "next", function_, failed_);
  builder_.CreateCondBr(builder_.CreateIsNull(code), next, failed_);
  builder_.SetInsertPoint(next);
}

llvm::Value* StepFunctionEmitter::address(const Place& place) {
  llvm::Value* at = start_of(place);
  for (size_t d = 0; d < place.steps.size(); ++d) {
    llvm::Value* bytes = builder_.CreateMul(indices_.at(d), constants_.i64(place.steps[d]));
    at = builder_.CreateInBoundsGEP(builder_.getInt8Ty(), at, bytes);
  }
  return at;
}

llvm::Value* StepFunctionEmitter::start_of(const Place& place) {
  auto element = [&](Argument table) {
    llvm::Value* entry =
        offset(function_->getArg(table),
               place.at * static_cast<int64_t>(module_.getDataLayout().getPointerSize()));
    return builder_.CreateLoad(constants_.pointer_type(), entry);
  };
  switch (place.base) {
    case Place::Base::state:
      return offset(function_->getArg(kState), place.at);
    case Place::Base::weights:
      return offset(function_->getArg(kWeights), place.at);
    case Place::Base::arena:
      return offset(function_->getArg(kArena), place.at);
    case Place::Base::input:
      return element(kInputs);
    case Place::Base::output:
      return element(kOutputs);
    case Place::Base::constant:
      return offset(function_->getArg(kConstants), place.at);
  }
  return nullptr;
}

}  // namespace

llvm::Function* emit_step_function(llvm::Module& module, Constants& constants,
                                   const FunctionPlan& plan, const KernelNames& kernels,
                                   const Target& target) {
  return StepFunctionEmitter(module, constants, plan, kernels, target).emit();
}

}  // namespace kiln::codegen
