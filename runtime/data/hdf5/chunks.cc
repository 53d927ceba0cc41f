#include "runtime/data/hdf5/chunks.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/base/inflate.h"
#include "runtime/data/hdf5/cursor.h"

namespace kiln::runtime {
namespace {

using Bytes = std::span<const std::byte>;

constexpr int kMaxLevels = 32;
constexpr uint64_t kDeflate = 1, kShuffle = 2;

struct Filter {
  uint64_t id;
  uint64_t element_size;  ///< of shuffle
};

/// Gives the problem, empty where there is none.
std::string read_filters(Bytes message, std::vector<Filter>& filters) {
  Hdf5Cursor cursor(message);
  const uint64_t version = cursor.number(1), count = cursor.number(1);
  if (version == 1) cursor.skip(6);
  if (message.empty()) return "";
  if (version < 1 || version > 2 || count > 32) return "has damaged filters";
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t id = cursor.number(2);
    const bool has_name = version == 1 || id >= 256;
    const uint64_t name_size = has_name ? cursor.number(2) : 0;
    cursor.skip(2);
    const uint64_t values = cursor.number(2);
    const Bytes name = cursor.take(version == 1 ? (name_size + 7) / 8 * 8 : name_size);
    const uint64_t first = values > 0 ? cursor.number(4) : 0;
    if (values > 1) cursor.skip((values - 1) * 4);
    if (version == 1 && values % 2 == 1) cursor.skip(4);
    if (!cursor.ok()) return "has damaged filters";
    if (id != kDeflate && id != kShuffle) {
      return "is kept by a filter that kiln has not: " +
             (name.empty() ? "number " + std::to_string(id) : Hdf5Cursor(name).text(name.size()));
    }
    filters.push_back({id, first});
  }
  return "";
}

/// The bytes of elements, whose first bytes stand first, then the second ones, and so on.
std::vector<std::byte> unshuffled(const std::vector<std::byte>& bytes, uint64_t element_size) {
  if (element_size < 2) return bytes;
  std::vector<std::byte> result = bytes;
  const uint64_t count = bytes.size() / element_size;
  for (uint64_t i = 0; i < count; ++i) {
    for (uint64_t k = 0; k < element_size; ++k) result[i * element_size + k] = bytes[k * count + i];
  }
  return result;
}

class Chunks {
 public:
  Chunks(Bytes file, const Hdf5Chunking& chunking, const std::vector<int64_t>& dims,
         std::vector<Filter> filters, Hdf5Budget& budget)
      : file_(file), chunking_(chunking), filters_(std::move(filters)), budget_(budget) {
    for (const int64_t extent : dims) dims_.push_back(static_cast<uint64_t>(extent));
  }

  /// False where the sizes cannot be those of the file.
  bool allocate() {
    if (dims_.empty() || chunking_.extents.size() != dims_.size()) return false;
    values_.size = chunk_size_ = chunking_.element_size;
    uint64_t count = 1;
    for (size_t d = 0; d < dims_.size(); ++d) {
      const uint64_t extent = chunking_.extents[d];
      if (extent == 0) return false;
      counts_.push_back((dims_[d] + extent - 1) / extent);
      // dims_ were checked; those of a chunk are below 2^32 each.
      if (__builtin_mul_overflow(values_.size, dims_[d], &values_.size) ||
          __builtin_mul_overflow(chunk_size_, extent, &chunk_size_) ||
          __builtin_mul_overflow(count, counts_[d], &count))
        return false;
    }
    const auto file_size = static_cast<int64_t>(file_.size());
    constexpr uint64_t kMost = uint64_t{1} << 62;
    if (count > file_.size() || values_.size > kMost || chunk_size_ > kMost ||
        !can_inflate_to(file_size, static_cast<int64_t>(values_.size)) ||
        !can_inflate_to(file_size, static_cast<int64_t>(chunk_size_)))
      return false;
    seen_.resize(count);
    values_.bytes = std::make_shared<std::byte[]>(values_.size);
    return true;
  }

  /// A node of the B-tree of chunks, at a level below `above`.
  bool node(uint64_t address, int above) {
    Hdf5Cursor cursor(file_, address);
    const uint64_t key_size = 8 + 8 * (dims_.size() + 1);
    const auto node_here = hdf5_tree_node(cursor, 1, above, key_size + 8, budget_);
    if (!node_here) return false;
    const auto [level, children] = *node_here;
    for (uint64_t i = 0; i < children; ++i) {
      Hdf5Cursor key(cursor.take(key_size));
      const uint64_t child = cursor.number(8);
      if (!cursor.ok() || !(level > 0 ? node(child, level) : chunk(key, child))) return false;
    }
    return true;
  }

  bool is_whole() const { return std::find(seen_.begin(), seen_.end(), false) == seen_.end(); }
  Hdf5ChunkedValues values() && { return std::move(values_); }

 private:
  bool chunk(Hdf5Cursor key, uint64_t address) {
    const uint64_t size = key.number(4), mask = key.number(4);
    std::vector<uint64_t> offsets;
    uint64_t number = 0;
    for (size_t d = 0; d < dims_.size(); ++d) {
      const uint64_t offset = key.number(8), extent = chunking_.extents[d];
      if (!key.ok() || offset % extent != 0 || offset >= dims_[d]) return false;
      offsets.push_back(offset);
      number = number * counts_[d] + offset / extent;
    }
    Hdf5Cursor stored(file_, address);
    const Bytes bytes = stored.take(size);
    if (!stored.ok() || seen_[number] || !budget_.spend(size)) return false;
    seen_[number] = true;
    std::vector<std::byte> decoded(bytes.begin(), bytes.end());
    if (!decode(decoded, mask)) return false;
    place(decoded.data(), offsets, 0, 0);
    return true;
  }

  /// Undoes the filters, the last one first; a bit of the mask says that one was left out.
  bool decode(std::vector<std::byte>& bytes, uint64_t mask) const {
    for (size_t i = filters_.size(); i-- > 0;) {
      if ((mask >> i) & 1) continue;
      if (filters_[i].id == kShuffle) {
        bytes = unshuffled(bytes, filters_[i].element_size);
        continue;
      }
      if (!can_inflate_to(static_cast<int64_t>(bytes.size()), static_cast<int64_t>(chunk_size_)))
        return false;
      std::vector<std::byte> inflated(chunk_size_);
      Inflater inflater("", Inflater::Format::kZlib, bytes);
      if (!inflater.read(inflated) || !inflater.finish()) return false;
      bytes = std::move(inflated);
    }
    return bytes.size() == chunk_size_;
  }

  /// Copies what of a chunk lies within the dataset, dimension by dimension; `at` is the number of
  /// the element there. Gives the place behind what it has passed in the chunk.
  const std::byte* place(const std::byte* from, const std::vector<uint64_t>& offsets, size_t d,
                         uint64_t at) {
    const uint64_t extent = chunking_.extents[d];
    const uint64_t within = std::min(extent, dims_[d] - offsets[d]);
    const bool is_row = d + 1 == dims_.size();
    if (is_row) {
      const uint64_t size = chunking_.element_size;
      std::memcpy(values_.bytes.get() + (at * dims_[d] + offsets[d]) * size, from, within * size);
      return from + extent * size;
    }
    for (uint64_t i = 0; i < extent; ++i) {
      if (i < within) {
        from = place(from, offsets, d + 1, at * dims_[d] + offsets[d] + i);
      } else {
        uint64_t size = chunking_.element_size;
        for (size_t inner = d + 1; inner < dims_.size(); ++inner) size *= chunking_.extents[inner];
        return from + size * (extent - i);
      }
    }
    return from;
  }

  const Bytes file_;
  const Hdf5Chunking& chunking_;
  const std::vector<Filter> filters_;
  Hdf5Budget& budget_;
  std::vector<uint64_t> dims_, counts_;
  std::vector<bool> seen_;
  uint64_t chunk_size_ = 0;
  Hdf5ChunkedValues values_;
};

Hdf5ChunkedValues problem(std::string text) { return {nullptr, 0, std::move(text)}; }

}  // namespace

Hdf5ChunkedValues read_hdf5_chunks(Bytes file, const Hdf5Chunking& chunking, Bytes message,
                                   const std::vector<int64_t>& dims, Hdf5Budget& budget) {
  std::vector<Filter> filters;
  if (std::string wrong = read_filters(message, filters); !wrong.empty())
    return problem(std::move(wrong));
  Chunks chunks(file, chunking, dims, std::move(filters), budget);
  if (!chunks.allocate()) return problem("has damaged chunks");
  // Without an address nothing was ever written.
  if (chunking.tree != ~uint64_t{0} && !chunks.node(chunking.tree, kMaxLevels))
    return problem("has damaged chunks");
  if (!chunks.is_whole()) return problem("has chunks that were never written");
  return std::move(chunks).values();
}

}  // namespace kiln::runtime
