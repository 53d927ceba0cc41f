#include "runtime/data/keras/older_layouts.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace kiln::runtime {
namespace {

using Dims = std::vector<int64_t>;

/// What today's variables of a recurrent layer say of it.
struct Recurrent {
  int64_t features, units, gates;  ///< gates: 4 of LSTM, 3 of GRU
};

/// Whether the variables begin with a recurrent layer's kernel, recurrent kernel and bias.
bool is_recurrent(std::span<const SavedVariable> variables, Recurrent& layer) {
  if (variables.size() < 3 || !variables[1].name.ends_with("/recurrent_kernel")) return false;
  const Dims &kernel = variables[0].dims, &recurrent = variables[1].dims, &bias = variables[2].dims;
  if (kernel.size() != 2 || recurrent.size() != 2 || recurrent[0] < 1) return false;
  layer = {kernel[0], recurrent[0], recurrent[1] / recurrent[0]};
  const int64_t width = layer.gates * layer.units;
  const bool is_bias = bias == Dims{width} || bias == Dims{2, width};
  return (layer.gates == 3 || layer.gates == 4) && kernel[1] == width && recurrent[1] == width &&
         is_bias;
}

/// Matrices side by side.
Array side_by_side(const std::vector<Array>& parts) {
  const bool is_matrix = parts[0].rank() == 2;
  const int64_t rows = is_matrix ? parts[0].dims[0] : 1, columns = parts[0].dims.back();
  const auto count = static_cast<int64_t>(parts.size());
  Array result =
      allocate(KILN_F32, is_matrix ? Dims{rows, columns * count} : Dims{columns * count});
  for (int64_t p = 0; p < count; ++p) {
    for (int64_t i = 0; i < rows * columns; ++i) {
      result.as<float>()[(i / columns * count + p) * columns + i % columns] =
          parts[static_cast<size_t>(p)].as<float>()[i];
    }
  }
  return result;
}

/// A kernel gate by gate: [rows, gates * units] of which each [rows, units] is the transpose of what
/// stands in its place, whose extents are the other way round.
Array transposed_gates(const Array& kernel, const Recurrent& layer) {
  const int64_t rows = kernel.dims[0], units = layer.units, width = layer.gates * units;
  Array result = allocate(KILN_F32, kernel.dims);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < width; ++column) {
      const int64_t gate = column / units, unit = column % units;
      // The gate's elements in the order of the file are [units, rows].
      const int64_t at = unit * rows + row;
      result.as<float>()[row * width + column] =
          kernel.as<float>()[at / units * width + gate * units + at % units];
    }
  }
  return result;
}

bool has_dims(std::span<const NamedArray> arrays, size_t index, const Dims& dims) {
  return index < arrays.size() && arrays[index].array.dims == dims;
}

bool is_by_gates(std::span<const NamedArray> arrays, const Recurrent& layer) {
  for (size_t gate = 0; gate < static_cast<size_t>(layer.gates); ++gate) {
    if (!has_dims(arrays, 3 * gate, {layer.features, layer.units}) ||
        !has_dims(arrays, 3 * gate + 1, {layer.units, layer.units}) ||
        !has_dims(arrays, 3 * gate + 2, {layer.units}))
      return false;
  }
  return true;
}

/// Kernel, recurrent kernel and bias of Keras 1's arrays.
std::array<Array, 3> of_gates(std::span<const NamedArray> arrays, const Recurrent& layer) {
  constexpr std::array<size_t, 4> kGru = {0, 1, 2}, kLstm = {0, 2, 1, 3};
  std::array<Array, 3> result;
  for (size_t part = 0; part < 3; ++part) {
    std::vector<Array> gates;
    for (size_t gate = 0; gate < static_cast<size_t>(layer.gates); ++gate)
      gates.push_back(arrays[3 * (layer.gates == 4 ? kLstm : kGru)[gate] + part].array);
    result[part] = side_by_side(gates);
  }
  return result;
}

bool is_cudnn(std::span<const NamedArray> arrays, const Recurrent& layer) {
  const int64_t width = layer.gates * layer.units;
  return has_dims(arrays, 0, {layer.features, width}) &&
         has_dims(arrays, 1, {layer.units, width}) && has_dims(arrays, 2, {2 * width});
}

std::array<Array, 3> of_cudnn(std::span<const NamedArray> arrays, const Recurrent& layer) {
  const int64_t width = layer.gates * layer.units;
  Array bias = arrays[2].array.reshape({2, width});
  if (layer.gates == 4) {
    const float* both = bias.as<float>();
    bias = allocate(KILN_F32, {width});
    for (int64_t i = 0; i < width; ++i) bias.as<float>()[i] = both[i] + both[width + i];
  }
  return {transposed_gates(arrays[0].array, layer), transposed_gates(arrays[1].array, layer), bias};
}

}  // namespace

std::vector<NamedArray> todays_layout(const std::vector<NamedArray>& arrays,
                                      const std::vector<SavedVariable>& variables) {
  std::vector<NamedArray> result;
  std::span<const NamedArray> left = arrays;
  for (size_t i = 0; !left.empty();) {
    const std::span<const SavedVariable> own =
        std::span(variables).subspan(std::min(i, variables.size()));
    Recurrent layer = {};
    const bool recurrent = is_recurrent(own, layer);
    const bool by_gates = recurrent && is_by_gates(left, layer);
    // A GRU that resets before the product has another bias.
    const bool cudnn =
        recurrent && is_cudnn(left, layer) && (layer.gates == 4 || own[2].dims.size() == 2);
    if (by_gates || cudnn) {
      for (const Array& array : by_gates ? of_gates(left, layer) : of_cudnn(left, layer))
        result.push_back({left[0].name, array});
      left = left.subspan(by_gates ? 3 * static_cast<size_t>(layer.gates) : 3);
      i += 3;
      continue;
    }
    NamedArray next = left[0];
    const Dims& dims = next.array.dims;
    const bool is_flat_image = dims.size() == 4 && dims[1] == 1 && !own.empty() &&
                               own[0].dims == Dims{dims[0], dims[2], dims[3]};
    if (is_flat_image) next.array = next.array.reshape(own[0].dims);
    result.push_back(std::move(next));
    left = left.subspan(1);
    ++i;
  }
  return result;
}

}  // namespace kiln::runtime
