// Keras's public names (record_names.py) against kiln's: what is absent stands in absent.json with
// the reason, and nothing stands there that is not absent.
#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/functions/constraints.h"
#include "frontend/keras/functions/initializers.h"
#include "frontend/keras/functions/regularizers.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/losses/losses.h"
#include "frontend/keras/metrics/list.h"
#include "frontend/keras/optimizers/optimizer.h"
#include "frontend/keras/schedules/schedule.h"
#include "gtest/gtest.h"

namespace kiln::keras {
namespace {

Json read(const char* file) {
  std::ifstream stream(std::string("tests/frontend/coverage/") + file);
  return Json::parse(stream);
}

using Knows = std::function<bool(const std::string& name)>;

/// By the classes of a reference.
Knows classes(const std::vector<ClassReference>& reference) {
  std::set<std::string> names;
  for (const ClassReference& each : reference) names.emplace(each.name);
  return [names](const std::string& name) { return names.contains(name); };
}

/// What kiln knows of each module of Keras's.
std::map<std::string, Knows> known() {
  return {
      {"layers", classes(layer_reference())},
      {"losses", [](const std::string& name) { return find_loss(name) != nullptr; }},
      {"metrics", [](const std::string& name) { return make_metric(name) != nullptr; }},
      {"optimizers", classes(optimizer_reference())},
      {"optimizers.schedules", classes(schedule_reference())},
      {"regularizers", classes(regularizer_reference())},
      {"constraints", classes(constraint_reference())},
      {"initializers", classes(initializer_reference())},
      {"activations",
       [](const std::string& name) { return static_cast<bool>(check(ActivationFunction(name))); }},
  };
}

TEST(Coverage, WhatIsAbsentHasAReason) {
  const Json names = read("keras_names.json"), absent = read("absent.json");
  const std::map<std::string, Knows> knows = known();
  for (const auto& [module, list] : names.items()) {
    ASSERT_TRUE(knows.contains(module)) << module;
    const Json reasons = absent.value(module, Json::object());
    size_t present = 0;
    for (const std::string name : list) {
      const bool is_there = knows.at(module)(name);
      present += is_there ? 1 : 0;
      EXPECT_NE(is_there, reasons.contains(name))
          << "keras." << module << "." << name
          << (is_there ? " is there: take it out of absent.json"
                       : " is absent: say why in absent.json");
    }
    fmt::print("keras.{}: {} of {} names\n", module, present, list.size());
  }
}

TEST(Coverage, ReasonsAreOfNamesThatKerasHas) {
  const Json names = read("keras_names.json"), absent = read("absent.json");
  for (const auto& [module, reasons] : absent.items()) {
    ASSERT_TRUE(names.contains(module)) << module;
    const auto list = names[module].get<std::set<std::string>>();
    for (const auto& [name, reason] : reasons.items()) {
      EXPECT_TRUE(list.contains(name)) << "keras." << module << " has no " << name;
      EXPECT_FALSE(reason.get<std::string>().empty()) << name;
    }
  }
}

}  // namespace
}  // namespace kiln::keras
