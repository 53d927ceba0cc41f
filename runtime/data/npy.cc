#include "runtime/data/npy.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/base/byte_order.h"
#include "runtime/base/file.h"

namespace kiln::runtime {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kLargestRank = 64;  // NumPy 2's limit
constexpr int64_t kLongestText = int64_t{1} << 28;

// How a NumPy type is stored, and what it becomes.
struct StoredType {
  std::string_view code;  ///< without the byte order
  int64_t size;
  kiln_element_type type;
  bool unsigned_number;  ///< has no element type of its own: widened to a signed one
};

constexpr StoredType kStoredTypes[] = {
    {"f4", 4, KILN_F32, false},  {"f8", 8, KILN_F64, false}, {"f2", 2, KILN_F16, false},
    {"i1", 1, KILN_I8, false},   {"i2", 2, KILN_I16, false}, {"i4", 4, KILN_I32, false},
    {"i8", 8, KILN_I64, false},  {"u1", 1, KILN_U8, false},  {"b1", 1, KILN_I1, false},
    {"V2", 2, KILN_BF16, false}, {"u2", 2, KILN_I32, true},  {"u4", 4, KILN_I64, true},
    {"u8", 8, KILN_I64, true},
};

// What an .npy header says.
struct Header {
  std::optional<StoredType> stored;
  int64_t unit = 0;  ///< of texts, the bytes of a character: 1 (S) or 4 (U); 0: numbers
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<int64_t> dims;
  int64_t data_offset = 0;
};

// Reads the Python literal of the header, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,
// 4), }".
class HeaderParser {
 public:
  HeaderParser(const std::string& where, std::string_view text, int64_t offset)
      : where_(where), text_(text), offset_(offset) {}

  Expected<Header> parse() {
    Header header;
    if (!take('{')) return failure("expected {");
    while (!take('}')) {
      const std::optional<std::string_view> key = string();
      if (!key || !take(':')) return failure("expected 'key':");
      KILN_TRY(entry(*key, header));
      take(',');
    }
    if (!header.stored || !has_order_ || !has_shape_) {
      return failure("'descr', 'fortran_order' and 'shape' are not all there");
    }
    return header;
  }

 private:
  Status entry(std::string_view key, Header& header) {
    if (key == "descr") return element_type(header);
    if (key == "fortran_order") return order(header);
    if (key == "shape") return shape(header);
    return failure("unknown key '" + std::string(key) + "'");
  }

  Status element_type(Header& header) {
    const std::optional<std::string_view> descr = string();
    if (!descr) {
      return unsupported("the elements are structures", "save one plain array of numbers");
    }
    std::string_view code = *descr;
    if (!code.empty() && std::string_view("<>|=").find(code[0]) != std::string_view::npos) {
      header.big_endian = code[0] == '>';
      code.remove_prefix(1);
    }
    for (const StoredType& stored : kStoredTypes) {
      if (stored.code == code) header.stored = stored;
    }
    if (header.stored || text_type(code, header)) return ok();
    return unsupported("elements of type '" + std::string(*descr) + "' are not supported",
                       code == "O" ? "save texts as array.astype(str), numbers as numbers"
                                   : "convert the array first, as in array.astype(\"float32\")");
  }

  // "S7" or "U7": texts of at most seven bytes, or characters of four bytes, with zeros behind.
  static bool text_type(std::string_view code, Header& header) {
    if (!code.starts_with('S') && !code.starts_with('U')) return false;
    int64_t length = 0;
    const auto [end, error] = std::from_chars(code.data() + 1, code.data() + code.size(), length);
    const bool is_length = error == std::errc() && end == code.data() + code.size();
    if (!is_length || length < 0 || length > kLongestText) return false;
    header.unit = code[0] == 'U' ? 4 : 1;
    header.stored = StoredType{code, length * header.unit, KILN_U8, false};
    return true;
  }

  Status order(Header& header) {
    has_order_ = true;
    header.fortran_order = word("True");
    if (!header.fortran_order && !word("False")) return failure("expected True or False");
    return ok();
  }

  Status shape(Header& header) {
    has_shape_ = true;
    if (!take('(')) return failure("expected (");
    header.dims.clear();
    while (!take(')')) {
      const std::optional<int64_t> dim = number();
      if (!dim || header.dims.size() == kLargestRank) return failure("the shape is not valid");
      header.dims.push_back(*dim);
      if (!take(',') && !at(')')) return failure("expected , or )");
    }
    return ok();
  }

  void skip_spaces() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) {
      ++position_;
    }
  }

  bool at(char character) {
    skip_spaces();
    return position_ < text_.size() && text_[position_] == character;
  }

  bool take(char character) {
    if (!at(character)) return false;
    ++position_;
    return true;
  }

  bool word(std::string_view expected) {
    skip_spaces();
    if (text_.substr(position_, expected.size()) != expected) return false;
    position_ += expected.size();
    return true;
  }

  std::optional<std::string_view> string() {
    if (!at('\'') && !at('"')) return std::nullopt;
    const size_t end = text_.find(text_[position_], position_ + 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = text_.substr(position_ + 1, end - position_ - 1);
    position_ = end + 1;
    return value;
  }

  std::optional<int64_t> number() {
    skip_spaces();
    int64_t value = 0;
    const char* begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 0) return std::nullopt;
    position_ += static_cast<size_t>(end - begin);
    if (position_ < text_.size() && text_[position_] == 'L') ++position_;  // Python 2 wrote 3L
    return value;
  }

  Diagnostic failure(const std::string& message) const {
    return {where_,
            "the .npy header is not valid: " + message + ", at byte " +
                std::to_string(offset_ + static_cast<int64_t>(position_)),
            "the file is damaged, or is no .npy file: save it again with numpy.save"};
  }

  Diagnostic unsupported(const std::string& message, const std::string& note) const {
    return {where_, message, note};
  }

  const std::string& where_;
  std::string_view text_;
  int64_t offset_;
  size_t position_ = 0;
  bool has_order_ = false;
  bool has_shape_ = false;
};

Diagnostic cut_off(const std::string& where, int64_t size) {
  return {where, "the file ends inside the .npy header, at byte " + std::to_string(size),
          "it was cut off: get it again"};
}

Expected<Header> parse_header(const std::string& where, const std::byte* bytes, int64_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  if (text.substr(0, kMagic.size()) != kMagic) {
    return Diagnostic{where, "is not an .npy file: it does not begin with \\x93NUMPY",
                      "save the array with numpy.save"};
  }
  if (size < 10) return cut_off(where, size);
  const int version = static_cast<int>(bytes[6]);
  if (version < 1 || version > 3) {
    return Diagnostic{where, "unknown .npy format version " + std::to_string(version),
                      "versions 1, 2 and 3 are supported"};
  }
  // The header's length has 2 bytes in version 1 and 4 since.
  const int64_t start = version == 1 ? 10 : 12;
  if (size < start) return cut_off(where, size);
  const int64_t length =
      version == 1 ? load_little<uint16_t>(bytes + 8) : load_little<uint32_t>(bytes + 8);
  if (length > size - start) return cut_off(where, size);
  const std::string_view dictionary =
      text.substr(static_cast<size_t>(start), static_cast<size_t>(length));
  KILN_ASSIGN(Header header, HeaderParser(where, dictionary, start).parse());
  header.data_offset = start + length;
  return header;
}

Status check_size(const std::string& where, const Header& header, int64_t size) {
  const std::string shape = shape_name(header.dims);
  const std::optional<int64_t> count = checked_element_count(header.dims);
  if (!count) {
    return Diagnostic{where, "the .npy header gives an impossible shape, " + shape,
                      "the file is damaged: save it again with numpy.save"};
  }
  int64_t expected = 0;
  if (__builtin_mul_overflow(*count, header.stored->size, &expected)) expected = INT64_MAX;
  const int64_t actual = size - header.data_offset;
  if (expected == actual) return ok();
  return Diagnostic{where,
                    "the header says " + shape + " elements of " +
                        std::to_string(header.stored->size) + " bytes, which is " +
                        std::to_string(expected) + " bytes, but " + std::to_string(actual) +
                        " follow at byte " + std::to_string(header.data_offset),
                    expected > actual ? "the file was cut off: get it again"
                                      : "save each array in a file of its own"};
}

// The elements as they are stored: in place where they are aligned, else copied and byte-swapped.
std::shared_ptr<std::byte> stored_elements(const Header& header, std::shared_ptr<std::byte> bytes,
                                           int64_t count) {
  std::byte* first = bytes.get() + header.data_offset;
  const int64_t size = header.stored->size;
  const bool aligned = reinterpret_cast<uintptr_t>(first) % static_cast<uintptr_t>(size) == 0;
  const bool swap = header.big_endian && size > 1;
  if (aligned && !swap) return {std::move(bytes), first};
  const Array copy = copy_of(KILN_U8, {count * size}, first);
  if (swap) swap_bytes(copy.data(), count, size);
  return copy.storage;
}

// u2, u4 and u8 as the signed type that holds them. `where` is for a u8 that i64 cannot hold.
Expected<Array> widen(const std::string& where, const Header& header, const std::byte* elements) {
  const Array result = allocate(header.stored->type, header.dims);
  const int64_t count = result.element_count();
  for (int64_t i = 0; i < count; ++i) {
    const std::byte* element = elements + i * header.stored->size;
    if (header.stored->size == 2) {
      result.as<int32_t>()[i] = load_little<uint16_t>(element);
    } else if (header.stored->size == 4) {
      result.as<int64_t>()[i] = load_little<uint32_t>(element);
    } else {
      result.as<int64_t>()[i] = load_little<int64_t>(element);
      if (result.as<int64_t>()[i] < 0) {
        return Diagnostic{where,
                          "element " + std::to_string(i) + " does not fit a signed 64-bit integer",
                          "convert the array first, as in array.astype(\"float32\")"};
      }
    }
  }
  return result;
}

// An array whose elements stand in Fortran order (first index fastest), in row-major order.
Array from_fortran_order(const Array& array) {
  Array result = allocate(array.type, array.dims);
  const int64_t size = element_size(array.type);
  const int64_t count = array.element_count();
  std::vector<int64_t> index(array.dims.size(), 0);
  for (int64_t from = 0; from < count; ++from) {
    int64_t to = 0;
    for (size_t axis = 0; axis < index.size(); ++axis) to = to * array.dims[axis] + index[axis];
    std::memcpy(result.data() + to * size, array.data() + from * size, static_cast<size_t>(size));
    for (size_t axis = 0; axis < index.size() && ++index[axis] == array.dims[axis]; ++axis) {
      index[axis] = 0;
    }
  }
  return result;
}

void normalize_booleans(const Array& array) {
  uint8_t* elements = array.as<uint8_t>();
  for (int64_t i = 0; i < array.bytes(); ++i) {
    if (elements[i] > 1) elements[i] = 1;
  }
}

// A code point as UTF-8; what is none becomes Unicode's replacement character.
void append_utf8(std::string& text, uint32_t point) {
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) point = 0xfffd;
  const auto continued = [&](int shift) {
    text += static_cast<char>(0x80 | ((point >> shift) & 0x3f));
  };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xc0 | (point >> 6));
    continued(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xe0 | (point >> 12));
    continued(6);
    continued(0);
  } else {
    text += static_cast<char>(0xf0 | (point >> 18));
    continued(12);
    continued(6);
    continued(0);
  }
}

// The text in a field of an array of texts, without the zeros behind it.
std::string text_at(const Header& header, const std::byte* field) {
  const int64_t size = header.stored->size;
  std::string text;
  if (header.unit == 1) {
    text.assign(reinterpret_cast<const char*>(field), static_cast<size_t>(size));
    text.resize(text.find_last_not_of('\0') + 1);
    return text;
  }
  int64_t end = size;
  const auto point_at = [&](int64_t at) {
    return header.big_endian ? load_big_u32(field + at) : load_little<uint32_t>(field + at);
  };
  while (end > 0 && point_at(end - 4) == 0) end -= 4;
  for (int64_t at = 0; at < end; at += 4) append_utf8(text, point_at(at));
  return text;
}

Expected<Array> read_texts(const std::string& where, const Header& header, const std::byte* fields,
                           int64_t count) {
  if (header.fortran_order && header.dims.size() > 1) {
    return Diagnostic{where, "holds texts in Fortran's order",
                      "save numpy.ascontiguousarray(array) instead"};
  }
  std::vector<std::string> texts;
  for (int64_t i = 0; i < count; ++i)
    texts.push_back(text_at(header, fields + i * header.stored->size));
  return text_array(std::move(texts), header.dims);
}

std::string_view type_code(kiln_element_type type) {
  for (const StoredType& stored : kStoredTypes) {
    if (stored.type == type && !stored.unsigned_number) return stored.code;
  }
  return "";
}

}  // namespace

Expected<Array> parse_npy(const std::string& where, std::shared_ptr<std::byte> bytes,
                          int64_t size) {
  KILN_ASSIGN(const Header header, parse_header(where, bytes.get(), size));
  KILN_TRY(check_size(where, header, size));
  const int64_t count = *checked_element_count(header.dims);
  if (header.unit > 0) return read_texts(where, header, bytes.get() + header.data_offset, count);
  Array array = {header.stored->type, header.dims,
                 stored_elements(header, std::move(bytes), count)};
  if (header.stored->unsigned_number) {
    KILN_ASSIGN(array, widen(where, header, array.data()));
  }
  if (array.type == KILN_I1) normalize_booleans(array);
  if (header.fortran_order && array.rank() > 1) return from_fortran_order(array);
  return array;
}

Expected<Array> load_npy(const std::string& path) {
  KILN_ASSIGN(FileBytes file, map_file(path));
  return parse_npy(path, std::move(file.bytes), file.size);
}

std::string npy_header(const Array& array) {
  std::string shape;
  for (const int64_t dim : array.dims) shape += std::to_string(dim) + ", ";
  // One dimension is written (3,) and several (3, 4).
  if (array.rank() == 1) shape.pop_back();
  if (array.rank() > 1) shape.resize(shape.size() - 2);
  const char order = element_size(array.type) == 1 || array.type == KILN_BF16 ? '|' : '<';
  std::string dictionary = std::string("{'descr': '") + order + std::string(type_code(array.type)) +
                           "', 'fortran_order': False, 'shape': (" + shape + "), }";
  const size_t prefix = kMagic.size() + 4;
  const size_t total = (prefix + dictionary.size() + 1 + 63) / 64 * 64;
  dictionary.resize(total - prefix - 1, ' ');
  dictionary += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\x00';
  header += static_cast<char>(dictionary.size() & 255);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

Status save_npy(const std::string& path, const Array& array) {
  const std::string header = npy_header(array);
  KILN_ASSIGN(AtomicFile file, AtomicFile::create(path));
  KILN_TRY(file.write(header.data(), static_cast<int64_t>(header.size())));
  KILN_TRY(file.write(array.data(), array.bytes()));
  return file.commit();
}

}  // namespace kiln::runtime
