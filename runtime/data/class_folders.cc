#include "runtime/data/class_folders.h"

#include <dirent.h>

#include <algorithm>

#include "runtime/base/file.h"

namespace kiln::runtime {
namespace {

std::vector<std::string> names_in_directory(const std::string& directory) {
  std::vector<std::string> names;
  if (DIR* const stream = opendir(directory.c_str())) {
    while (const dirent* entry = readdir(stream)) names.emplace_back(entry->d_name);
    closedir(stream);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

}  // namespace

std::vector<std::string> class_folders(const std::string& directory) {
  std::vector<std::string> folders;
  for (const std::string& name : names_in_directory(directory)) {
    if (name[0] != '.' && is_directory(directory + "/" + name)) folders.push_back(name);
  }
  return folders;
}

std::vector<std::string> files_below(const std::string& folder,
                                     const std::vector<std::string>& endings) {
  std::vector<std::string> files;
  std::vector<std::string> folders;
  for (const std::string& name : names_in_directory(folder)) {
    const std::string path = folder + "/" + name;
    if (name != "." && name != ".." && is_directory(path)) folders.push_back(path);
    const std::string lower = lower_case(name);
    const bool wanted = std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) {
      return lower.ends_with(ending);
    });
    if (wanted && is_file(path)) files.push_back(path);
  }
  for (const std::string& below : folders) {
    const std::vector<std::string> more = files_below(below, endings);
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

bool has_class_files(const std::string& directory, const std::vector<std::string>& endings) {
  for (const std::string& folder : class_folders(directory)) {
    if (!files_below(directory + "/" + folder, endings).empty()) return true;
  }
  return false;
}

const std::vector<std::string>& image_endings() {
  static const std::vector<std::string> endings = {".jpeg", ".jpg", ".png"};
  return endings;
}

}  // namespace kiln::runtime
