// The cells of a layer RNN: LSTMCell, GRUCell, SimpleRNNCell, and StackedRNNCells of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/recurrent.h"
#include "frontend/keras/options/object_kind.h"

namespace kiln::keras {

/// Cells, each of which reads the output of the one before. A cell is the layer of its kind, whose
/// options of runs along time mean nothing here.
struct RecurrentCells {
  std::vector<std::shared_ptr<Recurrent>> cells = {};
  bool stacked = false;   ///< in a StackedRNNCells; otherwise there is one
  std::string name = {};  ///< of the StackedRNNCells

  /// Gives names to those that have none, as Keras does.
  void fill_in_names();
  /// What is in front of the names of a cell's weights: "lstm_cell", "stacked_rnn_cells/gru_cell_1".
  std::string prefix(size_t cell) const;
  /// Which attributes of the layer lead to each cell, as in Keras's files: "cell",
  /// "cell/cells/gru_cell_1".
  std::vector<std::string> objects() const;
};

const ObjectKind& object_kind(const RecurrentCells*);

}  // namespace kiln::keras
