// A model whose inputs have open extents (Keras's None), as data is read for it: data closes them,
// and only then there is code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "frontend/keras/model/graph.h"
#include "frontend/keras/model/model.h"
#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/data/npz.h"

namespace kiln {

/// The runtime's table of a model without code: names, inputs, outputs, and a predict_step that
/// cannot run, whose open extents are runtime::kOpen.
class OpenModel {
 public:
  /// Errors: what a layer says that needs a fixed extent.
  static Expected<OpenModel> create(const keras::Model& model);

  /// Lives as long as this does.
  const kiln_model& table() const;

  /// The shapes that these arrays give to the inputs (see shapes_of_inputs()). `part` comes before
  /// the arrays' names in errors.
  Expected<keras::InputShapes> closed_by(const std::vector<runtime::NamedArray>& arrays,
                                         const std::string& part = "") const;

 private:
  struct Parts;
  explicit OpenModel(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

}  // namespace kiln
