#include "runtime/data/hdf5/header.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

namespace kiln::runtime {
namespace {

using Bytes = std::span<const std::byte>;

constexpr uint64_t kUndefined = ~uint64_t{0};  // an address of nothing

// Types of messages, section IV.A.2.
enum Message : uint64_t {
  kDataspace = 0x01,
  kLinkInfo = 0x02,
  kDatatype = 0x03,
  kLink = 0x06,
  kExternalFiles = 0x07,
  kLayout = 0x08,
  kFilters = 0x0b,
  kAttribute = 0x0c,
  kContinuation = 0x10,
  kSymbolTable = 0x11,
};

constexpr uint64_t kShared = 0x02;  // the message's flag: it is kept elsewhere

struct Block {
  uint64_t address, size;
};

void take_message(Hdf5Header& header, uint64_t type, uint64_t flags, Bytes data) {
  const auto refuse = [&](const char* what) { header.refused = what; };
  if (type == kDataspace) header.dataspace = data;
  if (type == kDatatype) header.datatype = data;
  if (type == kLayout) header.layout = data;
  if (type == kSymbolTable) header.symbol_table = data;
  if (type == kAttribute && !(flags & kShared)) header.attributes.push_back(data);
  if (type == kExternalFiles) refuse("keeps its values in another file");
  if (type == kFilters) header.filters = data;
  if (type == kLink || type == kLinkInfo)
    refuse("has links of another kind than Keras's (external, or of a newer format)");
  if ((flags & kShared) && (type == kDataspace || type == kDatatype))
    refuse("shares its type with others");
}

/// Reads the messages of one block; blocks that continue it are added to `blocks`.
bool read_block(Bytes file, const Block& block, Hdf5Header& header, std::deque<Block>& blocks) {
  Hdf5Cursor all(file, block.address);
  Hdf5Cursor cursor(all.take(block.size));
  if (!all.ok()) return false;
  while (cursor.left() >= 8) {
    const uint64_t type = cursor.number(2);
    const uint64_t size = cursor.number(2);
    const uint64_t flags = cursor.number(1);
    cursor.skip(3);
    const Bytes data = cursor.take(size);
    if (!cursor.ok()) return false;
    if (type == kContinuation) {
      Hdf5Cursor next(data);
      const uint64_t address = next.number(8);
      blocks.push_back({address, next.number(8)});
      if (!next.ok()) return false;
    }
    take_message(header, type, flags, data);
  }
  return true;
}

/// IEEE 754's binary formats: a datatype's size, its precision, and the places of its fields.
struct FloatFormat {
  kiln_element_type type;
  uint64_t size, sign, exponent_at, exponent_bits, mantissa_bits, bias;
};
constexpr std::array<FloatFormat, 3> kFloats = {{
    {KILN_F16, 2, 15, 10, 5, 10, 15},
    {KILN_F32, 4, 31, 23, 8, 23, 127},
    {KILN_F64, 8, 63, 52, 11, 52, 1023},
}};

std::optional<kiln_element_type> float_type(Hdf5Cursor properties, uint64_t bits, uint64_t size) {
  const uint64_t offset = properties.number(2), precision = properties.number(2);
  const uint64_t exponent_at = properties.number(1), exponent_bits = properties.number(1);
  const uint64_t mantissa_at = properties.number(1), mantissa_bits = properties.number(1);
  const uint64_t bias = properties.number(4);
  // Little-endian, no padding, a hidden leading bit.
  const bool plain =
      (bits & 0xff) == 0x20 && offset == 0 && precision == size * 8 && mantissa_at == 0;
  for (const FloatFormat& format : kFloats) {
    if (properties.ok() && plain && size == format.size && bits >> 8 == format.sign &&
        bias == format.bias && exponent_at == format.exponent_at &&
        exponent_bits == format.exponent_bits && mantissa_bits == format.mantissa_bits) {
      return format.type;
    }
  }
  return {};
}

std::optional<kiln_element_type> integer_type(Hdf5Cursor properties, uint64_t bits, uint64_t size) {
  const uint64_t offset = properties.number(2), precision = properties.number(2);
  if (!properties.ok() || offset != 0 || precision != size * 8) return {};
  if (bits == 0x00 && size == 1) return KILN_U8;
  if (bits != 0x08) return {};  // little-endian, signed
  if (size == 1) return KILN_I8;
  if (size == 2) return KILN_I16;
  if (size == 4) return KILN_I32;
  if (size == 8) return KILN_I64;
  return {};
}

/// An object of a global heap, section III.E.
std::string heap_text(Bytes file, uint64_t address, uint64_t index, uint64_t length,
                      Hdf5Budget& budget) {
  Hdf5Cursor cursor(file, address);
  if (!cursor.signature("GCOL")) return "";
  cursor.skip(4);
  const uint64_t size = cursor.number(8);
  Hdf5Cursor whole(file, address);
  Hdf5Cursor objects(whole.take(size), 16);
  while (whole.ok() && objects.ok() && budget.spend(16)) {
    const uint64_t number = objects.number(2);
    objects.skip(6);
    const uint64_t bytes = objects.number(8);
    if (number == 0 || !objects.ok()) return "";  // what follows is free space
    if (number == index) {
      const Bytes text = objects.take(std::min(bytes, length));
      return {reinterpret_cast<const char*>(text.data()), text.size()};
    }
    if (bytes > objects.left()) return "";
    objects.skip((bytes + 7) / 8 * 8);
  }
  return "";
}

/// An attribute message, section IV.A.2.m, taken apart.
struct Attribute {
  std::string name;
  Bytes datatype, dataspace, data;
};

std::optional<Attribute> take_apart(Bytes message) {
  Hdf5Cursor cursor(message);
  const uint64_t version = cursor.number(1), flags = cursor.number(1);
  if (version < 1 || version > 3 || (version > 1 && flags != 0)) return {};
  const uint64_t name_size = cursor.number(2), type_size = cursor.number(2),
                 space_size = cursor.number(2);
  if (version == 3) cursor.skip(1);
  const auto padded = [&](uint64_t size) { return version == 1 ? (size + 7) / 8 * 8 : size; };
  Attribute attribute;
  attribute.name = Hdf5Cursor(cursor.take(padded(name_size))).text(name_size);
  attribute.datatype = cursor.take(padded(type_size));
  attribute.dataspace = cursor.take(padded(space_size));
  attribute.data = cursor.take(cursor.left());
  if (!cursor.ok()) return {};
  return attribute;
}

/// The next text of an attribute's values; nothing where they are of another type.
std::optional<std::string> next_text(Bytes file, Bytes datatype, Hdf5Cursor& data,
                                     Hdf5Budget& budget) {
  constexpr uint64_t kString = 3, kVariableLength = 9, kIsString = 1;
  Hdf5Cursor type(datatype);
  const uint64_t type_class = type.number(1) & 0x0f;
  const uint64_t bits = type.number(3), size = type.number(4);
  if (type_class == kString) {
    const Bytes bytes = data.take(std::min(size, data.left()));
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return text.substr(0, text.find('\0'));
  }
  if (type_class != kVariableLength || (bits & 0x0f) != kIsString) return {};
  const uint64_t length = data.number(4), address = data.number(8), index = data.number(4);
  if (!data.ok()) return {};
  const std::string text = heap_text(file, address, index, length, budget);
  return text.substr(0, text.find('\0'));
}

std::vector<std::string> texts_of(Bytes file, const Attribute& attribute, Hdf5Budget& budget) {
  const auto extents = hdf5_extents(attribute.dataspace);
  if (!extents || extents->size() > 1) return {};
  const int64_t count = extents->empty() ? 1 : (*extents)[0];
  Hdf5Cursor data(attribute.data);
  std::vector<std::string> texts;
  for (int64_t i = 0; i < count && data.left() > 0; ++i) {
    std::optional<std::string> text = next_text(file, attribute.datatype, data, budget);
    if (!text) return {};
    texts.push_back(std::move(*text));
  }
  return texts;
}

}  // namespace

std::optional<Hdf5TreeNode> hdf5_tree_node(Hdf5Cursor& cursor, uint64_t kind, int above,
                                           uint64_t child_bytes, Hdf5Budget& budget) {
  cursor.signature("TREE");
  const uint64_t found = cursor.number(1);
  const int level = static_cast<int>(cursor.number(1));
  const uint64_t children = cursor.number(2);
  cursor.skip(16);
  const bool is_node = cursor.ok() && found == kind && level < above;
  if (!is_node || !budget.spend(24 + children * child_bytes)) return std::nullopt;
  return Hdf5TreeNode{level, children};
}

Hdf5HeaderResult read_hdf5_header(Bytes file, uint64_t address, Hdf5Budget& budget) {
  Hdf5HeaderResult result;
  Hdf5Cursor cursor(file, address);
  const uint64_t version = cursor.number(1);
  if (cursor.ok() && version == 'O') {
    result.problem = "is of a newer format than Keras's (libver=\"latest\")";
    return result;
  }
  cursor.skip(7);
  const uint64_t size = cursor.number(4);
  std::deque<Block> blocks = {{address + 16, size}};
  bool good = cursor.ok() && version == 1;
  while (good && !blocks.empty()) {
    const Block block = blocks.front();
    blocks.pop_front();
    good = budget.spend(block.size) && budget.spend(1) &&
           read_block(file, block, result.header, blocks);
  }
  if (!good) result.problem = "has a damaged object header";
  return result;
}

std::optional<kiln_element_type> hdf5_element_type(Bytes message) {
  Hdf5Cursor cursor(message);
  const uint64_t class_and_version = cursor.number(1);
  const uint64_t bits = cursor.number(3), size = cursor.number(4);
  if (!cursor.ok()) return {};
  if ((class_and_version & 0x0f) == 0) return integer_type(cursor, bits, size);
  if ((class_and_version & 0x0f) == 1) return float_type(cursor, bits, size);
  return {};
}

std::optional<std::vector<int64_t>> hdf5_extents(Bytes message) {
  constexpr uint64_t kMaxRank = 32, kNull = 2;
  Hdf5Cursor cursor(message);
  const uint64_t version = cursor.number(1), rank = cursor.number(1);
  cursor.skip(1);
  const uint64_t kind = cursor.number(1);
  if (version == 1) cursor.skip(4);
  if (version < 1 || version > 2 || rank > kMaxRank || (version == 2 && kind == kNull)) return {};
  std::vector<int64_t> dims;
  for (uint64_t d = 0; d < rank; ++d) dims.push_back(static_cast<int64_t>(cursor.number(8)));
  if (!cursor.ok() || !checked_element_count(dims)) return {};
  return dims;
}

Hdf5Layout hdf5_layout(Bytes file, Bytes message) {
  constexpr uint64_t kCompact = 0, kChunked = 2;  // 1: contiguous
  Hdf5Layout damaged{{}, {}, "has a damaged layout"};
  Hdf5Cursor cursor(message);
  const uint64_t version = cursor.number(1), kind = cursor.number(1);
  if (!cursor.ok() || version != 3 || kind > kChunked)
    return {{}, {}, "is virtual, or chunked in a newer format (libver=\"latest\")"};
  if (kind == kCompact) {
    const Bytes values = cursor.take(cursor.number(2));
    return cursor.ok() ? Hdf5Layout{values, {}, ""} : damaged;
  }
  if (kind == kChunked) {
    // One more number than there are dimensions: an element's size.
    const uint64_t count = cursor.number(1);
    Hdf5Chunking chunking{cursor.number(8), {}, 0};
    for (uint64_t i = 1; i < count; ++i) chunking.extents.push_back(cursor.number(4));
    chunking.element_size = cursor.number(4);
    return cursor.ok() ? Hdf5Layout{{}, std::move(chunking), ""} : damaged;
  }
  const uint64_t address = cursor.number(8), size = cursor.number(8);
  if (!cursor.ok()) return damaged;
  if (size == 0) return {};
  if (address == kUndefined) return {{}, {}, "has no values"};
  Hdf5Cursor values(file, address);
  const Bytes bytes = values.take(size);
  return {bytes, {}, values.ok() ? "" : "has values beyond the end of the file"};
}

std::vector<std::string> hdf5_text_attribute(Bytes file, const Hdf5Header& header,
                                             const std::string& name, Hdf5Budget& budget) {
  for (const Bytes message : header.attributes) {
    const std::optional<Attribute> attribute = take_apart(message);
    if (attribute && attribute->name == name) return texts_of(file, *attribute, budget);
  }
  return {};
}

}  // namespace kiln::runtime
