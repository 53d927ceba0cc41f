// A folder of files for each class.
// Source: keras/src/utils/dataset_utils.py, index_directory (Keras 3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/data/class_names.h"

namespace kiln::runtime {

/// The classes of a directory: its folders in alphabetical order, but for hidden ones.
std::vector<std::string> class_folders(const std::string& directory);

/// The files of a folder and of the folders in it whose names end in one of `endings` (in lower
/// case), in Keras's order.
std::vector<std::string> files_below(const std::string& folder,
                                     const std::vector<std::string>& endings);

/// The files of all class folders.
struct ClassFiles {
  std::vector<std::string> paths;  ///< class after class, in the order of the folders' names
  std::vector<int32_t> labels;     ///< of each
  ClassNames classes;              ///< by label
  /// What is passed over or missing, for a description: "; 3 files not read (2 .webp, 1 .txt); no
  /// file in dogs"; or nothing.
  std::string remarks;
};

/// The files of `directory`'s class folders whose names end in one of `endings`. Folders are
/// classes: those of `known`, with their numbers there, or, where that is empty, numbered in
/// alphabetical order. Errors name a folder of files that is none of the known classes.
Expected<ClassFiles> class_files(const std::string& directory,
                                 const std::vector<std::string>& endings, const ClassNames& known);

/// "2 .webp, 1 .txt": the endings of the files in `directory` and below that have none of
/// `endings`, but for hidden ones; empty where there are none.
std::string other_files(const std::string& directory, const std::vector<std::string>& endings);

/// Whether a class folder of `directory` has such a file.
bool has_class_files(const std::string& directory, const std::vector<std::string>& endings);

/// Those files of `path` itself, in alphabetical order: of the directory, but for its folders, or the
/// one file that it names.
std::vector<std::string> files_at(const std::string& path, const std::vector<std::string>& endings);

/// The endings of images that kiln reads.
const std::vector<std::string>& image_endings();

}  // namespace kiln::runtime
