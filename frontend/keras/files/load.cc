#include "frontend/keras/files/load.h"

#include <utility>
#include <vector>

#include "frontend/keras/files/archive.h"
#include "frontend/keras/files/layout.h"
#include "frontend/keras/files/legacy_h5.h"
#include "frontend/keras/files/weights_h5.h"
#include "runtime/data/npz.h"

namespace kiln::keras {
namespace {

using runtime::NamedArray;
using runtime::Session;

Status add_value(std::vector<NamedArray>& arrays, const Session& session,
                 const kiln_variable& variable) {
  KILN_ASSIGN(runtime::Array value, session.value(variable));
  arrays.push_back({variable.tensor.name, std::move(value)});
  return ok();
}

}  // namespace

Expected<LoadedWeights> load_weights(Session& session, const Model& model, const std::string& path,
                                     const LoadingRules& rules) {
  KILN_ASSIGN(const SavedLayout layout, saved_layout(model));
  return runtime::load_saved_weights(session, layout, path, rules, older_state(model, path));
}

Status save_weights(const Session& session, const Model& model, const std::string& path) {
  if (path.ends_with(".npz"))
    return runtime::save_weights(session, path, runtime::SaveState::kWeightsAndOptimizer);
  const bool archive = path.ends_with(".keras");
  if (!archive && !path.ends_with(".weights.h5")) return runtime::unknown_kind(path);
  std::vector<NamedArray> weights, state;
  for (const kiln_variable* variable : session.weights())
    KILN_TRY(add_value(weights, session, *variable));
  for (const kiln_variable& variable : runtime::variables_of(session.model())) {
    const bool is_state = variable.role == KILN_OPTIMIZER || variable.role == KILN_RANDOM_STATE;
    if (is_state && model.compile_options) KILN_TRY(add_value(state, session, variable));
  }
  return archive ? write_archive(path, model, weights, state)
                 : write_weights_h5(path, model, weights, state);
}

runtime::WeightFiles weight_files(const Model& model, const LoadingRules& rules) {
  runtime::WeightFiles files;
  files.endings = {".keras", ".npz", ".weights.h5"};
  files.load = [&model, rules](Session& session,
                               const std::string& path) -> Expected<runtime::LoadedState> {
    KILN_ASSIGN(LoadedWeights loaded, load_weights(session, model, path, rules));
    runtime::print_note(path, loaded);
    return std::move(loaded.state);
  };
  files.save = [&model](const Session& session, const std::string& path, runtime::SaveState what) {
    if (path.ends_with(".npz")) return runtime::save_weights(session, path, what);
    return save_weights(session, model, path);
  };
  return files;
}

}  // namespace kiln::keras
