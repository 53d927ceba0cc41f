// The data a model is trained, tested or run on: finding and reading it by a short description, and
// bringing it into the form that the model's functions take.
#pragma once

#include <optional>
#include <string>

#include "runtime/abi.h"
#include "runtime/array.h"
#include "runtime/expected.h"

namespace kiln::runtime {

/// Examples (x) with their labels (y), and perhaps a test set. Rows of x and y belong together:
/// x: [examples, ...], y: [examples] or [examples, ...]. All arrays have at least one row.
struct Dataset {
  Array x;
  Array y;  ///< no storage (has_labels() is false) where the data has none
  std::optional<Array> test_x;
  std::optional<Array> test_y;
  std::string description;  ///< "60000 examples of 28x28xu8, 10000 for testing, from DIR"

  bool has_labels() const { return y.storage != nullptr; }
};

/// Reads the data that `spec` names:
///   digits[:train=N,test=N,seed=S]  the built-in generator of 28x28 digit images (see digits.h)
///   DIR                             IDX files by MNIST's names, with or without .gz; both pairs,
///   or one X.npy,Y.npy                     examples and labels X.npy examples alone, for predict
///   FILE.npz                        arrays x, y or x_train, y_train, x_test, y_test
///   FILE.csv[:label=NAME]           numbers; the label is the column NAME, else the last one; also
///                                   label=first, label=last, label=none
Expected<Dataset> load_dataset(const std::string& spec);

/// Makes x and y what the model's train_step, test_step or predict_step takes: bytes scaled from
/// 0..255 to 0..1, other numbers converted, rows reshaped where the number of elements agrees,
/// labels checked to be in [0, label_classes) and shaped. Appends a line to `notes` for each thing
/// done (notes may be null). Anything else is a Diagnostic that names the row, where there is one,
/// and what to do.
Expected<Dataset> adapt(Dataset data, const kiln_model& model, std::string* notes);

}  // namespace kiln::runtime
