// What the tests of Keras's files share: the files that Keras wrote (data/), values, damaged files.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "frontend/keras/model/model.h"
#include "runtime/data/npz.h"
#include "tests/frontend/must.h"

namespace kiln::keras {

/// A file of data/, which make_data.py made with Keras.
std::string data_path(const std::string& name);

/// A path in the test's own folder.
std::string scratch_path(const std::string& name);

std::string read_bytes(const std::string& path);
void write_bytes(const std::string& path, const std::string& bytes);

runtime::Array floats(std::vector<int64_t> dims, const std::vector<float>& values);
runtime::Array integer(int64_t value);

/// Names, types, shapes and all bits.
::testing::AssertionResult same(const std::vector<runtime::NamedArray>& actual,
                                const std::vector<runtime::NamedArray>& expected);

/// The model of data/mlp.keras, as a user would write it.
Model small_mlp(OptimizerChoice optimizer = Adam(0.01));

/// Values 0, 1, 2, ... for the weights of small_mlp(), and for its optimizer's state.
std::vector<runtime::NamedArray> small_weights();
std::vector<runtime::NamedArray> small_adam_state();

}  // namespace kiln::keras
