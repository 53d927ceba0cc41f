// Models that come with kiln, by name: where a command takes a file, it takes these, too.
#pragma once

#include <string_view>
#include <vector>

#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Their names.
std::vector<std::string_view> example_names();

/// The model of that name, compiled for training; or what names there are.
Expected<Model> example(std::string_view name);

}  // namespace kiln::keras
