// Keras's .weights.h5 files, which are also the weights inside a .keras archive.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"
#include "runtime/data/keras/saved_weights.h"
#include "runtime/data/npz.h"

namespace kiln::keras {

using runtime::LoadingRules;
using runtime::SavedWeights;

/// Reads such a file for a model (see runtime::parse_weights_h5()).
Expected<SavedWeights> read_weights_h5(const Model& model, const std::string& path);

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
