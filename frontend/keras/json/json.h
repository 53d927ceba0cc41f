// The JSON type of this folder: objects keep the order of their keys, as Keras writes them.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace kiln::keras {

using Json = nlohmann::ordered_json;

}  // namespace kiln::keras
