// A folder of files for each class.
// Source: keras/src/utils/dataset_utils.py, index_directory (Keras 3).
#pragma once

#include <string>
#include <vector>

namespace kiln::runtime {

/// The classes of a directory: its folders in alphabetical order, but for hidden ones.
std::vector<std::string> class_folders(const std::string& directory);

/// The files of a folder and of the folders in it whose names end in one of `endings` (in lower
/// case), in Keras's order.
std::vector<std::string> files_below(const std::string& folder,
                                     const std::vector<std::string>& endings);

/// Whether a class folder of `directory` has such a file.
bool has_class_files(const std::string& directory, const std::vector<std::string>& endings);

/// The endings of images that kiln reads.
const std::vector<std::string>& image_endings();

}  // namespace kiln::runtime
