// Two models as the compiler would describe them, with step functions written by hand, so that the
// runtime is tested without the compiler.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/abi.h"

namespace kiln::runtime {

/// A linear regression y = x·kernel + bias, trained by gradient descent with momentum on the mean
/// squared error. x: [4, 2] f32, y: [4, 1] f32. Variables linear/kernel [2, 1], linear/bias [1],
/// the optimizer's iterations, learning_rate and sgd/kernel_momentum, three counters. Reports loss
/// and, though the table lists it later, absolute_error.
const kiln_model& fake_regression();

/// A classifier that knows three classes and learns nothing: x: [4, 2] f32, y: [4] i32; the score
/// of class 0 is x0, that of class 1 x1, that of class 2 is 0.5. Reports loss (the share of errors)
/// and accuracy.
const kiln_model& fake_classifier();

/// One call of train_step or test_step of fake_regression.
struct FakeCall {
  std::string function;
  int32_t count;
  std::vector<float> x;  ///< all 8 values, padding included
  std::vector<float> y;  ///< all 4
};

/// The calls since the test cleared it.
std::vector<FakeCall>& fake_calls();

constexpr int64_t kFakeBatch = 4;
constexpr float kFakeLearningRate = 0.05f;
constexpr float kFakeMomentum = 0.5f;

}  // namespace kiln::runtime
