// The model that a benchmark is told to measure.
#pragma once

#include <string>

#include "frontend/keras/files/archive.h"
#include "frontend/keras/model/built_in_models.h"
#include "tests/benchmarks/buffers.h"

namespace kiln::benchmarks {

/// An example of that name, or a .keras file's model.
inline keras::Model model_named(const std::string& name) {
  return must(name.ends_with(".keras") ? keras::read_archive_model(name) : keras::example(name));
}

}  // namespace kiln::benchmarks
