#include "frontend/keras/lower/lower_variables.h"

#include "frontend/keras/lower/initial_values.h"
#include "frontend/keras/lower/step.h"

namespace kiln::keras {

using ir::Tensor;

void Variables::declare(std::string name, ir::Type type, ir::Role role, Initializer initializer,
                        const std::string& part) {
  module_.variables.push_back(
      {std::move(name), std::move(type), role, {}, module_.name + "/" + part});
  initializers_.push_back(std::move(initializer));
}

void Variables::add_init() const {
  StepBuilder step(module_.add_function("init"), module_, module_.name);
  const Tensor seed = step.input("seed", {ir::ElementType::i64, {}});
  for (size_t i = 0; i < module_.variables.size(); ++i) {
    const ir::Variable& variable = module_.variables[i];
    step.builder().set_location(variable.location + "/init");
    Tensor state;
    if (is_random(initializers_[i])) {
      ir::Literal index({ir::ElementType::i64, {1}});
      index.set_int(0, static_cast<int64_t>(i));
      state = ir::concatenate({reshape(seed, {1}), step.builder().constant(std::move(index))}, 0);
    }
    step.assign(variable.name,
                initial_value(step.builder(), initializers_[i], variable.type, state));
  }
  step.finish();
}

Initializer constant_initializer(double value) {
  Initializer initializer("Constant");
  initializer.rule = ConstantRule{value};
  return initializer;
}

}  // namespace kiln::keras
