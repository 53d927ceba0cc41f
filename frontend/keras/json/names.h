// Names as Keras makes them.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kiln::keras {

/// "Conv2D" to "conv2d", "BatchNormalization" to "batch_normalization".
std::string to_snake_case(std::string_view class_name);

/// Gives names that Keras would give in a fresh process: dense, dense_1, dense_2, ...
class AutoNames {
 public:
  std::string next(std::string_view class_name);

 private:
  std::map<std::string, int> used_;
};

}  // namespace kiln::keras
