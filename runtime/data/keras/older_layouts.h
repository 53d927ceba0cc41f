// Layers whose weights older versions of Keras laid out otherwise than today's.
// Source: preprocess_weights_for_loading() in tf_keras/src/saving/legacy/hdf5_format.py of tf_keras
// 2.21.
//
//   LSTM, GRU of Keras 1        a kernel, a recurrent kernel and a bias for each gate; an LSTM's
//                               gates were i, c, f, o, today's are i, f, c, o
//   CuDNNLSTM, CuDNNGRU         kernels transposed gate by gate; two biases, of which an LSTM needs
//                               the sum
//   Conv1D of Keras 1           a kernel [width, 1, channels, filters], an image's of width 1
#pragma once

#include <vector>

#include "runtime/data/keras/saved_layout.h"
#include "runtime/data/npz.h"

namespace kiln::runtime {

/// The arrays of a file, floats, as values of these variables, as far as they are laid out in one of
/// these ways; all others, and what follows a misfit, stay as they are.
std::vector<NamedArray> todays_layout(const std::vector<NamedArray>& arrays,
                                      const std::vector<SavedVariable>& variables);

}  // namespace kiln::runtime
