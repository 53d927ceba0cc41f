// Which operation each of TensorFlow's functions is.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/keras/json/json.h"

namespace kiln::keras::legacy {

/// The layers that a function becomes, one after the other. The last bears the function's name.
class Replacement {
 public:
  explicit Replacement(std::string name) : name_(std::move(name)) {}

  /// A helper of the last one; gives its result.
  Json add_helper(std::string_view op, const Json& arguments);
  void add_last(std::string_view op, const Json& arguments) { add(op, arguments, name_); }
  void add_layer(const Json& layer) { layers_.push_back(layer); }

  const std::string& name() const { return name_; }
  const std::vector<Json>& layers() const { return layers_; }

 private:
  void add(std::string_view op, const Json& arguments, const std::string& name);

  std::string name_;
  std::vector<Json> layers_;
};

/// What a function is called with, by TensorFlow's names. Gives false where no operation does that.
using Adjust = bool (*)(Json& arguments, Replacement& result);

struct Function {
  std::string_view name;  ///< TensorFlow's, without "tf." and "compat.v1."
  std::string_view op;    ///< Keras's class; empty: `adjust` does all
  /// TensorFlow's arguments, the one that comes first in front, and what Keras calls them: "x=x1".
  /// "x=x1:0" has a default where Keras's is another. "x?0" is nothing to Keras, so that it has to
  /// be 0 where it is given.
  std::string_view arguments;
  Adjust adjust = nullptr;
};

/// "math.add" of "compat.v1.math.add".
std::string_view without_version(std::string_view name);

/// The function of that name, with or without a version; null where there is none.
const Function* find_function(std::string_view name);

}  // namespace kiln::keras::legacy
