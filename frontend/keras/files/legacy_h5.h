// Models in HDF5 files, as Keras 1 and 2 saved them by default and Keras 3 still does for names
// that end in .h5: whole ones, or their weights alone (runtime/data/keras/older_h5.h).
#pragma once

#include <string>

#include "frontend/keras/files/archive.h"
#include "frontend/keras/files/weights_h5.h"
#include "runtime/base/expected.h"
#include "runtime/data/keras/saved_weights.h"

namespace kiln::keras {

/// Reads such a file. Layers' weights are found by the layers' order and by that within a layer,
/// not by names, as Keras does.
Expected<SavedModel> read_legacy_h5(const std::string& path);

/// Its definition alone.
Expected<Model> read_legacy_h5_model(const std::string& path);

/// The values in any HDF5 file of Keras's for a model of one's own (see runtime::read_h5_weights()).
/// The state of another optimizer is passed over.
Expected<SavedWeights> read_h5_weights(const Model& model, const std::string& path,
                                       const LoadingRules& rules = {});

/// Reads the state of a model's optimizer. The model must outlive it.
runtime::OlderState older_state(const Model& model, const std::string& path);

}  // namespace kiln::keras
