// Files of Keras 1 and 2 in today's words. Everything else reads Keras 3's configs alone: this room
// turns older ones into those, by tables, before anything else sees them.
// Sources: keras/src/legacy/ of Keras 3.15; tf_keras 2.21; keras/legacy/interfaces.py of Keras 2.2,
// which lists what Keras 1 called its options.
#pragma once

#include <string_view>

#include "frontend/keras/json/json.h"

namespace kiln::keras::legacy {

/// Rewrites a model's JSON in place, its layers, nested models, graph and compile_config. Its
/// "keras_version" says by which Keras it is; where there is none, its form does. What no version of
/// Keras knows stays as it is, for the readers to refuse.
///
/// A name that means something else today is only taken for the old one in a file of Keras 1 or 2:
/// `hard_sigmoid` was max(0, min(1, 0.2 x + 0.5)), which has become `hard_sigmoid_keras_2`. (Keras 3
/// takes its own function for it when it opens such a file.)
void modernize(Json& model);

/// Whether Keras 1 or 2 wrote it.
bool is_old(const Json& model);

}  // namespace kiln::keras::legacy
