// The names of classes, by their numbers: kept with a model, so that a class has the number that it
// had in training, whatever a data set happens to hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Names, class i's at i; empty: they are not known, and data numbers its own in alphabetical
/// order.
using ClassNames = std::vector<std::string>;

/// The number of the class called `name`; nothing where there is none.
std::optional<int32_t> class_number(const ClassNames& classes, const std::string& name);

/// The Diagnostic for a name that is none of `classes`; `where` names its file.
Diagnostic unknown_class(const std::string& where, const std::string& name,
                         const ClassNames& classes);

/// Reads a text with a name a line; `where` opens the errors.
Expected<ClassNames> parse_class_names(std::string_view text, const std::string& where);
/// Reads a file of such a text.
Expected<ClassNames> load_class_names(const std::string& path);
/// Writes such a file, atomically. A name with a line end in it is an error.
Status save_class_names(const ClassNames& classes, const std::string& path);

/// What the names of a model's classes come from, and where new ones are written.
struct ClassNameFiles {
  std::string path;          ///< a file to use; may be empty
  std::string beside_old;    ///< that of the weights that the command starts from;
                             ///< may be empty
  std::string beside_new;    ///< that of the weights that it will write; may be empty
  bool may_make = false;     ///< whether `path` is written where it is not there
                             ///< yet, as in training
  std::string carried = {};  ///< the text that the program itself has; may be empty
};

/// The names that the files or the program hold; empty where none is there.
Expected<ClassNames> known_class_names(const ClassNameFiles& files);
/// Writes what training found out, where there is a file for it.
Status keep_class_names(const ClassNames& classes, const ClassNameFiles& files);

/// Where the class names of the model in `path` are kept: "m.keras" has "m.classes.txt".
std::string class_names_beside(const std::string& path);

/// Where what belongs to the model in `path` is kept: "m.keras" has "m" + `ending`.
std::string beside_model(const std::string& path, const std::string& ending);

}  // namespace kiln::runtime
