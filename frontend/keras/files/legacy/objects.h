// What has become of the objects that are options: initializers, regularizers, constraints,
// activations.
#pragma once

#include "frontend/keras/json/json.h"

namespace kiln::keras::legacy {

void modernize_initializer(Json& initializer);
void modernize_regularizer(Json& regularizer);
void modernize_constraint(Json& constraint);
/// `old`: Keras 1 or 2 means it.
void modernize_activation(Json& activation, bool old);

}  // namespace kiln::keras::legacy
