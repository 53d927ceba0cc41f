// A dense, row-major tensor in memory: what data files are read into, and what is fed to a model.
// Arrays share their bytes: copies, row slices and reshapes are cheap views of one block, which is
// either owned (aligned to KILN_ALIGNMENT) or a memory-mapped file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Bytes of one element: 1, 2, 4 or 8.
int64_t element_size(kiln_element_type type);

/// The IR's name of an element type: "f32", "u8", "i1", ...
const char* element_name(kiln_element_type type);

/// True for f32, f64, f16 and bf16.
bool is_floating(kiln_element_type type);

/// "32x28x28", or "scalar" for rank 0: as shapes appear in messages.
std::string shape_name(std::span<const int64_t> dims);

/// "32x28x28xu8", or "u8" for a scalar: the inside of the IR's tensor<...>.
std::string tensor_name(kiln_element_type type, std::span<const int64_t> dims);

/// The product of `dims`; nothing where a dimension is negative, or where the bytes of the tensor
/// or of a row of it could overflow an int64, whatever the element type.
std::optional<int64_t> checked_element_count(std::span<const int64_t> dims);

/// The bytes of a dense tensor; nothing where checked_element_count() gives nothing.
std::optional<int64_t> checked_byte_count(kiln_element_type type, std::span<const int64_t> dims);

/// A dense, row-major tensor with shared ownership of its bytes. Copies are views: writing through
/// one is seen by all. Bytes of a mapped file are private to the process (writing never reaches the
/// file).
struct Array {
  kiln_element_type type = KILN_F32;
  std::vector<int64_t> dims;           ///< rank 0: a scalar
  std::shared_ptr<std::byte> storage;  ///< the first element; keeps the whole block alive
  /// What the elements count in: an element stands for itself times this number. Bytes of pictures
  /// that mean 0..1 have 1/255.
  double scale = 1;
  /// Texts in the place of numbers, as many as dims say, without storage. Null: numbers. Only what
  /// readers of data give, and what is fed to a model of texts, may hold some.
  std::shared_ptr<const std::vector<std::string>> texts = nullptr;

  std::byte* data() const { return storage.get(); }

  /// The elements as T, which must be the C++ type of `type` (f16, bf16: uint16_t; i1: uint8_t).
  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(storage.get());
  }

  int64_t rank() const { return static_cast<int64_t>(dims.size()); }
  int64_t element_count() const;
  int64_t bytes() const { return element_count() * element_size(type); }

  /// dims[0]; 1 for a scalar.
  int64_t rows() const { return dims.empty() ? 1 : dims[0]; }

  /// The shape of one row: dims without the first. Empty for rank 0 and 1.
  std::span<const int64_t> row_dims() const;

  /// Bytes from one row to the next.
  int64_t row_bytes() const;

  /// The first byte of row `row`, 0 <= row <= rows().
  std::byte* row(int64_t row) const { return storage.get() + row * row_bytes(); }

  /// A view of rows begin <= r < end, 0 <= begin <= end <= rows(), rank >= 1. It starts at a
  /// multiple of row_bytes(), so it need not be aligned to KILN_ALIGNMENT.
  Array slice_rows(int64_t begin, int64_t end) const;

  /// A view of the same elements as `new_dims`, which has as many elements.
  Array reshape(std::vector<int64_t> new_dims) const;

  /// "60000x28x28xu8", or "60000x1 texts", for messages.
  std::string name() const;
};

/// A new array of zeros, aligned to KILN_ALIGNMENT. For shapes the program chose itself: a size
/// that overflows or does not fit memory ends the program with a message.
Array allocate(kiln_element_type type, std::vector<int64_t> dims);

/// The same for shapes that come from a file or a user, named `where` in the Diagnostic.
Expected<Array> try_allocate(const std::string& where, kiln_element_type type,
                             std::vector<int64_t> dims);

/// A new array with a copy of `bytes`, which holds exactly the elements of type and dims.
Array copy_of(kiln_element_type type, std::vector<int64_t> dims, const void* bytes);

/// An array of texts: UTF-8, in `dims`, or [texts] where there are none.
Array text_array(std::vector<std::string> texts, std::optional<std::vector<int64_t>> dims = {});

/// The values of `array`, its scale multiplied in, as another element type; the same array where the
/// types agree and there is no scale. Between
/// floating types: round to nearest, ties to even. To an integer: towards zero, clamped to its
/// range, NaN to 0. To i1: 1 where the value is not zero.
Array convert(const Array& array, kiln_element_type type);

/// The value of f16 or bf16 bits, and the bits nearest to a value (ties to even).
float half_to_float(uint16_t bits);
uint16_t float_to_half(float value);
float bfloat_to_float(uint16_t bits);
uint16_t float_to_bfloat(float value);

}  // namespace kiln::runtime
