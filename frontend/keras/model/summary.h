// Keras's summary table.
#pragma once

#include <string>

#include "frontend/keras/model/model.h"

namespace kiln::keras {

/// The text that Keras prints on a terminal of 80 columns: layers with output shapes and parameter
/// counts in a frame, then the totals. Extents that the model leaves open are None.
Expected<std::string> summarize(const Model& model);

}  // namespace kiln::keras
