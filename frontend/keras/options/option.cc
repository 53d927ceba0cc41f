#include "frontend/keras/options/option.h"

#include <iterator>

namespace kiln::keras {

OptionList operator+(OptionList first, const OptionList& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace kiln::keras
