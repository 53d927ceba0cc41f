// Whole models that record.py recorded with Keras, replayed.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "ir/interpreter.h"
#include "ir/module.h"

namespace kiln::keras {

struct RecordedModel {
  std::string name;
  nlohmann::ordered_json json;
  friend void PrintTo(const RecordedModel& model, std::ostream* out) { *out << model.name; }
};

/// The models of data/FILE.json.
std::vector<RecordedModel> recorded_models(const std::string& file);

/// As ir::interpret().
using StepRunner = std::function<std::map<std::string, ir::Literal>(
    const ir::Function& function, ir::Environment& variables,
    const std::map<std::string, ir::Literal>& inputs)>;

/// Expects Keras's numbers, within the tolerance, from the model lowered for the shapes of both of
/// its sets of data: predictions for both, a step of SGD on the first, an evaluation on the second.
/// `prepare` puts the lowered module through passes and says how its functions are run.
void expect_kerass_numbers(const RecordedModel& model,
                           const std::function<StepRunner(ir::Module&)>& prepare, double tolerance);

}  // namespace kiln::keras
