// The values of a model's variables in Keras's files: .weights.h5, which are also the weights
// inside a .keras archive, and HDF5 files of Keras 1 and 2 (older_h5.h).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/data/hdf5/reader.h"
#include "runtime/data/keras/saved_layout.h"
#include "runtime/data/npz.h"

namespace kiln::runtime {

/// The arguments of Keras's load_weights(): how a layer's weights are found, and whether those that
/// do not fit are an error.
struct LoadingRules {
  bool by_name = false;        ///< layers by their names, in older HDF5 files alone
  bool skip_mismatch = false;  ///< weights that do not fit stay as they are

  bool any() const { return by_name || skip_mismatch; }
};

/// The values of a model's variables, by kiln's names.
struct SavedWeights {
  std::vector<NamedArray> weights;        ///< "dense/kernel", f32, in Keras's order
  std::vector<NamedArray> optimizer;      ///< "optimizer/iterations", ..., in Keras's order
  bool has_optimizer = false;             ///< the optimizer's state is there, all of it
  std::vector<NamedArray> random_states;  ///< "dropout/seed_generator_state", ...
  std::string note = "";  ///< why the state in the file was passed over; empty: it was not
  std::vector<std::string> left = {};  ///< weights that stay as they are, where rules allow it
};

/// The note that a file's state was passed over: it "is that of another optimizer", or the like.
std::string passed_over(const std::string& mismatch);

/// The optimizer's variables of an older file; where they are not for this model, why not; neither
/// where it has not trained yet.
struct OlderOptimizer {
  std::vector<NamedArray> variables;
  std::string mismatch = "";  ///< "is that of another optimizer"
};
/// Reads them; their order is that of what wrote the file, so it needs the file's definition.
using OlderState = std::function<OlderOptimizer(const Hdf5Contents& contents)>;

/// What kind of file a file of weights is: by what it holds; what holds none of them is what its
/// name says, and an error.
enum class SavedKind { kHdf5, kArchive, kNpz, kUnknown };
SavedKind saved_kind(const std::string& path);

/// Reads a .weights.h5 file for a model: layers by their order and class, as Keras does, not by
/// their names. Layers that are missing or that the model does not have, and other shapes, are
/// errors. The optimizer's state is passed over where the model was not compiled, where the file
/// has none or that of an optimizer that has not trained yet, and, with a note, where it is another
/// optimizer's; it is also passed over under rules. `where` opens the errors.
Expected<SavedWeights> parse_weights_h5(const SavedLayout& layout, const std::string& where,
                                        const Hdf5Contents& contents,
                                        const LoadingRules& rules = {});

/// The same from an archive, whose definition is not looked at.
Expected<SavedWeights> read_archive_weights(const SavedLayout& layout, const std::string& path,
                                            const LoadingRules& rules = {});

/// The same from any HDF5 file of Keras's: a .weights.h5, weights alone, or a whole model of an
/// older Keras, whose definition is not looked at. Without `state` the optimizer's in such a file
/// is passed over, with a note as above.
Expected<SavedWeights> read_h5_weights(const SavedLayout& layout, const std::string& path,
                                       const LoadingRules& rules = {},
                                       const OlderState& state = {});

}  // namespace kiln::runtime
