// The kinds of options: for each alternative of OptionPlace what it is called, how a config is read
// into it, and how it is written.
#pragma once

#include <string>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/option.h"

namespace kiln::keras {

/// What the reference says that an option takes: "integer", "number or null", "initializer".
std::string type_word(const OptionPlace& place);

/// Reads the option's key. Where the config lacks it, the value stays, or, of a required option,
/// the reader has an error.
void read_option(const Option& option, ConfigReader& config);

/// The value in the form of Keras's files. `kind` is the config's, and that of layers in it.
Json write_place(const OptionPlace& place, ConfigKind kind = ConfigKind::file);

}  // namespace kiln::keras
