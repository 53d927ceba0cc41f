// IDX files, the format of MNIST: a tensor with a header of big-endian numbers.
// Source: http://yann.lecun.com/exdb/mnist/, "THE IDX FILE FORMAT".
#pragma once

#include <string>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Reads an IDX file, plain (memory-mapped where its elements are bytes) or compressed with gzip:
/// the content decides, not the name. u8, i8, i16, i32, f32 and f64, any rank from 1 to 8. Errors
/// name the file and the offset.
Expected<Array> load_idx(const std::string& path);

}  // namespace kiln::runtime
