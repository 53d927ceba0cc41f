// Lowering of what a model remembers: its variables, and the function `init` that starts them.
#pragma once

#include <string>
#include <vector>

#include "frontend/keras/functions/initializers.h"
#include "ir/module.h"

namespace kiln::keras {

/// A module's variables while they are declared, with what each starts from.
class Variables {
 public:
  /// The module has no variables yet.
  explicit Variables(ir::Module& module) : module_(module) {}

  const ir::Module& module() const { return module_; }
  /// `part` is the part of the model that it is for, for locations: "dense", "optimizer".
  void declare(std::string name, ir::Type type, ir::Role role, Initializer initializer,
               const std::string& part);
  /// Appends init(seed), which gives every variable its first value: each random one a stream of
  /// its own.
  void add_init() const;

 private:
  ir::Module& module_;
  std::vector<Initializer> initializers_;  ///< by variable
};

/// The initializer that puts a number into every element.
Initializer constant_initializer(double value);

}  // namespace kiln::keras
