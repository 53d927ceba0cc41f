// Losses by Keras's names: values per row, and what labels they compare with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/functions/signal.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/reference.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// The options of Circle.
struct CircleOptions {
  double gamma = 80;
  double margin = 0.4;
  bool remove_diagonal = true;  ///< no row is a pair with itself
};

/// A loss as a model's compile() takes it. Options that a loss does not have keep their defaults.
struct Loss {
  std::string
      identifier;  ///< as written: "mse", "sparse_categorical_crossentropy", "MeanSquaredError"
  bool from_logits = false;
  double label_smoothing = 0;
  std::optional<int64_t> ignore_class = {};  ///< labels of this class count for nothing
  double delta = 1;                          ///< Huber: where the square becomes a line
  double alpha = 0.25, gamma = 2;            ///< of focal losses; Tversky's alpha is 0.5
  double beta = 0.5;                         ///< of Tversky
  bool apply_class_balancing = false;        ///< binary focal: weighs classes by alpha
  CircleOptions circle = {};
  double q = 0.5;                                 ///< of the generalized cross-entropy, in (0, 1)
  std::string reduction = "sum_over_batch_size";  ///< or "sum", "mean", "mean_with_sample_weight"
  std::string name = "";                          ///< of a loss object; empty: the function's

  Loss() = default;
  Loss(const char* identifier) : Loss(std::string(identifier)) {}
  Loss(std::string identifier);
};

/// The options of a cross-entropy.
struct CrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0;
  std::optional<int64_t> ignore_class = {};  ///< of the sparse one
};
Loss SparseCategoricalCrossentropy(CrossentropyOptions options = {});
Loss CategoricalCrossentropy(CrossentropyOptions options = {});
Loss BinaryCrossentropy(CrossentropyOptions options = {});

struct FocalOptions {
  double alpha = 0.25;
  double gamma = 2;
  bool from_logits = false;
  double label_smoothing = 0;
  bool apply_class_balancing = false;  ///< of the binary one
};
Loss BinaryFocalCrossentropy(FocalOptions options = {});
Loss CategoricalFocalCrossentropy(FocalOptions options = {});

Loss MeanSquaredError();
Loss MeanAbsoluteError();
Loss MeanAbsolutePercentageError();
Loss MeanSquaredLogarithmicError();
Loss Huber(double delta = 1);
Loss LogCosh();
Loss CosineSimilarity();
Loss Hinge();
Loss SquaredHinge();
Loss CategoricalHinge();
Loss KLDivergence();
Loss Poisson();
Loss Dice();
Loss CategoricalGeneralizedCrossEntropy(double q = 0.5);
Loss Tversky(double alpha = 0.5, double beta = 0.5);
Loss CTC();
Loss Circle(CircleOptions options = {});

/// What a loss says of a batch.
struct LossValues {
  ir::Tensor values;  ///< [batch, ...], the last dimension is gone; a scalar where joins_rows
  ir::Tensor valid;   ///< i1 like values: which of them count; null: all
};

/// A loss function.
struct LossFunction {
  std::string_view name;         ///< Keras's function: "mean_squared_error"
  std::string_view class_name;   ///< Keras's class: "MeanSquaredError"
  std::string_view alias;        ///< "mse", also in capitals; empty where there is none
  std::string_view object_name;  ///< of a loss object without a name of its own
  std::string_view meaning;      ///< for the reference
  /// The options that its class has besides name and reduction, in Keras's order.
  OptionList (*options)(Loss& loss);
  /// y: labels; prediction: [batch, ..., n]. Null where `values_among` is there.
  LossValues (*values)(const Loss& loss, ir::Tensor y, const Signal& prediction);
  bool integer_labels = false;  ///< y: class numbers, i32 in the output's shape less the last
  /// The value is of all rows together: padding must be zero in y and prediction.
  bool joins_rows = false;
  /// Of a loss that compares each row with the others. real: i1 [batch], which rows are no padding.
  LossValues (*values_among)(const Loss& loss, ir::Tensor y, const Signal& prediction,
                             ir::Tensor real) = nullptr;
  /// The dimensions of the output, where it must have so many.
  int64_t output_rank = 0;
  /// A row has one value for all its time steps; labels that are fewer end in zeros.
  bool whole_sequences = false;

  /// The one of both functions that is there.
  LossValues values_of(const Loss& loss, ir::Tensor y, const Signal& prediction,
                       ir::Tensor real) const {
    return values_among ? values_among(loss, y, prediction, real) : values(loss, y, prediction);
  }
  bool has(std::string_view option) const;
  /// The options of a loss, or of the metric of the same name, besides those that all have.
  OptionList option_list(Loss& loss) const;
};

/// By function name, class name or alias; null where there is none.
const LossFunction* find_loss(std::string_view identifier);
/// All names that find_loss() knows, for suggestions.
std::vector<std::string_view> loss_names();
/// Whether the loss is known, its options make sense, and it fits an output of that type.
Status check(const Loss& loss, const ir::Type& output);

/// The type of y for a model whose output has that type.
ir::Type label_type(const LossFunction& loss, const ir::Type& output);

/// y holds integers in [0, classes); 0: it is compared as it is, or an ignored class may be any.
int64_t label_classes(const Loss& loss, const ir::Type& output);

/// From a name, or from Keras's object. `where` opens the errors.
Expected<Loss> read_loss(const Json& json, const std::string& where);
/// A loss that is named by its function has no options in Keras's files.
Json write_loss(const Loss& loss, ConfigKind kind = ConfigKind::file);

/// Every class with its options.
std::vector<ClassReference> loss_reference();

// The functions: y and prediction as in LossFunction::values.
LossValues binary_crossentropy(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues binary_focal_crossentropy(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues categorical_crossentropy(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues categorical_focal_crossentropy(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues sparse_categorical_crossentropy(const Loss& loss, ir::Tensor y,
                                           const Signal& prediction);
LossValues categorical_generalized_cross_entropy(const Loss& loss, ir::Tensor y,
                                                 const Signal& prediction);
LossValues mean_squared_error(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues mean_absolute_error(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues mean_absolute_percentage_error(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues mean_squared_logarithmic_error(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues huber(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues log_cosh(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues cosine_similarity(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues hinge(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues squared_hinge(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues categorical_hinge(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues kl_divergence(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues poisson(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues dice(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues tversky(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues ctc(const Loss& loss, ir::Tensor y, const Signal& prediction);
LossValues circle(const Loss& loss, ir::Tensor y, const Signal& prediction, ir::Tensor real);

/// One-hot rows of y's class numbers: [...] to i1 [..., classes].
ir::Tensor is_class(ir::Tensor y, int64_t classes);

}  // namespace kiln::keras
