#include "codegen/library/emit_library.h"

#include <fmt/format.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>

#include "codegen/program/constants.h"
#include "codegen/program/emit_object.h"
#include "codegen/program/step_function.h"
#include "ir/check.h"
#include "runtime/base/abi.h"
#include "runtime/base/round_up.h"

namespace kiln::codegen {
namespace {

using Kind = Parameter::Kind;

llvm::Type* llvm_type(llvm::LLVMContext& context, ir::ElementType element) {
  if (element == ir::ElementType::f32) return llvm::Type::getFloatTy(context);
  if (element == ir::ElementType::f64) return llvm::Type::getDoubleTy(context);
  return llvm::Type::getIntNTy(context, static_cast<unsigned>(ir::size_of(element) * 8));
}

int64_t offset_of(const ir::Variable& variable) {
  return std::get<int64_t>(variable.attributes.at("offset"));
}

class LibraryEmitter {
 public:
  LibraryEmitter(llvm::Module& module, const LibrarySource& source)
      : module_(module), constants_(module), source_(source), builder_(module.getContext()) {}

  void emit() {
    constant_block_ = constants_.block(source_.plan.constants);
    if (source_.interface.weights == WeightStorage::constant && source_.interface.weight_bytes > 0)
      emit_weights();
    for (const LibraryFunction& function : source_.interface.functions) emit_function(function);
    if (source_.interface.has_metrics) emit_reset_metrics();
    if (source_.self_test != nullptr) emit_self_test();
    emit_abi();
    emit_size("arena_bytes", source_.interface.arena_bytes);
    if (source_.interface.state_bytes > 0) emit_size("state_bytes", source_.interface.state_bytes);
    if (source_.interface.has_reset) emit_reset();
    emit_free();
    if (!source_.class_names.empty()) emit_class_names();
  }

 private:
  void emit_weights();
  void emit_function(const LibraryFunction& function);
  void call_step(llvm::Function* step, const FunctionPlan& plan);
  void take(const Parameter& parameter, llvm::Value* argument);
  llvm::Value* member(const Parameter& parameter, size_t at, llvm::Value* structure);
  llvm::Value* address_table(const std::vector<llvm::Value*>& addresses);
  void load_checkpoint();
  void emit_reset();
  void emit_reset_metrics();
  void emit_self_test();
  void return_unless(llvm::Value* good, llvm::Value* code);
  void compare(llvm::Value* actual, llvm::Constant* expected, int64_t count, int64_t before);
  void emit_abi();
  void emit_size(std::string_view name, int64_t bytes);
  void emit_free();
  void emit_class_names();

  llvm::Function* begin(const std::string& name, llvm::Type* result,
                        const std::vector<llvm::Type*>& parameters) {
    auto* function =
        llvm::Function::Create(llvm::FunctionType::get(result, parameters, /*isVarArg=*/false),
                               llvm::GlobalValue::ExternalLinkage, name, module_);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", function));
    return function;
  }
  std::string symbol(std::string_view name) const {
    return fmt::format("{}_{}", source_.interface.name, name);
  }
  /// A constant that the library shows.
  llvm::GlobalVariable* define(std::string_view name, llvm::Constant* value) {
    return new llvm::GlobalVariable(module_, value->getType(), /*isConstant=*/true,
                                    llvm::GlobalValue::ExternalLinkage, value, symbol(name));
  }
  llvm::Value* offset(llvm::Value* base, int64_t bytes) {
    return builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), base,
                                               static_cast<uint64_t>(bytes));
  }

  llvm::Module& module_;
  Constants constants_;
  const LibrarySource& source_;
  llvm::IRBuilder<> builder_;
  llvm::Constant* constant_block_ = nullptr;
  llvm::Value* weights_ = nullptr;       ///< the library's own, else the caller's
  llvm::Function* last_step_ = nullptr;  ///< the step function that was made last
  // Of the function that is being made.
  std::vector<llvm::Value*> inputs_;
  std::vector<llvm::Value*> outputs_;
  llvm::Value* state_ = nullptr;
  llvm::Value* arena_ = nullptr;
};

/// One constant, laid out as the block of the weights is.
void LibraryEmitter::emit_weights() {
  std::string bytes(static_cast<size_t>(source_.interface.weight_bytes), '\0');
  for (size_t i = 0; i < source_.module.variables.size(); ++i) {
    if (!source_.module.variables[i].attributes.contains("block")) continue;
    bytes.replace(static_cast<size_t>(offset_of(source_.module.variables[i])),
                  source_.checkpoint->values[i].size(), source_.checkpoint->values[i]);
  }
  auto* value = llvm::ConstantDataArray::getString(module_.getContext(), bytes, /*AddNull=*/false);
  llvm::GlobalVariable* weights = define("weights", value);
  weights->setAlignment(llvm::Align(KILN_ALIGNMENT));
  weights_ = weights;
}

void LibraryEmitter::emit_function(const LibraryFunction& function) {
  llvm::Function* step = emit_step_function(module_, constants_, *function.plan,
                                            source_.target.kernels, source_.target.target);
  last_step_ = step;
  std::vector<llvm::Type*> types;
  for (const Parameter& parameter : function.parameters) {
    types.push_back(parameter.kind == Kind::value
                        ? llvm_type(module_.getContext(), parameter.tensors[0].type.element)
                        : constants_.pointer_type());
  }
  llvm::Function* defined = begin(symbol(function.name), builder_.getVoidTy(), types);
  inputs_.assign(function.plan->inputs.size(), constants_.null());
  outputs_.assign(function.plan->outputs.size(), constants_.null());
  state_ = constants_.null();
  for (size_t i = 0; i < function.parameters.size(); ++i)
    take(function.parameters[i], defined->getArg(static_cast<unsigned>(i)));
  call_step(step, *function.plan);
  if (function.plan->function->name == "init") load_checkpoint();
  builder_.CreateRetVoid();
}

/// Calls a step function on what is noted of memory and tensors.
void LibraryEmitter::call_step(llvm::Function* step, const FunctionPlan& plan) {
  std::vector<llvm::Value*> arguments = {offset(arena_, source_.interface.scratch_offset),
                                         state_,
                                         arena_,
                                         constant_block_ ? constant_block_ : constants_.null(),
                                         address_table(inputs_),
                                         address_table(outputs_)};
  if (plan.takes_weights) arguments.push_back(weights_);
  builder_.CreateCall(step, arguments);
}

/// Notes where the tensors of a parameter are.
void LibraryEmitter::take(const Parameter& parameter, llvm::Value* argument) {
  if (parameter.kind == Kind::arena) {
    arena_ = argument;
    return;
  }
  if (parameter.kind == Kind::weights) {
    weights_ = argument;
    return;
  }
  if (parameter.kind == Kind::state) {
    state_ = argument;
    return;
  }
  std::vector<llvm::Value*>& table = parameter.is_output ? outputs_ : inputs_;
  if (parameter.kind == Kind::value) {
    llvm::Value* const on_stack = builder_.CreateAlloca(argument->getType());
    builder_.CreateStore(argument, on_stack);
    argument = on_stack;
  }
  for (size_t i = 0; i < parameter.tensors.size(); ++i) {
    table[parameter.tensors[i].index] =
        parameter.kind == Kind::structure ? member(parameter, i, argument) : argument;
  }
}

/// A scalar output is a member itself; of all else the structure holds the address.
llvm::Value* LibraryEmitter::member(const Parameter& parameter, size_t at, llvm::Value* structure) {
  const auto is_inside = [&](const LibraryTensor& tensor) {
    return parameter.is_output && tensor.type.rank() == 0;
  };
  std::vector<llvm::Type*> members;
  for (const LibraryTensor& tensor : parameter.tensors) {
    members.push_back(is_inside(tensor) ? llvm_type(module_.getContext(), tensor.type.element)
                                        : constants_.pointer_type());
  }
  auto* type = llvm::StructType::get(module_.getContext(), members);
  llvm::Value* place = builder_.CreateStructGEP(type, structure, static_cast<unsigned>(at));
  return is_inside(parameter.tensors[at]) ? place
                                          : builder_.CreateLoad(constants_.pointer_type(), place);
}

llvm::Value* LibraryEmitter::address_table(const std::vector<llvm::Value*>& addresses) {
  if (addresses.empty()) return constants_.null();
  auto* type = llvm::ArrayType::get(constants_.pointer_type(), addresses.size());
  llvm::Value* table = builder_.CreateAlloca(type);
  for (size_t i = 0; i < addresses.size(); ++i)
    builder_.CreateStore(addresses[i], builder_.CreateConstInBoundsGEP2_64(type, table, 0, i));
  return table;
}

/// What was trained takes the place of what `init` has put there.
void LibraryEmitter::load_checkpoint() {
  if (source_.checkpoint == nullptr) return;
  for (size_t i = 0; i < source_.module.variables.size(); ++i) {
    const std::string& value = source_.checkpoint->values[i];
    if (value.empty()) continue;
    builder_.CreateMemCpy(offset(state_, offset_of(source_.module.variables[i])),
                          llvm::Align(KILN_ALIGNMENT), constants_.block(value),
                          llvm::Align(KILN_ALIGNMENT), value.size());
  }
}

void LibraryEmitter::emit_reset() {
  llvm::Function* reset = begin(symbol("reset"), builder_.getVoidTy(), {constants_.pointer_type()});
  builder_.CreateMemSet(reset->getArg(0), builder_.getInt8(0),
                        static_cast<uint64_t>(source_.interface.state_bytes),
                        llvm::MaybeAlign(KILN_ALIGNMENT));
  builder_.CreateRetVoid();
}

void LibraryEmitter::emit_reset_metrics() {
  llvm::Function* reset =
      begin(symbol("reset_metrics"), builder_.getVoidTy(), {constants_.pointer_type()});
  for (const ir::Variable& variable : source_.module.variables) {
    if (variable.role != ir::Role::metric) continue;
    builder_.CreateMemSet(offset(reset->getArg(0), offset_of(variable)), builder_.getInt8(0),
                          static_cast<uint64_t>(variable.type.bytes()),
                          llvm::MaybeAlign(KILN_ALIGNMENT));
  }
  builder_.CreateRetVoid();
}

/// How far an output may be from what the compiler's machine computed, where that is 0; elsewhere in
/// proportion, too. Other machines round sums in other places. Chosen: a hundred times what the
/// tutorial's models show.
constexpr double kTolerance = 1e-4;

/// The function's return where `good` does not hold.
void LibraryEmitter::return_unless(llvm::Value* good, llvm::Value* code) {
  llvm::Function* const function = builder_.GetInsertBlock()->getParent();
  auto* bad = llvm::BasicBlock::Create(module_.getContext(), "bad", function);
  auto* next = llvm::BasicBlock::Create(module_.getContext(), "next", function);
  builder_.CreateCondBr(good, next, bad);
  builder_.SetInsertPoint(bad);
  builder_.CreateRet(code);
  builder_.SetInsertPoint(next);
}

/// A loop over elements that returns at the first that differs. A NaN differs from all.
void LibraryEmitter::compare(llvm::Value* actual, llvm::Constant* expected, int64_t count,
                             int64_t before) {
  llvm::BasicBlock* const start = builder_.GetInsertBlock();
  auto* loop = llvm::BasicBlock::Create(module_.getContext(), "loop", start->getParent());
  builder_.CreateBr(loop);
  builder_.SetInsertPoint(loop);
  llvm::PHINode* i = builder_.CreatePHI(builder_.getInt32Ty(), 2);
  i->addIncoming(constants_.i32(0), start);
  auto element = [&](llvm::Value* base) {
    llvm::Type* const type = builder_.getFloatTy();
    return builder_.CreateLoad(type, builder_.CreateInBoundsGEP(type, base, i));
  };
  auto magnitude = [&](llvm::Value* value) {
    return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, value);
  };
  llvm::Value* const wanted = element(expected);
  llvm::Value* const distance = magnitude(builder_.CreateFSub(element(actual), wanted));
  llvm::Value* const unit = llvm::ConstantFP::get(builder_.getFloatTy(), kTolerance);
  llvm::Value* const allowed =
      builder_.CreateFAdd(unit, builder_.CreateFMul(unit, magnitude(wanted)));
  return_unless(builder_.CreateFCmpOLE(distance, allowed),
                builder_.CreateAdd(i, constants_.i32(before + 1)));
  llvm::Value* const next = builder_.CreateAdd(i, constants_.i32(1));
  i->addIncoming(next, builder_.GetInsertBlock());
  auto* after = llvm::BasicBlock::Create(module_.getContext(), "after", start->getParent());
  builder_.CreateCondBr(builder_.CreateICmpULT(next, constants_.i32(count)), loop, after);
  builder_.SetInsertPoint(after);
}

void LibraryEmitter::emit_self_test() {
  const FunctionPlan& plan = *source_.interface.functions.at(0).plan;
  llvm::Function* test =
      begin(symbol("self_test"), builder_.getInt32Ty(), {constants_.pointer_type()});
  llvm::Value* const arena = test->getArg(0);
  llvm::Type* const word = module_.getDataLayout().getIntPtrType(module_.getContext());
  llvm::Value* const misaligned = builder_.CreateAnd(
      builder_.CreatePtrToInt(arena, word), llvm::ConstantInt::get(word, KILN_ALIGNMENT - 1));
  return_unless(builder_.CreateIsNull(misaligned), constants_.i32(-1));
  arena_ = arena;
  inputs_.clear();
  outputs_.clear();
  for (const std::string& bytes : source_.self_test->inputs)
    inputs_.push_back(constants_.block(bytes));
  int64_t at = source_.interface.self_test_offset;
  for (const NamedType& output : plan.outputs) {
    outputs_.push_back(offset(arena, at));
    at += runtime::round_up(output.type.bytes(), KILN_ALIGNMENT);
  }
  call_step(last_step_, plan);
  int64_t before = 0;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const int64_t count = plan.outputs[i].type.count();
    compare(outputs_[i], constants_.block(source_.self_test->outputs[i]), count, before);
    before += count;
  }
  builder_.CreateRet(constants_.i32(0));
}

void LibraryEmitter::emit_abi() {
  begin(symbol("abi"), builder_.getInt32Ty(), {});
  builder_.CreateRet(builder_.getInt32(source_.abi));
}

/// For languages that read no header.
void LibraryEmitter::emit_size(std::string_view name, int64_t bytes) {
  define(name, constants_.i64(bytes));
}

/// Halide's code gives back what it has not taken from a heap: see kernels/cpu/freestanding.h.
void LibraryEmitter::emit_free() {
  begin("halide_free", builder_.getVoidTy(),
        {constants_.pointer_type(), constants_.pointer_type()});
  builder_.CreateRetVoid();
}

void LibraryEmitter::emit_class_names() {
  std::vector<llvm::Constant*> names;
  for (const std::string& name : source_.class_names) names.push_back(constants_.string(name));
  auto* type = llvm::ArrayType::get(constants_.pointer_type(), names.size());
  define("class_names", llvm::ConstantArray::get(type, names));
}

/// Each weight that a function reads must have a value, where the library is to carry them.
Status check_values(const LibrarySource& source) {
  if (source.interface.weights != WeightStorage::constant) return ok();
  for (size_t i = 0; i < source.module.variables.size(); ++i) {
    const ir::Variable& variable = source.module.variables[i];
    const bool is_read = std::any_of(source.module.functions.begin(), source.module.functions.end(),
                                     [&](const auto& function) {
                                       return function->variable_argument(variable.name) != nullptr;
                                     });
    const bool is_weight = variable.attributes.contains("block");
    if (is_read && is_weight && source.checkpoint->values[i].empty())
      return Diagnostic{variable.name, "the weights hold no value for this variable", ""};
  }
  return ok();
}

}  // namespace

Expected<std::string> emit_library(const LibrarySource& source) {
  KILN_TRY(check_values(source));
  KILN_ASSIGN(auto machine, target_machine(source.target.target));
  llvm::LLVMContext context;
  llvm::Module module(source.interface.name, context);
  set_machine(module, *machine);
  LibraryEmitter(module, source).emit();
  std::string problem;
  llvm::raw_string_ostream stream(problem);
  KILN_CHECK(!llvm::verifyModule(module, &stream), "the library is not valid LLVM IR: {}", problem);
  return emit_object(module, *machine);
}

}  // namespace kiln::codegen
