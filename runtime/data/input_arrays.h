// Which arrays of data are a model's inputs, and what shapes these give to what the model leaves
// open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/data/npz.h"

namespace kiln::runtime {

/// An extent that is open in a description of a model: Keras's None.
inline constexpr int64_t kOpen = -1;

/// What an array for input or output `index` of `count` may be called; the first is the model's
/// own. `kind`: x or y.
std::vector<std::string> names_for(const std::string& kind, const std::string& name, int index,
                                   int count);

/// The array of the first of these names that is there; null: none is.
const NamedArray* find_any(const std::vector<NamedArray>& arrays,
                           const std::vector<std::string>& names);

/// None of `names` is there. `part` is "validation ", "test " or empty, `held` what the data holds.
Diagnostic missing_array(const std::string& part, const char* what,
                         const std::vector<std::string>& names, const std::string& held);

/// Whether the input has rules by which texts become its numbers.
inline bool takes_texts(const kiln_input& input) {
  return input.text_rules != nullptr && input.text_rules[0] != 0;
}

/// The arrays, where those of inputs that take texts hold the numbers of these (TextEncoder), as many
/// as one of the model's functions takes.
Expected<std::vector<NamedArray>> encode_inputs(std::vector<NamedArray> arrays,
                                                const kiln_model& model,
                                                const std::string& part = "");

/// For each of the model's inputs, [rows...] without the batch, the shape of a row of its array.
/// `rows` says what the model takes, kOpen where an extent is open. As in Keras's fit(), a last
/// extent of 1 may be missing in the data, or be in it alone. Errors name the array and both shapes.
Expected<std::vector<std::vector<int64_t>>> shapes_of_inputs(
    const std::vector<NamedArray>& arrays, const kiln_model& model,
    const std::vector<std::vector<int64_t>>& rows, const std::string& part = "");

/// "(None, 2)": a row's shape as Keras shows it.
std::string open_shape_name(const std::vector<int64_t>& row);

}  // namespace kiln::runtime
