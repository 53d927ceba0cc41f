// Object headers of an HDF5 file: what says whether an object is a group or a dataset, and of what.
// Source: HDF5 File Format Specification 3.0, section IV.A.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/data/hdf5/cursor.h"
#include "runtime/data/hdf5/reader.h"

namespace kiln::runtime {

/// How much of the file's bytes may still be read as structure. In an honest file every byte
/// belongs to one structure, so a walk that uses more than there are goes in circles.
class Hdf5Budget {
 public:
  explicit Hdf5Budget(uint64_t bytes) : left_(bytes) {}
  bool spend(uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }

 private:
  uint64_t left_;
};

/// A node of a B-tree, section III.A.1: how far it is above the leaves, and how many children it has.
struct Hdf5TreeNode {
  int level;
  uint64_t children;
};

/// Reads the head of a node, up to its children, of `child_bytes` each; nothing where it is none of
/// this kind, is not below the level `above`, or does not fit into what may still be read.
std::optional<Hdf5TreeNode> hdf5_tree_node(Hdf5Cursor& cursor, uint64_t kind, int above,
                                           uint64_t child_bytes, Hdf5Budget& budget);

/// The messages of an object header that matter here, each by its bytes; empty: there is none.
struct Hdf5Header {
  std::span<const std::byte> dataspace, datatype, layout, filters, symbol_table;
  std::vector<std::span<const std::byte>> attributes;
  std::string refused;  ///< a feature that Keras does not use: what it is
};

/// A header, or what is wrong with it.
struct Hdf5HeaderResult {
  Hdf5Header header;
  std::string problem;  ///< empty: none
};
/// Reads the header at `address` with all its continuations.
Hdf5HeaderResult read_hdf5_header(std::span<const std::byte> file, uint64_t address,
                                  Hdf5Budget& budget);

/// The type of a datatype message, where kiln has it.
std::optional<kiln_element_type> hdf5_element_type(std::span<const std::byte> message);

/// The extents of a dataspace message; none where it has no values or is damaged.
std::optional<std::vector<int64_t>> hdf5_extents(std::span<const std::byte> message);

/// How a dataset is cut in chunks.
struct Hdf5Chunking {
  uint64_t tree;                  ///< the address of their B-tree
  std::vector<uint64_t> extents;  ///< of a chunk
  uint64_t element_size;          ///< bytes
};

/// Where the values of a dataset are: in one place, or in chunks.
struct Hdf5Layout {
  std::span<const std::byte> values;
  std::optional<Hdf5Chunking> chunking;
  std::string problem;  ///< empty: none
};
Hdf5Layout hdf5_layout(std::span<const std::byte> file, std::span<const std::byte> message);

/// The value of the attribute `name` among a header's: one text of fixed or variable length, or a
/// list of them. Empty where there is none, or where it is something else.
std::vector<std::string> hdf5_text_attribute(std::span<const std::byte> file,
                                             const Hdf5Header& header, const std::string& name,
                                             Hdf5Budget& budget);

}  // namespace kiln::runtime
