// The arrays that a caller gives for a model's inputs or outputs.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/data/npz.h"

namespace kiln::runtime {

/// Arrays for a model's inputs or its outputs: one, several in the model's order, or by name.
class Arrays {
 public:
  Arrays() = default;
  Arrays(Array array) : arrays_{{"", std::move(array)}} {}
  Arrays(std::initializer_list<Array> arrays) {
    for (const Array& array : arrays) arrays_.push_back({"", array});
  }
  Arrays(std::initializer_list<std::pair<const char*, Array>> arrays) {
    for (const auto& [name, array] : arrays) arrays_.push_back({name, array});
  }

  bool empty() const { return arrays_.empty(); }
  /// By name; those in order are called KIND_0, KIND_1, ..., and a single one KIND.
  std::vector<NamedArray> named(const std::string& kind) const;

 private:
  std::vector<NamedArray> arrays_;  ///< a name is empty: in order
};

}  // namespace kiln::runtime
