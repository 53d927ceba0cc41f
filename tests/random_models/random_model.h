// Random small Keras models, for tests of everything between a definition and machine code.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "frontend/keras/model/model.h"
#include "ir/literal.h"
#include "ir/module.h"

namespace kiln::tests {

struct RandomModel {
  keras::Model model;
  int64_t batch;
  int64_t short_count;  ///< the rows of a short last batch: 1 to batch
};

/// A model that can be lowered: an input, up to a handful of layers of any class that kiln reads,
/// with random options and sometimes a second path, an output that suits its loss, and an
/// optimizer. The same seed gives the same model while the list of layers is the same.
RandomModel random_model(uint64_t seed);

/// What a step function needs beside variables, with that many real rows.
std::map<std::string, ir::Literal> random_batch(const ir::Function& function, int64_t count,
                                                uint64_t seed);

}  // namespace kiln::tests
