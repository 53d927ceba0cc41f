// What all text files have in common: how they are encoded, and where lines end.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/expected.h"
#include "runtime/base/file.h"

namespace kiln::runtime {

/// A text file in memory, mapped.
struct TextFile {
  FileBytes file;
  std::string_view text;  ///< of `file`, without a byte order mark
};

/// Reads a file of UTF-8 (or ASCII). A byte order mark is no text. UTF-16, UTF-32 and what holds
/// zero bytes are errors.
Expected<TextFile> load_text(const std::string& path);

/// Takes the first line off `rest`, which is not empty, with its end, LF, CRLF or CR alone; the
/// line comes without it.
std::string_view take_line(std::string_view& rest);

}  // namespace kiln::runtime
