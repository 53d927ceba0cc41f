// Regularizers: what a weight or a layer's output adds to the loss, by Keras's names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/json/json.h"
#include "frontend/keras/options/reference.h"
#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// L1: l1 * sum |x|; L2: l2 * sum x^2; L1L2: both; OrthogonalRegularizer: factor times the mean
/// absolute cosine between two different rows (or columns) of a matrix.
struct Regularizer {
  std::string class_name = "";  ///< Keras's; empty: none
  double l1 = 0, l2 = 0;
  double factor = 0.01;
  std::string mode = "rows";  ///< or "columns"

  Regularizer() = default;
  /// By Keras's name, with its defaults: "L2" or "l2".
  Regularizer(const char* name) : Regularizer(std::string_view(name)) {}
  Regularizer(std::string_view name);
  explicit operator bool() const { return !class_name.empty(); }
  /// Of its class, in Keras's order.
  OptionList option_list();
};

Regularizer L1(double l1 = 0.01);
Regularizer L2(double l2 = 0.01);
Regularizer L1L2(double l1 = 0, double l2 = 0);
Regularizer OrthogonalRegularizer(double factor = 0.01, std::string mode = "rows");

/// Whether the name is known, the factors make sense, and it applies to a tensor of that shape.
Status check(const Regularizer& regularizer, const ir::Shape& shape);

/// The f32 scalar that x adds to the loss. The regularizer is not none.
ir::Tensor penalty(const Regularizer& regularizer, ir::Tensor x);

/// From a name, or from Keras's object; none from null. `where` opens the errors.
Expected<Regularizer> read_regularizer(const Json& json, const std::string& where);
/// Null for none.
Json write_regularizer(const Regularizer& regularizer);

/// Every class with its options.
std::vector<ClassReference> regularizer_reference();

/// As an option.
const ObjectKind& object_kind(const Regularizer*);

}  // namespace kiln::keras
