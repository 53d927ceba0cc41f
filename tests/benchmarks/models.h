// The models that benchmarks measure, and what they are measured at.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"

namespace kiln::benchmarks {

struct BenchmarkModel {
  std::string_view name;
  keras::Model (*make)();
  // Rows of a call where no one says how many.
  std::vector<int64_t> train_batches;
  std::vector<int64_t> predict_batches;
};

/// The examples, and larger models that stand for a kind each.
std::span<const BenchmarkModel> benchmark_models();

/// The benchmark's model of that name, or a file's (.json, .keras) with batches of 32; or what
/// names there are.
struct NamedModel {
  std::string name;
  keras::Model model;
  std::vector<int64_t> train_batches = {32};  ///< none: it was not compiled for training
  std::vector<int64_t> predict_batches = {1, 32};
};
Expected<NamedModel> model_named(const std::string& name);

}  // namespace kiln::benchmarks
