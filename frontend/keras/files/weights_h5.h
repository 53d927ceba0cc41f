// Keras's .weights.h5 files, which are also the weights inside a .keras archive.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"
#include "runtime/data/npz.h"

namespace kiln::keras {

/// The arguments of Keras's load_weights(): how a layer's weights are found, and whether those that
/// do not fit are an error.
struct LoadingRules {
  bool by_name = false;        ///< layers by their names, in older HDF5 files alone
  bool skip_mismatch = false;  ///< weights that do not fit stay as they are

  bool any() const { return by_name || skip_mismatch; }
};

/// The values of a model's variables, by kiln's names.
struct SavedWeights {
  std::vector<runtime::NamedArray> weights;    ///< "dense/kernel", f32, in Keras's order
  std::vector<runtime::NamedArray> optimizer;  ///< "optimizer/iterations", ..., in Keras's order
  bool has_optimizer = false;                  ///< the optimizer's state is there, all of it
  std::vector<runtime::NamedArray> random_states;  ///< "dropout/seed_generator_state", ...
  std::string note = "";  ///< why the state in the file was passed over; empty: it was not
  std::vector<std::string> left = {};  ///< weights that stay as they are, where rules allow it
};

/// Reads a file for a model: layers by their order and class, as Keras does, not by their names.
/// Layers that are missing or that the model does not have, and other shapes, are errors. The
/// optimizer's state is passed over where the model was not compiled, where the file has none or
/// that of an optimizer that has not trained yet, and, with a note, where it is another
/// optimizer's; it is also passed over under rules.
Expected<SavedWeights> read_weights_h5(const Model& model, const std::string& path);
/// The same from the bytes of such a file; `where` opens the errors.
Expected<SavedWeights> parse_weights_h5(const Model& model, const std::string& where,
                                        std::span<const std::byte> bytes,
                                        const LoadingRules& rules = {});

/// Writes a file that Keras's load_weights() reads, atomically. `weights` and `state` hold all
/// weights and all of the optimizer's variables, in any order; `state` also holds all states of
/// random generators, or none. Without `state`, a model that was compiled gets that of one that has
/// not trained yet.
Status write_weights_h5(const std::string& path, const Model& model,
                        const std::vector<runtime::NamedArray>& weights,
                        const std::vector<runtime::NamedArray>& state);
/// The bytes of that file.
Expected<std::vector<std::byte>> format_weights_h5(const std::string& where, const Model& model,
                                                   const std::vector<runtime::NamedArray>& weights,
                                                   const std::vector<runtime::NamedArray>& state);

}  // namespace kiln::keras
