// A saved model in the interpreter, where it can predict and train.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "frontend/keras/files/archive.h"
#include "ir/interpreter.h"
#include "ir/module.h"
#include "runtime/base/array.h"

namespace kiln::keras {

class Running {
 public:
  Running(const SavedModel& saved, int64_t batch);

  /// Of a model with one input and one output.
  ir::Literal predict(const runtime::Array& x);
  /// All outputs, of the inputs in the model's order.
  std::vector<ir::Literal> predict_all(const std::vector<runtime::Array>& x);
  void train(const runtime::Array& x, const runtime::Array& y);
  const ir::Literal& variable(const std::string& name) const { return variables_.at(name); }

 private:
  int64_t batch_;
  std::vector<std::string> inputs_, outputs_;
  ir::Module module_;
  ir::Environment variables_;
};

::testing::AssertionResult near(const ir::Literal& actual, const runtime::Array& expected,
                                double tolerance);

}  // namespace kiln::keras
