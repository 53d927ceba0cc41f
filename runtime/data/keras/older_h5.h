// Weights in HDF5 files as Keras 1 and 2 saved them by default and Keras 3 still does for names
// that end in .h5: those of whole models, or alone.
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
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/data/hdf5/reader.h"
#include "runtime/data/keras/saved_layout.h"
#include "runtime/data/keras/saved_weights.h"

namespace kiln::runtime {

/// Whether a file has weights, in a whole model or alone.
bool has_older_weights(const Hdf5Contents& contents);
/// How many variables of an optimizer it has.
size_t count_older_state(const Hdf5Contents& contents);

/// The texts of a group's attribute; none: there is no such one.
std::vector<std::string> texts_of(const Hdf5Contents& contents, const std::string& group,
                                  const std::string& name);

/// The weights of such a file: layers are found by their order and by that within a layer, not by
/// names, as Keras does. By `rules`, by their names, and weights that do not fit are left. `where`
/// opens the errors.
Expected<SavedWeights> parse_older_weights(const SavedLayout& layout, const std::string& where,
                                           const Hdf5Contents& contents,
                                           const LoadingRules& rules = {});

/// Adds the optimizer's variables of such a file to `result`, if they are these in this order.
Status read_older_state(const Hdf5Contents& contents, const std::vector<SavedVariable>& variables,
                        const std::string& where, std::vector<NamedArray>& result);

}  // namespace kiln::runtime
