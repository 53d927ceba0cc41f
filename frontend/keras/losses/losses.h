// Losses by Keras's names: values per row, and what labels they compare with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/json.h"
#include "frontend/keras/layer.h"
#include "runtime/expected.h"

namespace kiln::keras {

/// A loss as a model's compile() takes it. Options that a loss does not have keep their defaults.
struct Loss {
  std::string
      identifier;  ///< as written: "mse", "sparse_categorical_crossentropy", "MeanSquaredError"
  bool from_logits = false;
  double label_smoothing = 0;
  std::string reduction = "sum_over_batch_size";  ///< or "sum"
  std::string name = "";                          ///< of a loss object; empty: the function's

  Loss() = default;
  Loss(const char* identifier) : identifier(identifier) {}
  Loss(std::string identifier) : identifier(std::move(identifier)) {}
};

/// The options of a cross-entropy.
struct CrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0;
};
Loss SparseCategoricalCrossentropy(CrossentropyOptions options = {});
Loss CategoricalCrossentropy(CrossentropyOptions options = {});
Loss BinaryCrossentropy(CrossentropyOptions options = {});
Loss MeanSquaredError();
Loss MeanAbsoluteError();

/// A loss function.
struct LossFunction {
  std::string_view name;        ///< Keras's function: "mean_squared_error"
  std::string_view class_name;  ///< Keras's class: "MeanSquaredError"
  std::string_view alias;       ///< "mse"; empty where there is none
  bool
      integer_labels;  ///< y holds class numbers: i32 in the output's shape less its last dimension
  bool is_crossentropy;  ///< has from_logits
  bool smooths_labels;   ///< has label_smoothing
  /// y: labels; prediction: [batch, ..., n]. Gives [batch, ...]: the last dimension is gone.
  ir::Tensor (*values)(const Loss& loss, ir::Tensor y, const Signal& prediction);
};

/// By function name, class name or alias; null where there is none.
const LossFunction* find_loss(std::string_view identifier);
/// All names that find_loss() knows, for suggestions.
std::vector<std::string_view> loss_names();
/// Whether the loss is known, its options make sense, and it fits an output of that type.
Status check(const Loss& loss, const ir::Type& output);

/// The type of y for a model whose output has that type.
ir::Type label_type(const LossFunction& loss, const ir::Type& output);

/// From a name, or from Keras's object. `where` opens the errors.
Expected<Loss> read_loss(const Json& json, const std::string& where);
Json write_loss(const Loss& loss);

// The functions: y and prediction as in LossFunction::values.
ir::Tensor mean_squared_error(const Loss& loss, ir::Tensor y, const Signal& prediction);
ir::Tensor mean_absolute_error(const Loss& loss, ir::Tensor y, const Signal& prediction);
ir::Tensor binary_crossentropy(const Loss& loss, ir::Tensor y, const Signal& prediction);
ir::Tensor categorical_crossentropy(const Loss& loss, ir::Tensor y, const Signal& prediction);
ir::Tensor sparse_categorical_crossentropy(const Loss& loss, ir::Tensor y,
                                           const Signal& prediction);

/// One-hot rows of y's class numbers: [...] to i1 [..., classes].
ir::Tensor is_class(ir::Tensor y, int64_t classes);

}  // namespace kiln::keras
