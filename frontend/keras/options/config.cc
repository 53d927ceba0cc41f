#include "frontend/keras/options/config.h"

#include <nlohmann/json.hpp>

#include "frontend/keras/options/kinds.h"

namespace kiln::keras {
namespace {

bool is_in(const Option& option, ConfigKind kind) {
  if (option.has(kOfCall)) return false;
  return kind == ConfigKind::complete || !option.has(kNotInFiles);
}

}  // namespace

void read_options(const OptionList& options, ConfigReader& config, ConfigKind kind) {
  for (const Option& option : options) {
    if (is_in(option, kind)) read_option(option, config);
  }
}

void write_options(const OptionList& options, Json& config, ConfigKind kind) {
  for (const Option& option : options) {
    const bool is_written = kind == ConfigKind::complete || !option.has(kNotWritten);
    if (is_in(option, kind) && is_written)
      config[std::string(option.key)] = write_place(option.place, kind);
  }
}

Json value_of(const Option& option) { return write_place(option.place); }

}  // namespace kiln::keras
