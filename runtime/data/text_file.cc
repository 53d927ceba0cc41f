#include "runtime/data/text_file.h"

#include <algorithm>
#include <utility>

namespace kiln::runtime {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// The encoding, where it is not one that kiln reads; else null.
const char* foreign_encoding(std::string_view text) {
  // UTF-32's mark for little-endian begins with UTF-16's.
  for (const std::string_view mark : {"\xff\xfe\0\0"sv, "\0\0\xfe\xff"sv})
    if (text.starts_with(mark)) return "UTF-32";
  for (const std::string_view mark : {"\xff\xfe"sv, "\xfe\xff"sv})
    if (text.starts_with(mark)) return "UTF-16";
  // Without a mark: a zero in every second byte of the first letters.
  if (text.size() < 4) return nullptr;
  const bool low = text[0] == 0 && text[2] == 0, high = text[1] == 0 && text[3] == 0;
  return low != high ? "UTF-16" : nullptr;
}

}  // namespace

Expected<TextFile> load_text(const std::string& path) {
  KILN_ASSIGN(FileBytes file, map_file(path));
  TextFile result{std::move(file), {}};
  std::string_view text(reinterpret_cast<const char*>(result.file.bytes.get()),
                        static_cast<size_t>(result.file.size));
  if (const char* const encoding = foreign_encoding(text)) {
    return Diagnostic{path, std::string("is a text in ") + encoding + ", which kiln does not read",
                      "save it as UTF-8"};
  }
  if (const size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return Diagnostic{path, "is no text: its byte " + std::to_string(zero) + " is zero",
                      "a text file is saved as UTF-8"};
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  result.text = text;
  return result;
}

std::string_view take_line(std::string_view& rest) {
  const size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end);
  if (rest.starts_with("\r\n")) {
    rest.remove_prefix(2);
  } else if (!rest.empty()) {
    rest.remove_prefix(1);
  }
  return line;
}

}  // namespace kiln::runtime
