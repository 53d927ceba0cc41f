// NumPy's .npz files: named arrays in a zip archive.
// Source: PKWARE's APPNOTE.TXT 6.3.10 (zip), RFC 1951 (deflate), numpy.lib.npyio.savez.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// One array of an .npz file; the entry in the archive is called NAME.npy.
struct NamedArray {
  std::string name;
  Array array;
};

/// Reads all arrays of an .npz file in the archive's order. Entries may be stored (used in place
/// where aligned) or deflated; ZIP64 is understood, checksums are verified. Entries that are not
/// .npy are passed over. Errors name the file, the entry and the offset.
Expected<std::vector<NamedArray>> load_npz(const std::string& path);

/// The same of the arrays alone whose names `wanted` chooses: nothing else of the file is read.
Expected<std::vector<NamedArray>> load_npz_if(
    const std::string& path, const std::function<bool(const std::string& name)>& wanted);

/// Writes an .npz file with stored entries, as numpy.savez does (ZIP64 where sizes need it),
/// atomically: a reader, also after a crash, sees the old file or the new one in full.
Status save_npz(const std::string& path, const std::vector<NamedArray>& arrays);

/// The array called `name`, or nullptr.
const Array* find_array(const std::vector<NamedArray>& arrays, const std::string& name);

}  // namespace kiln::runtime
