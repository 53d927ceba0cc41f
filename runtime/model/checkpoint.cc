#include "runtime/model/checkpoint.h"

namespace kiln::runtime {

Expected<LoadedState> load_checkpoint(Session& session, const kiln_checkpoint& checkpoint) {
  LoadedState loaded;
  const std::span<const kiln_variable> variables = variables_of(session.model());
  for (size_t i = 0; i < variables.size(); ++i) {
    if (checkpoint.values[i] == nullptr) continue;
    KILN_TRY(session.set_value(variables[i], checkpoint.values[i]));
    loaded.add(variables[i]);
  }
  return loaded;
}

bool has_optimizer_state(const kiln_model& model, const kiln_checkpoint& checkpoint) {
  const std::span<const kiln_variable> variables = variables_of(model);
  for (size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].role == KILN_OPTIMIZER && checkpoint.values[i] != nullptr) return true;
  }
  return false;
}

}  // namespace kiln::runtime
