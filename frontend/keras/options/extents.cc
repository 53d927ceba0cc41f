#include "frontend/keras/options/extents.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kiln::keras {

std::vector<int64_t> Extents::spelled_out(size_t rank) const {
  return values.size() == 1 ? std::vector<int64_t>(rank, values[0]) : values;
}

Status check_extents(std::string_view name, const Extents& extents, size_t rank, int64_t least) {
  const auto& values = extents.values;
  if (values.size() != 1 && values.size() != rank) {
    return Diagnostic{
        "",
        fmt::format("{} must be one number or {}, not [{}]", name, rank, fmt::join(values, ", ")),
        ""};
  }
  for (int64_t value : values) {
    if (value < least)
      return Diagnostic{"", fmt::format("{} must be at least {}, not {}", name, least, value), ""};
  }
  return ok();
}

}  // namespace kiln::keras
