#include "frontend/keras/layer.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

Json Layer::call_options() const { return Json::object(); }

bool Layer::set_call_option(std::string_view, const Json&) { return false; }

}  // namespace kiln::keras
