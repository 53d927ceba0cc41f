#include "runtime/data/class_names.h"

#include <algorithm>
#include <string_view>

#include "runtime/base/file.h"
#include "runtime/base/joined.h"
#include "runtime/data/text_file.h"

namespace kiln::runtime {

std::optional<int32_t> class_number(const ClassNames& classes, const std::string& name) {
  const auto found = std::find(classes.begin(), classes.end(), name);
  if (found == classes.end()) return std::nullopt;
  return static_cast<int32_t>(found - classes.begin());
}

Diagnostic unknown_class(const std::string& where, const std::string& name,
                         const ClassNames& classes) {
  return {where, "\"" + name + "\" is no class of the model's",
          "it was trained on " + joined(classes) +
              "; --class-names gives a file of other names, one a line"};
}

Expected<ClassNames> parse_class_names(std::string_view text, const std::string& where) {
  ClassNames classes;
  while (!text.empty()) {
    const std::string name(take_line(text));
    const std::string line = where + ":" + std::to_string(classes.size() + 1);
    if (name.empty()) return Diagnostic{line, "is empty", "the file holds a class's name a line"};
    if (class_number(classes, name))
      return Diagnostic{line, "has the class \"" + name + "\" a second time", ""};
    classes.push_back(name);
  }
  if (classes.empty()) return Diagnostic{where, "names no classes", "it holds one a line"};
  return classes;
}

Expected<ClassNames> load_class_names(const std::string& path) {
  KILN_ASSIGN(const TextFile file, load_text(path));
  return parse_class_names(file.text, path);
}

Status save_class_names(const ClassNames& classes, const std::string& path) {
  std::string text;
  for (const std::string& name : classes) {
    if (name.find_first_of("\r\n") != std::string::npos) {
      return Diagnostic{path, "cannot hold the class \"" + name + "\", which has a line end in it",
                        "give it another name"};
    }
    text += name + "\n";
  }
  return write_file(path, std::as_bytes(std::span(text)));
}

Expected<ClassNames> known_class_names(const ClassNameFiles& files) {
  const bool must_load = !files.path.empty() && !files.may_make;
  if (must_load || is_file(files.path)) return load_class_names(files.path);
  if (is_file(files.beside_old)) return load_class_names(files.beside_old);
  if (!files.carried.empty()) return parse_class_names(files.carried, "the program's classes");
  return ClassNames();
}

Status keep_class_names(const ClassNames& classes, const ClassNameFiles& files) {
  if (!files.path.empty() && !is_file(files.path)) KILN_TRY(save_class_names(classes, files.path));
  if (!files.beside_new.empty()) KILN_TRY(save_class_names(classes, files.beside_new));
  return ok();
}

std::string class_names_beside(const std::string& path) {
  return beside_model(path, ".classes.txt");
}

std::string beside_model(const std::string& path, const std::string& ending) {
  for (const std::string_view own : {".keras", ".npz", ".weights.h5", ".json"})
    if (path.ends_with(own)) return path.substr(0, path.size() - own.size()) + ending;
  return path + ending;
}

}  // namespace kiln::runtime
