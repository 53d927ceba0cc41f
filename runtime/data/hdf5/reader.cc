#include "runtime/data/hdf5/reader.h"

#include <string>
#include <utility>

#include "runtime/data/hdf5/chunks.h"
#include "runtime/data/hdf5/cursor.h"
#include "runtime/data/hdf5/header.h"

namespace kiln::runtime {
namespace {

using Bytes = std::span<const std::byte>;

constexpr int kMaxDepth = 32;           // groups in groups; and levels of a B-tree
constexpr uint64_t kMaxName = 1 << 12;  // characters of one name
// Structures are read once, except heaps of text, of which every reader passes over what lies
// before its own: a few times the file's size, and never more.
constexpr uint64_t kBudget = 16;
// What Keras says about a group in words.
constexpr const char* kTextAttributes[] = {"name", "model_config", "training_config",
                                           "keras_version", "backend"};
// Lists, which Keras cuts in parts where they are too long for an attribute: weight_names0, ...
constexpr const char* kLists[] = {"layer_names", "weight_names"};
constexpr int kMostParts = 1000;
const char* const kAdvice = "write the file with Keras's save() or save_weights()";

/// A place in the tree of groups.
struct Place {
  std::string path;
  int depth = 0;
};

class Reading {
 public:
  Reading(const std::string& where, Bytes file)
      : where_(where), file_(file), budget_(file.size() * kBudget) {}

  Expected<Hdf5Contents> run() {
    KILN_ASSIGN(const uint64_t root, superblock());
    KILN_TRY(object(root, {}));
    return std::move(contents_);
  }

 private:
  Diagnostic damaged(const std::string& path, const std::string& problem) const {
    return {where_, path.empty() ? problem : "\"" + path + "\" " + problem, kAdvice};
  }

  /// Section II.A. Gives the address of the root's object header.
  Expected<uint64_t> superblock() const {
    Hdf5Cursor cursor(file_);
    if (!cursor.signature("\x89HDF\r\n\x1a\n")) return damaged("", "is not an HDF5 file");
    const uint64_t version = cursor.number(1);
    cursor.skip(4);
    const uint64_t offset_size = cursor.number(1), length_size = cursor.number(1);
    if (!cursor.ok() || version > 1 || offset_size != 8 || length_size != 8) {
      return damaged("", "is an HDF5 file of another format than Keras's (libver=\"earliest\")");
    }
    cursor.skip(version == 1 ? 13 : 9);
    const uint64_t base = cursor.number(8);
    cursor.skip(8);
    const uint64_t end = cursor.number(8);
    cursor.skip(16);
    const uint64_t root = cursor.number(8);
    if (!cursor.ok() || base != 0) return damaged("", "has a damaged superblock");
    if (end > file_.size()) {
      return damaged("", "is cut off: " + std::to_string(file_.size()) + " of " +
                             std::to_string(end) + " bytes are there");
    }
    return root;
  }

  Status object(uint64_t address, const Place& place) {
    Hdf5HeaderResult result = read_hdf5_header(file_, address, budget_);
    if (!result.problem.empty()) return damaged(place.path, result.problem);
    const Hdf5Header& header = result.header;
    if (!header.refused.empty()) return damaged(place.path, header.refused);
    if (!header.symbol_table.empty()) return group(header, place);
    if (!header.layout.empty()) return dataset(header, place);
    return damaged(place.path, "is neither a group nor an array");
  }

  Status dataset(const Hdf5Header& header, const Place& place) {
    Hdf5Dataset dataset;
    dataset.type = hdf5_element_type(header.datatype);
    const auto dims = hdf5_extents(header.dataspace);
    if (!dims) return damaged(place.path, "has a damaged shape");
    dataset.dims = *dims;
    const Hdf5Layout layout = hdf5_layout(file_, header.layout);
    if (!layout.problem.empty()) return damaged(place.path, layout.problem);
    dataset.values = layout.values;
    if (layout.chunking && dataset.type) {
      KILN_TRY(unpack(*layout.chunking, header.filters, place, dataset));
    } else if (!layout.chunking && !header.filters.empty()) {
      return damaged(place.path, "has filters, but no chunks");
    }
    if (!budget_.spend(layout.values.size())) return overlapping(place);
    if (dataset.type) {
      const auto bytes = checked_byte_count(*dataset.type, dataset.dims);
      if (!bytes || static_cast<uint64_t>(*bytes) != dataset.values.size()) {
        return damaged(place.path, "claims to be " + tensor_name(*dataset.type, dataset.dims) +
                                       ", which its " + std::to_string(dataset.values.size()) +
                                       " bytes are not");
      }
    }
    contents_.datasets.insert_or_assign(place.path, std::move(dataset));
    return ok();
  }

  Status unpack(const Hdf5Chunking& chunking, Bytes filters, const Place& place,
                Hdf5Dataset& dataset) {
    Hdf5ChunkedValues values = read_hdf5_chunks(file_, chunking, filters, dataset.dims, budget_);
    if (!values.problem.empty()) return damaged(place.path, values.problem);
    dataset.values = {values.bytes.get(), static_cast<size_t>(values.size)};
    dataset.unpacked = std::move(values.bytes);
    return ok();
  }

  Status overlapping(const Place& place) const {
    return damaged(place.path, "shares its place in the file with others");
  }

  Status group(const Hdf5Header& header, const Place& place) {
    if (place.depth > kMaxDepth) return damaged(place.path, "lies too deep");
    for (const char* name : kTextAttributes) {
      std::vector<std::string> texts = hdf5_text_attribute(file_, header, name, budget_);
      if (!texts.empty()) contents_.texts[{place.path, name}] = std::move(texts);
    }
    for (const char* name : kLists) {
      std::vector<std::string> texts = list(header, name);
      if (!texts.empty()) contents_.texts[{place.path, name}] = std::move(texts);
    }
    const auto name = contents_.texts.find({place.path, "name"});
    if (name != contents_.texts.end() && !name->second[0].empty())
      contents_.names.insert_or_assign(place.path, name->second[0]);
    Hdf5Cursor table(header.symbol_table);
    const uint64_t tree = table.number(8), heap = table.number(8);
    Hdf5Cursor cursor(file_, heap);
    cursor.signature("HEAP");
    cursor.skip(4);
    const uint64_t size = cursor.number(8);
    cursor.skip(8);
    Hdf5Cursor names(file_, cursor.number(8));
    const Bytes heap_bytes = names.take(size);
    if (!table.ok() || !cursor.ok() || !names.ok())
      return damaged(place.path, "has a damaged table of names");
    return tree_node(tree, heap_bytes, place, kMaxDepth);
  }

  std::vector<std::string> list(const Hdf5Header& header, const std::string& name) {
    std::vector<std::string> texts = hdf5_text_attribute(file_, header, name, budget_);
    for (int i = 0; i < kMostParts && (i > 0 || texts.empty()); ++i) {
      const std::vector<std::string> part =
          hdf5_text_attribute(file_, header, name + std::to_string(i), budget_);
      if (part.empty()) break;
      texts.insert(texts.end(), part.begin(), part.end());
    }
    return texts;
  }

  /// A node of a group's B-tree, at a level below `above`.
  Status tree_node(uint64_t address, Bytes heap, const Place& place, int above) {
    Hdf5Cursor cursor(file_, address);
    const auto node = hdf5_tree_node(cursor, 0, above, 16, budget_);
    if (!node) return damaged(place.path, "has a damaged index");
    const auto [level, children] = *node;
    for (uint64_t i = 0; i < children; ++i) {
      cursor.skip(8);
      const uint64_t child = cursor.number(8);
      if (!cursor.ok()) return damaged(place.path, "has a damaged index");
      KILN_TRY(level > 0 ? tree_node(child, heap, place, level) : members(child, heap, place));
    }
    return ok();
  }

  /// A symbol table node, section III.B.
  Status members(uint64_t address, Bytes heap, const Place& place) {
    Hdf5Cursor cursor(file_, address);
    cursor.signature("SNOD");
    cursor.skip(2);
    const uint64_t count = cursor.number(2);
    if (!cursor.ok() || !budget_.spend(8 + count * 40))
      return damaged(place.path, "has a damaged list of members");
    for (uint64_t i = 0; i < count; ++i) KILN_TRY(member(cursor, heap, place));
    return ok();
  }

  /// A symbol table entry, section III.C.
  Status member(Hdf5Cursor& cursor, Bytes heap, const Place& place) {
    constexpr uint64_t kSoftLink = 2;
    Hdf5Cursor text(heap, cursor.number(8));
    const std::string name = text.text(kMaxName);
    const uint64_t address = cursor.number(8);
    const uint64_t cached = cursor.number(4);
    cursor.skip(20);
    if (!cursor.ok() || !text.ok() || name.empty()) {
      return damaged(place.path, "has a damaged list of members");
    }
    const std::string path = place.path.empty() ? name : place.path + "/" + name;
    if (!budget_.spend(path.size())) return overlapping(place);
    if (cached == kSoftLink)
      return damaged(path, "is a link to another place, which Keras does not write");
    return object(address, {path, place.depth + 1});
  }

  const std::string& where_;
  const Bytes file_;
  Hdf5Budget budget_;
  Hdf5Contents contents_;
};

}  // namespace

Expected<Hdf5Contents> read_hdf5(const std::string& where, Bytes bytes) {
  return Reading(where, bytes).run();
}

}  // namespace kiln::runtime
