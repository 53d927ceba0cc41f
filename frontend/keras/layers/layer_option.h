// Layers as options of layers that hold them.
#pragma once

#include <memory>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/recurrent.h"
#include "frontend/keras/options/option.h"

namespace kiln::keras {

/// Any layer; null where the key is absent or null.
const ObjectKind& object_kind(const LayerPointer*);
/// A SimpleRNN, GRU or LSTM.
const ObjectKind& object_kind(const std::shared_ptr<Recurrent>*);

}  // namespace kiln::keras
