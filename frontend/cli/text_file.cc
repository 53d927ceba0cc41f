#include "frontend/cli/text_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

namespace kiln::cli {

Expected<std::string> read_text_file(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream file(path, std::ios::binary);
  if (!file || !(text << file.rdbuf())) {
    return Diagnostic{path, errno != 0 ? std::strerror(errno) : "can't be read, or is empty", ""};
  }
  return text.str();
}

}  // namespace kiln::cli
