#include "ir/module.h"

#include <array>

#include "ir/cloner.h"

namespace kiln::ir {

std::string_view name_of(Role role) {
  constexpr std::array<std::string_view, 4> kNames = {"trainable", "non_trainable", "optimizer",
                                                      "metric"};
  return kNames[static_cast<size_t>(role)];
}

Value* Function::add_argument(Type type, Binding binding) {
  argument_bindings.push_back(std::move(binding));
  return body.add_argument(std::move(type));
}

void Function::add_result(Value* value, Binding binding) {
  std::vector<Value*> results = body.results();
  results.push_back(value);
  body.set_results(std::move(results));
  result_bindings.push_back(std::move(binding));
}

Value* Function::variable_argument(std::string_view variable) const {
  for (size_t i = 0; i < argument_bindings.size(); ++i) {
    const Binding& binding = argument_bindings[i];
    if (binding.is_variable && binding.name == variable) return body.argument(i);
  }
  return nullptr;
}

Function& Module::add_function(std::string name) {
  functions.push_back(std::make_unique<Function>());
  functions.back()->name = std::move(name);
  return *functions.back();
}

Function* Module::function(std::string_view name) const {
  for (const auto& function : functions) {
    if (function->name == name) return function.get();
  }
  return nullptr;
}

Variable* Module::variable(std::string_view name) {
  for (Variable& variable : variables) {
    if (variable.name == name) return &variable;
  }
  return nullptr;
}

const Variable* Module::variable(std::string_view name) const {
  return const_cast<Module*>(this)->variable(name);
}

std::unique_ptr<Function> clone(const Function& function) {
  auto copy = std::make_unique<Function>();
  copy->name = function.name;
  copy->argument_bindings = function.argument_bindings;
  copy->result_bindings = function.result_bindings;
  copy->attributes = function.attributes;
  copy_region(function.body, copy->body);
  return copy;
}

Module clone(const Module& module) {
  Module copy;
  copy.name = module.name;
  copy.variables = module.variables;
  copy.attributes = module.attributes;
  for (const auto& function : module.functions) copy.functions.push_back(clone(*function));
  return copy;
}

}  // namespace kiln::ir
