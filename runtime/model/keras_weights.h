// A session's weights from Keras's files, and from .npz.
#pragma once

#include <string>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/data/keras/saved_layout.h"
#include "runtime/data/keras/saved_weights.h"
#include "runtime/model/file_layout.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"

namespace kiln::runtime {

/// What the compiler wrote of the layout of Keras's files.
SavedLayout read_file_layout(const kiln_model& model, const kiln_file_layout& files);

/// What load_saved_weights() found.
struct LoadedWeights {
  LoadedState state;
  /// A sentence for the user where the file's state was passed over, or empty.
  std::string note = "";
};

/// Gives a session the values that a file, `path`, held for it. All weights must be there and fit
/// but those that were left; the optimizer's state is taken where the session trains. After an
/// error the session is as it was.
Expected<LoadedWeights> assign_saved(Session& session, const SavedWeights& saved,
                                     const std::string& path);

/// Reads and assigns: a .keras archive, an HDF5 file of Keras's, or else an .npz.
Expected<LoadedWeights> load_saved_weights(Session& session, const SavedLayout& layout,
                                           const std::string& path, const LoadingRules& rules = {},
                                           const OlderState& state = {});

/// The error for a file of weights of which neither bytes nor name say what it is.
Diagnostic unknown_kind(const std::string& path);

/// Says what the file's state was passed over for, on stderr; nothing where the note is empty.
void print_note(const std::string& path, const LoadedWeights& loaded);

/// The files of an executable with this layout: it reads all kinds, and writes .npz.
WeightFiles weight_files(const kiln_model& model, const kiln_file_layout& files);

}  // namespace kiln::runtime
