// Writes HDF5 files as h5py would, through HDF5's C library.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// One group of a file to be written. The groups above it are made where they are missing.
struct Hdf5Group {
  std::string path;                     ///< "layers/dense/vars"
  std::string name;                     ///< its attribute `name`; empty: it has none
  std::vector<runtime::Array> members;  ///< datasets "0", "1", ...
};

/// The bytes of the file. The same groups give the same bytes. `where` opens the errors.
Expected<std::vector<std::byte>> write_hdf5(const std::string& where,
                                            const std::vector<Hdf5Group>& groups);

}  // namespace kiln::keras
