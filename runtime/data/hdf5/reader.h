// Reads HDF5 files as Keras writes them, without trusting them.
// Source: HDF5 File Format Specification 3.0, https://docs.hdfgroup.org/hdf5/latest/_f_m_t3.html
//
// Not through HDF5's own library: version 1.10 crashes or hangs on many files with one changed
// byte, and has a license to do more than Keras's weights need (links to other files, plugins,
// filters). Here is the part of the format that h5py writes by default: superblock 0 or 1, groups
// as symbol tables, values that are contiguous, compact, or in chunks which deflate and shuffle may
// have packed. All else is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// One array of the file; its values are a view of the file's bytes, or of what was unpacked.
struct Hdf5Dataset {
  std::optional<kiln_element_type> type;  ///< none: a type that kiln does not have
  std::vector<int64_t> dims;
  std::span<const std::byte> values;  ///< dense, little-endian; not aligned
  std::shared_ptr<const std::byte[]> unpacked = {};
};

/// Everything in a file, by paths from the root without a slash in front: "layers/dense/vars/0".
struct Hdf5Contents {
  std::map<std::string, Hdf5Dataset> datasets;
  std::map<std::string, std::string> names;  ///< a group's attribute `name`, where it has one
  /// Attributes that are texts, by group and name: `name`, and those of whole models (legacy_h5.h).
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> texts;
};

/// Reads the structure of the file, and unpacks what is in chunks. `bytes` must outlive what it gives; `where`
/// opens the errors. Links other than to the file's own objects (soft, external) are refused. Time
/// and memory are bounded by the size of the file.
Expected<Hdf5Contents> read_hdf5(const std::string& where, std::span<const std::byte> bytes);

}  // namespace kiln::runtime
