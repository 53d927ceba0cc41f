#include "runtime/data/idx.h"

#include <optional>
#include <utility>

#include "runtime/base/byte_order.h"
#include "runtime/base/file.h"
#include "runtime/base/inflate.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kMagicSize = 4;
constexpr int kLargestRank = 8;

// What an IDX header says; data_offset counts in the plain (decompressed) bytes.
struct Header {
  kiln_element_type type = KILN_U8;
  std::vector<int64_t> dims;
  int64_t data_offset = 0;
  int64_t data_bytes = 0;
};

std::optional<kiln_element_type> element_type(std::byte code) {
  switch (static_cast<int>(code)) {
    case 0x08:
      return KILN_U8;
    case 0x09:
      return KILN_I8;
    case 0x0b:
      return KILN_I16;
    case 0x0c:
      return KILN_I32;
    case 0x0d:
      return KILN_F32;
    case 0x0e:
      return KILN_F64;
    default:
      return std::nullopt;
  }
}

Diagnostic cut_off(const std::string& path, int64_t size) {
  return {path, "the file ends inside the IDX header, at byte " + std::to_string(size),
          "it was cut off: get it again"};
}

// The first four bytes: two zeros, the element type, the rank.
Expected<Header> parse_magic(const std::string& path, const std::byte* bytes) {
  const std::optional<kiln_element_type> type = element_type(bytes[2]);
  const int rank = static_cast<int>(bytes[3]);
  if (bytes[0] != std::byte{0} || bytes[1] != std::byte{0} || !type || rank == 0) {
    return Diagnostic{path, "is not an IDX file: it does not begin with 00 00, a type, a rank",
                      "MNIST's files are called train-images-idx3-ubyte and the like"};
  }
  if (rank > kLargestRank) {
    return Diagnostic{path,
                      "the IDX header gives " + std::to_string(rank) + " dimensions, at byte 3",
                      "up to " + std::to_string(kLargestRank) + " are supported"};
  }
  Header header;
  header.type = *type;
  header.dims.resize(static_cast<size_t>(rank));
  header.data_offset = kMagicSize + 4 * rank;
  return header;
}

// The dimensions, each a big-endian number of 32 bits.
Status parse_dims(const std::string& path, const std::byte* bytes, Header& header) {
  for (size_t axis = 0; axis < header.dims.size(); ++axis) {
    header.dims[axis] = load_big_u32(bytes + 4 * axis);
  }
  const std::optional<int64_t> size = checked_byte_count(header.type, header.dims);
  if (!size) {
    return Diagnostic{
        path,
        "the IDX header gives an impossible shape, " + shape_name(header.dims) + ", at byte 4",
        "the file is damaged: get it again"};
  }
  header.data_bytes = *size;
  return ok();
}

// Big-endian elements, turned in place.
void to_native_order(const Array& array) {
  swap_bytes(array.data(), array.element_count(), element_size(array.type));
}

Expected<Array> load_plain(const std::string& path, FileBytes file) {
  if (file.size < kMagicSize) return cut_off(path, file.size);
  KILN_ASSIGN(Header header, parse_magic(path, file.bytes.get()));
  if (file.size < header.data_offset) return cut_off(path, file.size);
  KILN_TRY(parse_dims(path, file.bytes.get() + kMagicSize, header));
  const int64_t actual = file.size - header.data_offset;
  if (actual != header.data_bytes) {
    return Diagnostic{path,
                      "the IDX header says " + tensor_name(header.type, header.dims) +
                          ", which is " + std::to_string(header.data_bytes) + " bytes, but " +
                          std::to_string(actual) + " follow at byte " +
                          std::to_string(header.data_offset),
                      "the file is damaged or was cut off: get it again"};
  }
  std::byte* first = file.bytes.get() + header.data_offset;
  if (element_size(header.type) == 1) {
    return Array{header.type, header.dims, {std::move(file.bytes), first}};
  }
  const Array array = copy_of(header.type, header.dims, first);
  to_native_order(array);
  return array;
}

Expected<Array> load_compressed(const std::string& path, const FileBytes& file) {
  Inflater inflater(path, Inflater::Format::kGzip,
                    {file.bytes.get(), static_cast<size_t>(file.size)});
  std::byte buffer[4 * kLargestRank];
  KILN_TRY(inflater.read({buffer, kMagicSize}));
  KILN_ASSIGN(Header header, parse_magic(path, buffer));
  KILN_TRY(inflater.read({buffer, 4 * header.dims.size()}));
  KILN_TRY(parse_dims(path, buffer, header));
  if (!can_inflate_to(file.size, header.data_bytes)) {
    return Diagnostic{path,
                      "the IDX header says " + tensor_name(header.type, header.dims) +
                          ", more than " + std::to_string(file.size) + " compressed bytes can hold",
                      "the file is damaged or was cut off: get it again"};
  }
  KILN_ASSIGN(const Array array, try_allocate(path, header.type, header.dims));
  KILN_TRY(inflater.read({array.data(), static_cast<size_t>(header.data_bytes)}));
  KILN_TRY(inflater.finish());
  to_native_order(array);
  return array;
}

}  // namespace

Expected<Array> load_idx(const std::string& path) {
  KILN_ASSIGN(FileBytes file, map_file(path));
  if (is_gzip({file.bytes.get(), static_cast<size_t>(file.size)})) {
    return load_compressed(path, file);
  }
  return load_plain(path, std::move(file));
}

}  // namespace kiln::runtime
