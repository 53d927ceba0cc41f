// What a command line of kiln compile asks for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codegen/named_machine.h"
#include "frontend/cli/emit.h"
#include "frontend/cli/model_argument.h"
#include "frontend/library.h"
#include "runtime/base/expected.h"

namespace kiln::cli {

/// The options as they stand there.
struct CompileArguments {
  ModelArgument model;
  std::string output;
  std::string emit = "exe";  ///< the kinds of output
  std::string purpose;       ///< "predict", "step", "train"; empty: what is usual for the kinds
  std::string name;          ///< the library's; empty: the output's
  std::string target = "native";
  bool self_test = false;  ///< the library has one
  /// Bytes that a library may take at most; 0: any.
  int64_t max_flash = 0, max_ram = 0;
  bool verbose = false;
  std::string devices = "cpu";
  std::string weights;      ///< a file of them; empty: MODEL's own, where it has them
  std::string class_names;  ///< a file of them; empty: that beside the weights, if any
  std::string vocabulary;   ///< likewise
  bool carries_weights = true;
  bool use_cache = true;
  bool timings = false;
};

/// What the command line asks for, once it is clear that it makes sense.
struct CompileOrder {
  std::vector<Emit> kinds;
  LibraryPurpose purpose = LibraryPurpose::train;
  bool streams = false;                     ///< predictions go step by step through a sequence
  std::string library;                      ///< its name
  std::optional<codegen::Machine> machine;  ///< nothing: this one

  bool has(Emit kind) const { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); }
  bool has_library() const { return std::any_of(kinds.begin(), kinds.end(), is_library); }
};

/// What the options ask for. Errors: options that do not go together.
Expected<CompileOrder> order_of(const CompileArguments& arguments);

}  // namespace kiln::cli
