// A model of sequences as a model of one time step after the other.
#pragma once

#include <cstdint>

#include "frontend/keras/model/model.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln {

/// Time steps of inputs that leave their number open, where the two are compared.
inline constexpr int64_t kComparedSteps = 7;

/// The same layers, with the same weights, for inputs [batch, 1, ...]: recurrent layers keep their
/// states from call to call. Errors: an input without time steps, a layer that begins at the
/// sequence's end.
Expected<keras::Model> streaming_model(const keras::Model& model, int64_t batch);

/// Runs the model over a sequence at once (`whole`, predict_step of [batch, steps, ...]) and step by
/// step (`stepwise`, of [batch, 1, ...]) with the same weights and inputs, drawn from a fixed seed.
/// An error where the outputs differ: some layer looks at several steps in another way than by a
/// state.
Status check_streaming(const ir::Module& whole, const ir::Module& stepwise);

}  // namespace kiln
