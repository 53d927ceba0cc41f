// What has become of the graph of a functional model.
#pragma once

#include "frontend/keras/json/json.h"

namespace kiln::keras::legacy {

/// ["dense", 0, 0], and in a list of inputs the call's options after it.
bool is_reference(const Json& json);
/// The tensor that it refers to, as in today's files.
Json tensor(const Json& reference);
/// The references in a call's option as tensors.
Json with_tensors(const Json& value);

/// A list of calls, [[["dense", 0, 0, {}]], ...], as today's nodes {"args": ..., "kwargs": ...}.
/// What is none stays.
void modernize_nodes(Json& inbound_nodes);

/// The numbers of applications in the `config` of a functional model, in its nodes and ports. Keras 2
/// counted the graph that a model has by itself as its first application, where that model is a layer
/// of another; Keras 3 does so for functional models among the outputs alone.
void modernize_applications(Json& config);

}  // namespace kiln::keras::legacy
