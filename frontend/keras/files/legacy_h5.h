// Whole models in HDF5 files, as Keras 2 saved them by default and Keras 3 still does for names
// that end in .h5. Source: keras/src/legacy/saving/legacy_h5_format.py of Keras 3.15.
//
//   attribute model_config     the definition, in JSON
//   attribute training_config  the arguments of compile(), in JSON; absent where it was not called
//   model_weights/LAYER        its attribute weight_names lists the layer's arrays below it,
//                              trainable ones first
//   optimizer_weights          the same for the optimizer's variables
#pragma once

#include <string>

#include "frontend/keras/files/archive.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Whether the name says that the file is one.
bool is_legacy_h5(const std::string& path);

/// Reads such a file. Layers' weights are found by the layers' order and by that within a layer,
/// not by names, as Keras does.
Expected<SavedModel> read_legacy_h5(const std::string& path);

/// Its definition alone.
Expected<Model> read_legacy_h5_model(const std::string& path);

}  // namespace kiln::keras
