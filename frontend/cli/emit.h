// What `kiln compile` can make of a model, and how the files are called.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::cli {

/// A kind of output.
enum class Emit {
  exe,     ///< a program that trains, evaluates and predicts
  lib,     ///< a static library, with its header
  shared,  ///< a shared library, with its header
  object,  ///< an object file, with the library's header
  kir,     ///< the IR after all passes, as text
};

/// The kinds named in a list with commas between them: "lib,shared". Errors: one that there is not,
/// or one that stands there twice.
Expected<std::vector<Emit>> parse_emit(const std::string& list);

/// Whether the kind is the library in one of its forms.
bool is_library(Emit kind);

/// A library's name where none is given: the output's, without "lib" before and its extension
/// behind it, as a C identifier.
std::string library_name(const std::string& output);

/// The files for an output that was asked for as `output`: that one where there is one kind, else
/// one for each kind beside it.
std::string path_of(Emit kind, const std::string& output, bool is_only_kind,
                    const std::string& library);
/// The header's, beside the output.
std::string header_path(const std::string& output);

}  // namespace kiln::cli
