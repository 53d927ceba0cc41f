// Options from and to the `config` objects of Keras's files.
#pragma once

#include <memory>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/options/option.h"

namespace kiln::keras {

/// Which options a config has.
enum class ConfigKind {
  file,      ///< those of Keras's files
  complete,  ///< all that compiled code depends on: two objects of a class are alike if it is equal
};

/// Sets the options that the config has; the others keep their values. Errors are the reader's.
void read_options(const OptionList& options, ConfigReader& config,
                  ConfigKind kind = ConfigKind::file);

/// Appends the options to a config, in their order.
void write_options(const OptionList& options, Json& config, ConfigKind kind = ConfigKind::file);

/// An option's value as write_options() writes it.
Json value_of(const Option& option);

/// The same for what lists its options itself. An option list can set options, so that it is not
/// had of what is const; writing does not set them.
template <typename Object>
void write_options_of(const Object& object, Json& config, ConfigKind kind = ConfigKind::file) {
  write_options(const_cast<Object&>(object).option_list(), config, kind);
}

}  // namespace kiln::keras
