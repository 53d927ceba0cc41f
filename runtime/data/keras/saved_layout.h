// Where Keras keeps a model's variables in a weights file: one group for each of its objects.
// Source: keras/src/saving/saving_lib.py of Keras 3.15.
//
//   vars                     the model: an empty group with its name
//   layers/dense/vars/0, 1   a layer's variables in Keras's order, trainable ones first
//   layers/lstm/cell/vars/0  those of an object that a layer holds, by the attribute it is held in
//   layers/functional/layers/dense/vars/0   those of a layer of a model that is a layer
//   optimizer/vars/0, 1, ... iterations, learning rate, slots
//   random_states/vars/0, ...  kiln's own: the states of random generators, which Keras passes over
//
// A layer's group is called after its class, numbered: the second Dense is dense_1, whatever the
// layer's own name, which is the group's attribute.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/abi.h"

namespace kiln::runtime {

/// A variable by kiln's name, "dense/kernel".
struct SavedVariable {
  std::string name;
  kiln_element_type type = KILN_F32;
  std::vector<int64_t> dims;
  double initial = 0;  ///< of an optimizer's variable before the first step
};

/// One of Keras's objects: the model, a layer, a layer's part, the optimizer.
struct SavedObject {
  std::string group;  ///< "layers/dense"; its variables are in "layers/dense/vars"
  std::string name;   ///< Keras's name for it, "dense_7"; empty where kiln does not know it
  std::vector<SavedVariable> variables;

  std::string variables_group() const { return group.empty() ? "vars" : group + "/vars"; }
};

/// A layer of a model, which may be a model itself, as older files have it (older_h5.h).
struct SavedLayer {
  std::string name;
  std::vector<SavedVariable> variables;  ///< trainable ones first; there are some
};

/// All objects of a model's file.
struct SavedLayout {
  std::vector<SavedObject> objects;    ///< the model, then its layers and their parts
  std::vector<SavedVariable> weights;  ///< all of them, in Keras's order: model.get_weights()
  std::optional<SavedObject>
      optimizer;  ///< its variables in Keras's order; where the model was compiled
  /// Of Dropout and its like, whose masks go on where a training goes on.
  SavedObject random_states = {"random_states", "", {}};
  std::vector<SavedLayer> layers;  ///< in the model's order
  /// Keras's classes of optimizers, that of the model first. By them it is known whose state a file
  /// has.
  std::vector<std::string> optimizer_classes;
};

}  // namespace kiln::runtime
