// What an executable of a trained model carries beside its code.
#pragma once

#include <string>
#include <vector>

#include "codegen/target.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// The values of a model's variables, and what goes with them: kiln_checkpoint (runtime/base/abi.h)
/// before it is emitted.
struct Checkpoint {
  /// For each of the model's variables the bytes of its dense value; empty where `init` gives it.
  std::vector<std::string> values;
  std::string class_names;  ///< one a line; empty: not known
  std::string vocabulary;   ///< one word a line; empty: there is none
};

/// The object file that defines `kiln_checkpoint`.
Expected<std::string> emit_checkpoint(const Checkpoint& checkpoint, const Target& target);

}  // namespace kiln::codegen
