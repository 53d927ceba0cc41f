// Keras's .keras archives: a zip file of the model's definition, its weights and its optimizer's
// state.
#pragma once

#include <string>
#include <vector>

#include "frontend/keras/files/weights_h5.h"
#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"
#include "runtime/data/npz.h"

namespace kiln::keras {

/// What an archive holds.
struct SavedModel {
  Model model;                                 ///< compiled, where the archive's was
  std::vector<runtime::NamedArray> weights;    ///< "dense/kernel", f32, in Keras's order
  std::vector<runtime::NamedArray> optimizer;  ///< "optimizer/iterations", ..., in Keras's order
  /// The optimizer's state is there, so that training goes on where it stopped. False: `optimizer`
  /// is empty; the model was not compiled, or had not trained yet.
  bool has_optimizer = false;
};

/// Reads an archive that Keras 3 or kiln wrote.
Expected<SavedModel> read_archive(const std::string& path);

/// Its definition alone.
Expected<Model> read_archive_model(const std::string& path);

/// The values in an archive, for a model of one's own: what load_weights() of Keras reads. Its
/// definition is not looked at.
Expected<SavedWeights> read_archive_weights(const Model& model, const std::string& path);

/// Writes an archive that Keras's load_model() reads, atomically; the same model and values give
/// the same bytes. `weights` and `optimizer` are as in write_weights_h5().
Status write_archive(const std::string& path, const Model& model,
                     const std::vector<runtime::NamedArray>& weights,
                     const std::vector<runtime::NamedArray>& optimizer = {});

}  // namespace kiln::keras
