// NumPy's .npy files: one array. Source: numpy/lib/format.py, "Format Version 1.0" to "3.0".
#pragma once

#include <memory>
#include <string>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Reads an .npy file, memory-mapped where its elements can be used in place. NumPy's types become:
/// f4 f8 f2 i1 i2 i4 i8 u1 b1 (bool) themselves; u2 i32; u4 and u8 i64; V2 bf16. Big-endian
/// elements are swapped and Fortran order is transposed, both into memory. Errors name the file and
/// the offset.
Expected<Array> load_npy(const std::string& path);

/// The same from `size` bytes in memory, called `where` in errors. The bytes are the reader's own
/// from now on: the array may be a view of them, and they may be changed.
Expected<Array> parse_npy(const std::string& where, std::shared_ptr<std::byte> bytes, int64_t size);

/// The header that stands before array.data() in an .npy file (format 1.0, a multiple of 64 bytes).
/// bf16, which NumPy lacks, is written as ml_dtypes does, V2.
std::string npy_header(const Array& array);

/// Writes an .npy file atomically: it is there in full, or not at all.
Status save_npy(const std::string& path, const Array& array);

}  // namespace kiln::runtime
