#include "runtime/data/class_folders.h"

#include <dirent.h>

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/base/file.h"
#include "runtime/base/joined.h"

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

bool has_ending(const std::string& name, const std::vector<std::string>& endings) {
  const std::string lower = lower_case(name);
  return std::any_of(endings.begin(), endings.end(),
                     [&](const std::string& ending) { return lower.ends_with(ending); });
}

void count_others(const std::string& folder, const std::vector<std::string>& endings,
                  std::map<std::string, int64_t>& counts) {
  for (const std::string& name : names_in_directory(folder)) {
    if (name[0] == '.') continue;
    const std::string path = folder + "/" + name;
    if (is_directory(path)) {
      count_others(path, endings, counts);
    } else if (!has_ending(name, endings)) {
      const size_t dot = name.rfind('.');
      ++counts[dot == std::string::npos ? "without an ending" : lower_case(name.substr(dot))];
    }
  }
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
    if (has_ending(name, endings) && is_file(path)) files.push_back(path);
  }
  for (const std::string& below : folders) {
    const std::vector<std::string> more = files_below(below, endings);
    files.insert(files.end(), more.begin(), more.end());
  }
  return files;
}

Expected<ClassFiles> class_files(const std::string& directory,
                                 const std::vector<std::string>& endings, const ClassNames& known) {
  const ClassNames folders = class_folders(directory);
  ClassFiles result;
  result.classes = known.empty() ? folders : known;
  ClassNames empty;
  for (const std::string& folder : folders) {
    const std::string path = directory + "/" + folder;
    const std::vector<std::string> found = files_below(path, endings);
    if (found.empty()) {
      empty.push_back(folder);
      continue;
    }
    const std::optional<int32_t> label = class_number(result.classes, folder);
    if (!label) return unknown_class(path, folder, known);
    result.paths.insert(result.paths.end(), found.begin(), found.end());
    result.labels.resize(result.paths.size(), *label);
  }
  const std::string others = other_files(directory, endings);
  if (!others.empty()) result.remarks += "; not read: " + others;
  if (!empty.empty()) result.remarks += "; no file in " + joined(empty);
  return result;
}

std::string other_files(const std::string& directory, const std::vector<std::string>& endings) {
  std::map<std::string, int64_t> counts;
  count_others(directory, endings, counts);
  std::string text;
  for (const auto& [ending, count] : counts)
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + ending;
  return text;
}

bool has_class_files(const std::string& directory, const std::vector<std::string>& endings) {
  for (const std::string& folder : class_folders(directory)) {
    if (!files_below(directory + "/" + folder, endings).empty()) return true;
  }
  return false;
}

std::vector<std::string> files_at(const std::string& path,
                                  const std::vector<std::string>& endings) {
  std::vector<std::string> files;
  if (is_file(path) && has_ending(path, endings)) files.push_back(path);
  if (!is_directory(path)) return files;
  for (const std::string& name : names_in_directory(path)) {
    if (name[0] != '.' && has_ending(name, endings) && is_file(path + "/" + name))
      files.push_back(path + "/" + name);
  }
  return files;
}

const std::vector<std::string>& image_endings() {
  static const std::vector<std::string> endings = {".bmp", ".gif", ".jpeg", ".jpg", ".png"};
  return endings;
}

}  // namespace kiln::runtime
