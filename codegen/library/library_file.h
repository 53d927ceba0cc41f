// A library's objects as the files that linkers and loaders take.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codegen/object_code.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Joins objects into one in which none but the symbols of these names are defined for others: any
/// number of libraries go into one program.
Expected<std::string> join_objects(const ObjectCode& code, const std::vector<std::string>& visible);

/// A static library (`ar`) of one object file, whose name in it is `member`.
Expected<std::string> static_library(const std::string& object, const std::string& member);

/// What an object file puts where, in bytes.
struct ObjectSizes {
  int64_t code = 0;
  int64_t constants = 0;  ///< read-only data, weights among them
};
Expected<ObjectSizes> sizes_of(const std::string& object);

}  // namespace kiln::codegen
