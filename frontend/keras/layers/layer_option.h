// Layers as options of layers that hold them.
#pragma once

#include <memory>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/recurrent_layer.h"
#include "frontend/keras/options/option.h"

namespace kiln::keras {

/// Any layer; null where the key is absent or null.
const ObjectKind& object_kind(const LayerPointer*);
/// A SimpleRNN, GRU, LSTM, ConvLSTM or RNN.
const ObjectKind& object_kind(const std::shared_ptr<RecurrentLayer>*);

}  // namespace kiln::keras
