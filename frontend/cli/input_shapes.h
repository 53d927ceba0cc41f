// The shapes of a model's inputs where it leaves extents open (None): by --shape, or by the data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/model.h"
#include "frontend/open_model.h"
#include "runtime/base/expected.h"
#include "runtime/program/command_line.h"
#include "runtime/program/load_data.h"

namespace kiln::cli {

/// The values of --shape, "6,2" of a model with one input or "words=6", as shapes for all inputs.
/// An input that is named several times has so many shapes; one that is named once has it with all
/// of them, and one that is not named what the model says.
Expected<std::vector<keras::InputShapes>> parse_shapes(const std::vector<std::string>& texts,
                                                       const keras::Model& model);

/// The data of a command line, read before the model is compiled because it closes the model's open
/// extents.
class ClosingData {
 public:
  /// All must outlive this.
  ClosingData(const runtime::CommandLine& line, const runtime::ImageReader& images)
      : line_(line), images_(images) {}

  /// The distinct shapes that the examples give to the model's inputs: those of training (or of
  /// what is evaluated) first, then those of validation and the test set.
  Expected<std::vector<keras::InputShapes>> shapes_for(const keras::Model& model);

  /// What has read the data, and has it still; null where shapes_for() was not called.
  runtime::DataLoader* loader() { return loader_ ? &*loader_ : nullptr; }

 private:
  const runtime::CommandLine& line_;
  const runtime::ImageReader& images_;
  std::optional<OpenModel> model_;
  std::optional<runtime::DataLoader> loader_;
};

}  // namespace kiln::cli
