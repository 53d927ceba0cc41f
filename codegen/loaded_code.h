// Object code that runs in this process.
#pragma once

#include <memory>
#include <string_view>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// A module loaded into memory. The model and its functions live as long as this.
class LoadedCode {
 public:
  /// Loads a file that link_shared_object() made (the system's dynamic linker does it), with the
  /// runtime's symbols of this process.
  static Expected<LoadedCode> load(std::string_view shared_object);

  const kiln_model* model() const { return model_; }

 private:
  class Library;
  LoadedCode(std::shared_ptr<const Library> library, const kiln_model* model)
      : library_(std::move(library)), model_(model) {}

  std::shared_ptr<const Library> library_;
  const kiln_model* model_;
};

}  // namespace kiln::codegen
