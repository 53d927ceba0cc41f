// What a file is, by its first bytes: names of models' files are not to be trusted.
#pragma once

#include <string>

namespace kiln::runtime {

enum class Container {
  json,   ///< text that begins with { or [
  zip,    ///< a .keras archive, or an .npz of arrays
  hdf5,   ///< a whole model's .h5, or weights alone
  other,  ///< none of these, or no file, or a pipe: what is read of one is gone
};

Container container_of(const std::string& path);

}  // namespace kiln::runtime
