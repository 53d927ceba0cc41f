// The trained state that an executable carries.
#pragma once

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"

namespace kiln::runtime {

/// Gives the session's variables the values of the checkpoint, which is one of its model.
Expected<LoadedState> load_checkpoint(Session& session, const kiln_checkpoint& checkpoint);

/// Whether it has the optimizer's state, from which training goes on.
bool has_optimizer_state(const kiln_model& model, const kiln_checkpoint& checkpoint);

}  // namespace kiln::runtime
