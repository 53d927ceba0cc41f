// The data a model is trained, tested or run on: finding and reading it by a short description, and
// bringing it into the form that the model's functions take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/data/class_names.h"
#include "runtime/data/examples.h"
#include "runtime/data/npz.h"

namespace kiln::runtime {

/// Arrays by name, whose rows belong together: [examples, ...], all with the same number of rows,
/// at least one. Which of them are inputs and which are labels, adapt() finds by their names.
struct Dataset {
  std::vector<NamedArray> train;
  std::vector<NamedArray> test = {};  ///< a test set, or nothing
  std::string description = "";       ///< "60000 examples of 28x28xu8, 10000 for testing, from DIR"
  /// What adapt() multiplies inputs by; nothing: what their arrays' own scale says.
  std::optional<double> scale = std::nullopt;
  ClassNames classes = {};   ///< by label, where labels are names of classes
  bool digit_files = false;  ///< read from IDX files by MNIST's names

  /// The arrays of plain data: those called x and y; without storage where there is none.
  Array x() const { return array(train, "x"); }
  Array y() const { return array(train, "y"); }
  Array test_x() const { return array(test, "x"); }
  Array test_y() const { return array(test, "y"); }

 private:
  static Array array(const std::vector<NamedArray>& arrays, const char* name) {
    const Array* found = find_array(arrays, name);
    return found == nullptr ? Array{} : *found;
  }
};

/// Reads the data that `spec` names:
///   digits[:train=N,test=N,seed=S]  the built-in generator of 28x28 digit images (see digits.h),
///                                   bytes that mean 0..1; bytes of files mean themselves
///   DIR                             IDX files by MNIST's names, with or without .gz, both pairs or
///                                   one; or .npy files, each an array called as the file
///   X.npy,Y.npy                     examples and labels
///   X.npy                           examples alone, for predict
///   FILE.npz[:x=NAME,y=NAME,...]    arrays by their names; or those that are named alone, the
///                                   array NAME as x, y, an input, an output, sample_weight
///   FILE.csv[:label=NAME,header=yes|no]  numbers; the label is the column NAME, else the last one;
///                                   also label=first, label=last, label=none. Whether the first
///                                   line names the columns can be said (see csv.h)
/// Arrays of .npz files and directories whose names end in _train are the training set, those in
/// _test the test set; the ending is taken off. Without such endings all are the training set.
Expected<Dataset> load_dataset(const std::string& spec);

/// The arrays of an .npz file, or of a directory of .npy files, whose names begin with `prefix`;
/// none where `spec` names something else. Other arrays are not read.
Expected<std::vector<NamedArray>> load_arrays(const std::string& spec, const std::string& prefix);

/// The examples for a model.
struct ModelData {
  Examples train;
  Examples test;  ///< empty: there is no test set
};

/// Finds each of the model's inputs and labels among the arrays and makes it what train_step,
/// test_step or predict_step takes: numbers multiplied by the scale of the data, where they are no
/// ids, and converted, rows reshaped where the number of elements agrees, ids checked to be in
/// [0, index_limit) and labels in [0, label_classes). An input is called as the model calls it, or x
/// where it is the only one, or x_0, x_1, ...; labels likewise, with y; sample weights sample_weight
/// for all outputs, or sample_weight_OUTPUT. Data without any labels stays without. Appends a line to `notes` for each
/// thing done (notes may be null). Anything else is a Diagnostic that names the array and the row,
/// where there is one, and what to do.
Expected<ModelData> adapt(const Dataset& data, const kiln_model& model, std::string* notes);

}  // namespace kiln::runtime
