// Texts with labels: columns of a table, or a folder of files per class.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/data/class_names.h"

namespace kiln::runtime {

/// Texts, with a label each: y i32 [texts], or f32 where labels are numbers with fractions. y has no storage where there are no labels.
struct LabelledTexts {
  std::vector<std::string> texts;
  Array y;
  ClassNames classes;   ///< by label, where labels are names
  std::string remarks;  ///< as those of ClassFiles
};

/// Reads the columns called `text` and `label` (empty: no labels) of a table whose first line names
/// its columns. Fields may stand in quotes, RFC 4180. Labels that are not all numbers are names of
/// classes, numbered as `known` has them, or in alphabetical order where it is empty. An empty label
/// is an error, and one that is no known class. Errors name the file and the line.
Expected<LabelledTexts> load_text_table(const std::string& path, char separator,
                                        const std::string& text, const std::string& label,
                                        const ClassNames& known);

/// Reads the .txt files of each class folder; the label is the class's number (see class_files()).
Expected<LabelledTexts> load_text_folders(const std::string& directory, const ClassNames& known);

}  // namespace kiln::runtime
