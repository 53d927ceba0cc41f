// Models in HDF5 files, as Keras 1 and 2 saved them by default and Keras 3 still does for names
// that end in .h5: whole ones, or their weights alone.
// Source: keras/src/legacy/saving/legacy_h5_format.py of Keras 3.15.
//
//   attribute model_config     the definition, in JSON
//   attribute training_config  the arguments of compile(), in JSON; absent where it was not called
//   model_weights/LAYER        its attribute weight_names lists the layer's arrays below it,
//                              trainable ones first
//   optimizer_weights          the same for the optimizer's variables
//   attribute keras_version    by which Keras; absent: the first
// A file of weights alone has at its root what model_weights has.
#pragma once

#include <string>

#include "frontend/keras/files/archive.h"
#include "frontend/keras/files/weights_h5.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Reads such a file. Layers' weights are found by the layers' order and by that within a layer,
/// not by names, as Keras does.
Expected<SavedModel> read_legacy_h5(const std::string& path);

/// Its definition alone.
Expected<Model> read_legacy_h5_model(const std::string& path);

/// The values in any HDF5 file of Keras's for a model of one's own: of a .weights.h5, of weights
/// alone, or of a whole model, whose definition is not looked at. The state of another optimizer is
/// passed over. By `rules`, layers are found by their names, and weights that do not fit are left.
Expected<SavedWeights> read_h5_weights(const Model& model, const std::string& path,
                                       const LoadingRules& rules = {});

}  // namespace kiln::keras
