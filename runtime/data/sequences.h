// Sequences of different lengths, and how they become rows of one length.
// Source: keras/src/utils/sequence_utils.py, pad_sequences (Keras 3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/base/option_text.h"

namespace kiln::runtime {

/// Where a sequence is filled up or cut.
enum class Side { kPre, kPost };

/// An option that takes pre or post.
OptionField option(std::string name, Side& target);

/// How pad() makes rows; Keras's defaults.
struct Padding {
  Side padding = Side::kPre;     ///< where `value` stands
  Side truncating = Side::kPre;  ///< where what is too long is cut off
  int value = 0;
};

/// Sequences of whole numbers, one after the other.
struct Sequences {
  std::vector<int32_t> values;
  std::vector<int64_t> ends;  ///< of each sequence in `values`

  int64_t count() const { return static_cast<int64_t>(ends.size()); }
  int64_t begin(int64_t sequence) const { return sequence == 0 ? 0 : ends[sequence - 1]; }
};

/// The sequences as i32 [sequences, length].
Array pad(const Sequences& sequences, int64_t length, const Padding& padding);

/// One sequence a line, its numbers separated by spaces or commas; an empty line is an empty
/// sequence. Errors name the line.
Expected<Sequences> load_id_lines(const std::string& path);

/// A JSON list of lists of whole numbers. Errors name the byte.
Expected<Sequences> load_json_lists(const std::string& path);

/// `values` [numbers] cut at `offsets` [sequences + 1], which rise from 0 to the number of values.
/// `where` names their file in errors.
Expected<Sequences> cut_at_offsets(const std::string& where, const Array& values,
                                   const Array& offsets);

}  // namespace kiln::runtime
