// Layers whose weights come from data, not from training: Keras's adapt().
#pragma once

#include <string>
#include <vector>

#include "frontend/keras/layers/rescaling.h"
#include "frontend/keras/model/model.h"
#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/model/session.h"

namespace kiln {

/// Keras's Normalization.adapt(): takes mean and variance from `data`, [examples, ...] or
/// [examples], for the layer and its copies. Bytes are numbers from 0 to 1, as a model's inputs
/// take them.
Status adapt(keras::Normalization& layer, const runtime::Array& data);

/// A layer that adapts, and what its variables begin with in the model: "encoder/".
struct AdaptableLayer {
  keras::Normalization* layer;
  std::string prefix;
};

/// All layers of a model, and of models in it, that take their statistics from data.
std::vector<AdaptableLayer> adaptable_layers(const keras::Model& model);

/// Adapts all of them to the model's inputs: x has an array for each, as fit() takes them. Each
/// layer must read an input, or it is an error: nobody knows what arrives at it.
Status adapt_layers(const keras::Model& model, const std::vector<runtime::Array>& x);

/// The statistics that layers were adapted to, by the layers' names in the model.
using AdaptedStatistics = std::vector<std::pair<std::string, keras::Normalization::Statistics>>;
AdaptedStatistics adapted_statistics(const keras::Model& model);

/// Makes them the values of the session's variables.
Status assign_statistics(const AdaptedStatistics& statistics, runtime::Session& session);

}  // namespace kiln
