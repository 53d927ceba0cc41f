// Weights and optimizer state in .npz files: one array a variable, by its name.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/model/session.h"

namespace kiln::runtime {

/// What save_weights puts into the file.
enum class SaveState {
  kWeights,  ///< what model.get_weights() gives
  /// And the optimizer's slots and the states of random generators, so that training resumes where
  /// it stopped.
  kWeightsAndOptimizer,
};

/// What load_weights found.
struct LoadedState {
  bool optimizer = false;                       ///< the optimizer's slots, too
  std::vector<const kiln_variable*> variables;  ///< all that were set

  /// Counts a variable that was set.
  void add(const kiln_variable& variable) {
    variables.push_back(&variable);
    optimizer = optimizer || variable.role == KILN_OPTIMIZER;
  }
};

/// Writes the session's variables to `path`, atomically. A weight's entry has the variable's name,
/// "dense/kernel"; an optimizer's slot has it after "optimizer/". Metrics are not saved.
Status save_weights(const Session& session, const std::string& path, SaveState what);

/// Reads what save_weights wrote into the session: all weights, and, when the file has them and the
/// model trains, the optimizer's slots and the states of random generators. Weights that are
/// missing, that the model does not have, or that have another shape or type are errors, after
/// which the session is as it was.
Expected<LoadedState> load_weights(Session& session, const std::string& path);

/// How weights get from and to files: .npz, or as keras_weights.h and the compiler have it.
struct WeightFiles {
  std::function<Expected<LoadedState>(Session& session, const std::string& path)> load =
      load_weights;
  std::function<Status(const Session& session, const std::string& path, SaveState what)> save =
      save_weights;
  std::vector<std::string> endings = {".npz"};  ///< of the files that save() writes

  /// Whether save() knows the file by its ending.
  Status check_path(const std::string& path) const;
};

}  // namespace kiln::runtime
