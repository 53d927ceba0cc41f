// What has become of the arguments of compile().
#pragma once

#include "frontend/keras/json/json.h"

namespace kiln::keras::legacy {

/// Rewrites a compile_config, or the training_config of an older file. `old` as in
/// modernize_layer().
void modernize_training(Json& config, bool old);

}  // namespace kiln::keras::legacy
