// Examples as a model takes them, and where in a step's inputs they go.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Arrays whose rows belong together: row i of each is example i.
struct Examples {
  std::vector<Array> x;               ///< one for each of the model's inputs
  std::vector<Array> y;               ///< one for each output with a loss; empty: no labels
  std::vector<Array> sample_weights;  ///< f32, one for each of y; empty: every example counts 1

  Examples() = default;
  /// Of a model with one input and one output. A y without storage: no labels.
  Examples(Array x, Array y);

  bool empty() const { return x.empty() || x[0].storage == nullptr; }
  int64_t rows() const { return x.empty() ? 0 : x[0].rows(); }
  Examples slice_rows(int64_t begin, int64_t end) const;
};

/// The inputs of one of the model's functions by what they are for; see kiln_function. A step
/// that takes no labels or no sample weights has none here.
struct StepInputs {
  std::span<const kiln_tensor> x, y, sample_weights;
};

/// Errors: a function that takes something else.
Expected<StepInputs> step_inputs(const kiln_model& model, const kiln_function& function);

/// Whether rows of these shapes are the same, axes of size 1 aside.
bool same_rows(std::span<const int64_t> a, std::span<const int64_t> b);

/// Whether the function's first inputs take these arrays' rows.
bool takes_rows(const kiln_function& function, const std::vector<Array>& x);

/// The function `name` for inputs of these rows. A model that is compiled for several shapes of its
/// inputs has one for each: NAME for the first, NAME.8x2 for another (see
/// LowerOptions::further_shapes). Where none takes these rows it is the first, whose checks say so;
/// null: there is no such function.
const kiln_function* find_step(const kiln_model& model, std::string_view name,
                               const std::vector<Array>& x);

/// The outputs that have a loss, in order: what labels are for.
std::vector<const kiln_output*> labelled_outputs(const kiln_model& model);

}  // namespace kiln::runtime
