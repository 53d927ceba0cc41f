#include "runtime/base/joined.h"

namespace kiln::runtime {

std::string joined(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace kiln::runtime
