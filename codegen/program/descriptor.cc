#include "codegen/program/descriptor.h"

#include "ir/check.h"
#include "runtime/base/abi.h"

namespace kiln::codegen {
namespace {

class DescriptorEmitter {
 public:
  DescriptorEmitter(llvm::Module& module, Constants& constants)
      : module_(module), constants_(constants) {}

  llvm::Constant* model(const ir::Module& model, const ModulePlan& plan,
                        const std::vector<TargetCode>& targets);

 private:
  llvm::Constant* tensor(const std::string& name, const ir::Type& type);
  llvm::Constant* tensors(const std::vector<NamedType>& list);
  llvm::Constant* variable(const ir::Variable& variable);
  std::vector<llvm::Constant*> inputs(const ir::Module& model);
  std::vector<llvm::Constant*> outputs(const ir::Module& model);
  llvm::Constant* function(const FunctionPlan& plan, const std::vector<llvm::Constant*>& run);
  llvm::Constant* target(const TargetCode& code);

  template <typename CStruct>
  llvm::Constant* same_layout(llvm::Constant* value) const;

  llvm::Module& module_;
  Constants& constants_;
};

int64_t integer(const ir::Attributes& attributes, std::string_view name) {
  auto found = attributes.find(name);
  return found == attributes.end() ? 0 : std::get<int64_t>(found->second);
}

std::string text(const ir::Attributes& attributes, std::string_view name) {
  auto found = attributes.find(name);
  return found == attributes.end() ? "" : std::get<std::string>(found->second);
}

template <typename List>
List list(const ir::Attributes& attributes, std::string_view name) {
  auto found = attributes.find(name);
  return found == attributes.end() ? List() : std::get<List>(found->second);
}

/// The members that LLVM lays out must fall where the C compiler puts them.
template <typename CStruct>
llvm::Constant* DescriptorEmitter::same_layout(llvm::Constant* value) const {
  const llvm::DataLayout& layout = module_.getDataLayout();
  KILN_CHECK(layout.getTypeAllocSize(value->getType()) == sizeof(CStruct),
             "the descriptor differs from runtime/base/abi.h");
  return value;
}

llvm::Constant* DescriptorEmitter::tensor(const std::string& name, const ir::Type& type) {
  return same_layout<kiln_tensor>(constants_.structure(
      {constants_.string(name), constants_.i32(static_cast<int64_t>(type.element)),
       constants_.i32(type.rank()), constants_.array(type.shape)}));
}

llvm::Constant* DescriptorEmitter::tensors(const std::vector<NamedType>& list) {
  std::vector<llvm::Constant*> elements;
  for (const NamedType& each : list) elements.push_back(tensor(each.name, each.type));
  return constants_.array(elements);
}

/// The frontend's mark on a weight that is none to its users.
int64_t role_of(const ir::Variable& variable) {
  if (variable.attributes.contains("random_state")) return KILN_RANDOM_STATE;
  if (variable.attributes.contains("recurrent_state")) return KILN_RECURRENT_STATE;
  return static_cast<int64_t>(variable.role);
}

llvm::Constant* DescriptorEmitter::variable(const ir::Variable& variable) {
  return same_layout<kiln_variable>(
      constants_.structure({tensor(variable.name, variable.type), constants_.i32(role_of(variable)),
                            constants_.i64(integer(variable.attributes, "offset"))}));
}

llvm::Constant* DescriptorEmitter::function(const FunctionPlan& plan,
                                            const std::vector<llvm::Constant*>& run) {
  const ir::Attributes& attributes = plan.function->attributes;
  int64_t kernels = 0;
  for_each_call(plan.steps, [&](const KernelCall&) { ++kernels; });
  return same_layout<kiln_function>(constants_.structure({
      constants_.string(plan.function->name),
      constants_.i64(integer(attributes, "batch")),
      constants_.i32(static_cast<int64_t>(plan.inputs.size())),
      tensors(plan.inputs),
      constants_.i32(static_cast<int64_t>(plan.outputs.size())),
      tensors(plan.outputs),
      constants_.i64(integer(attributes, "arena_bytes")),
      constants_.i64(integer(attributes, "arena_lower_bound")),
      constants_.i32(kernels),
      constants_.array(run),
  }));
}

llvm::Constant* DescriptorEmitter::target(const TargetCode& code) {
  return same_layout<kiln_target>(constants_.structure({constants_.i32(code.target.device),
                                                        constants_.string(code.target.halide),
                                                        constants_.i64(code.temporary_bytes)}));
}

std::vector<llvm::Constant*> DescriptorEmitter::inputs(const ir::Module& model) {
  const auto names = list<ir::Strings>(model.attributes, "inputs");
  const auto limits = list<ir::Integers>(model.attributes, "index_limits");
  const auto rules = list<ir::Strings>(model.attributes, "text_rules");
  std::vector<llvm::Constant*> inputs;
  for (size_t i = 0; i < names.size(); ++i) {
    inputs.push_back(same_layout<kiln_input>(constants_.structure(
        {constants_.string(names[i]), constants_.i64(i < limits.size() ? limits[i] : 0),
         constants_.string(i < rules.size() ? rules[i] : "")})));
  }
  return inputs;
}

std::vector<llvm::Constant*> DescriptorEmitter::outputs(const ir::Module& model) {
  const auto names = list<ir::Strings>(model.attributes, "outputs");
  const auto losses = list<ir::Strings>(model.attributes, "losses");
  const auto classes = list<ir::Integers>(model.attributes, "label_classes");
  std::vector<llvm::Constant*> outputs;
  for (size_t i = 0; i < names.size(); ++i) {
    outputs.push_back(same_layout<kiln_output>(constants_.structure(
        {constants_.string(names[i]), constants_.string(i < losses.size() ? losses[i] : ""),
         constants_.i64(i < classes.size() ? classes[i] : 0)})));
  }
  return outputs;
}

llvm::Constant* DescriptorEmitter::model(const ir::Module& model, const ModulePlan& plan,
                                         const std::vector<TargetCode>& targets) {
  std::vector<llvm::Constant*> variables;
  for (const ir::Variable& each : model.variables) variables.push_back(variable(each));
  std::vector<llvm::Constant*> functions;
  for (size_t i = 0; i < plan.functions.size(); ++i) {
    std::vector<llvm::Constant*> codes;
    for (const TargetCode& code : targets) codes.push_back(code.run[i]);
    functions.push_back(function(plan.functions[i], codes));
  }
  std::vector<llvm::Constant*> target_table;
  for (const TargetCode& each : targets) target_table.push_back(target(each));
  const std::vector<llvm::Constant*> inputs = this->inputs(model);
  const std::vector<llvm::Constant*> outputs = this->outputs(model);
  return same_layout<kiln_model>(constants_.structure({
      constants_.i32(KILN_ABI_VERSION),
      constants_.string(model.name),
      constants_.string(text(model.attributes, "summary")),
      constants_.i32(static_cast<int64_t>(inputs.size())),
      constants_.array(inputs),
      constants_.i32(static_cast<int64_t>(outputs.size())),
      constants_.array(outputs),
      constants_.i64(integer(model.attributes, "state_bytes")),
      constants_.i32(static_cast<int64_t>(variables.size())),
      constants_.array(variables),
      constants_.i64(static_cast<int64_t>(plan.constants.size())),
      constants_.block(plan.constants),
      constants_.i32(static_cast<int64_t>(functions.size())),
      constants_.array(functions),
      constants_.i32(static_cast<int64_t>(target_table.size())),
      constants_.array(target_table),
  }));
}

}  // namespace

void emit_descriptor(llvm::Module& module, Constants& constants, const ir::Module& model,
                     const ModulePlan& plan, const std::vector<TargetCode>& targets) {
  llvm::Constant* value = DescriptorEmitter(module, constants).model(model, plan, targets);
  new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage, value, "kiln_model");
}

}  // namespace kiln::codegen
