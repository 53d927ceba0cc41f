// A tensor's contents at compile time: constants, and the interpreter's values.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "ir/type.h"

namespace kiln::ir {

/// Dense row-major contents. A splat holds one element that stands for all. Copies share the bytes
/// until one is written.
class Literal {
 public:
  Literal() = default;
  /// All zero.
  explicit Literal(Type type);
  /// Every element is `value`, rounded to the element type.
  static Literal splat(Type type, double value);
  static Literal splat_int(Type type, int64_t value);
  /// Element by element, row-major; values.size() must be type.count().
  static Literal from_values(Type type, const std::vector<double>& values);

  const Type& type() const { return type_; }
  bool is_splat() const { return splat_; }
  /// Bytes held: one element's for a splat, all elements' otherwise.
  const std::vector<std::byte>& bytes() const { return *bytes_; }
  /// Takes raw bytes of that size.
  static Literal from_bytes(Type type, bool splat, std::vector<std::byte> bytes);

  /// Element `index` (row-major), converted. Integers beyond 2^53 lose bits in get(): use
  /// get_int().
  double get(int64_t index) const;
  int64_t get_int(int64_t index) const;
  /// Rounds to a float type; truncates to an integer type, out of range to the nearest, NaN to 0;
  /// an i1 is whether it is not 0. Makes a splat dense first.
  void set(int64_t index, double value);
  /// Wraps to an integer type, rounds to a float type.
  void set_int(int64_t index, int64_t value);

  /// The same contents in another shape of the same element count.
  Literal reshaped(Shape shape) const;
  /// All elements spelled out.
  Literal dense() const;
  /// All elements as doubles, and as integers.
  std::vector<double> values() const;
  std::vector<int64_t> integers() const;
  /// set() and set_int() of all elements; as many as type().count().
  void assign(const std::vector<double>& values);
  void assign(const std::vector<int64_t>& values);
  /// Element `index` becomes another literal's element of the same type, bit for bit.
  void copy_element(int64_t index, const Literal& from, int64_t from_index);

  friend bool operator==(const Literal& a, const Literal& b);

 private:
  std::byte* writable(int64_t index);
  const std::byte* element(int64_t index) const;

  Type type_;
  bool splat_ = false;
  std::shared_ptr<std::vector<std::byte>> bytes_ = std::make_shared<std::vector<std::byte>>();
};

/// IEEE binary16 and bfloat16, rounding to nearest even.
uint16_t to_f16(double value);
double from_f16(uint16_t bits);
uint16_t to_bf16(double value);
double from_bf16(uint16_t bits);

}  // namespace kiln::ir
