#include "frontend/keras/json/shape.h"

namespace kiln::keras {

std::string show_shape(const ir::Shape& shape) {
  std::string text;
  for (int64_t d : shape)
    text += (text.empty() ? "" : ", ") + (d == kNone ? "None" : std::to_string(d));
  // As Python shows a tuple of one.
  return shape.size() == 1 ? "(" + text + ",)" : "(" + text + ")";
}

}  // namespace kiln::keras
