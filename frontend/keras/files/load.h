// Weights between files and a running model. What a file holds says the format that is read, its
// name the one that is written:
//   .npz         kiln's own, by variable (runtime/model/weights.h)
//   .keras       Keras's archive
//   .weights.h5  Keras's weights
//   .h5, .hdf5   Keras's older files, of whole models or of weights alone, for reading
// Executables read them all, too (runtime/model/keras_weights.h).
#pragma once

#include <string>

#include "frontend/keras/files/weights_h5.h"
#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"
#include "runtime/model/keras_weights.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"

namespace kiln::keras {

using runtime::LoadedWeights;

/// Reads a file into the session of a compiled `model`. All weights must be there and fit; the
/// optimizer's state is taken where the session trains and the file has it. After an error the
/// session is as it was. Rules, for Keras's files, let weights stay as they are, which the note says.
Expected<LoadedWeights> load_weights(runtime::Session& session, const Model& model,
                                     const std::string& path, const LoadingRules& rules = {});

/// Writes the session's weights and its optimizer's state, atomically.
Status save_weights(const runtime::Session& session, const Model& model, const std::string& path);

/// The two for a running model, which must outlive them. Notes go to stderr.
runtime::WeightFiles weight_files(const Model& model, const LoadingRules& rules = {});

}  // namespace kiln::keras
