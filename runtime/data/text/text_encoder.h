// Texts as the numbers that a model's input takes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/data/text/text_rules.h"

namespace kiln::runtime {

/// Turns texts into numbers by a model's rules.
class TextEncoder {
 public:
  explicit TextEncoder(TextRules rules);

  /// Of texts that are split, [rows] or [rows, 1]: i32 [rows, length], where a length that the rules
  /// leave open is the smallest of `lengths`, increasing, that holds the longest text, or, where
  /// there are none, that of the longest text, at least 1. Of others: i32 of the texts' shape, or,
  /// where the rules have a length, of that many in the last dimension. Fingerprints are i64 of the
  /// texts' shape. Errors name `where` and the row: no texts, a text that no number stands for, one
  /// that is too long.
  Expected<Array> encode(const Array& texts, std::span<const int64_t> lengths,
                         const std::string& where) const;

 private:
  /// Numbers of texts, one after the other, and where the rows end that they stand in.
  struct Numbers;
  /// `row`: how many texts make a row. `example`: how many each example has.
  Expected<Numbers> numbers_of(const Array& texts, int64_t row, int64_t example,
                               const std::string& where) const;
  Expected<Array> encode_split(const Array& texts, std::span<const int64_t> lengths,
                               const std::string& where) const;
  Expected<Array> encode_each(const Array& texts, const std::string& where) const;
  /// Nothing where it has none.
  std::optional<int64_t> number_of(const std::string& token) const;

  TextRules rules_;
  std::unordered_map<std::string, int64_t> numbers_;
};

}  // namespace kiln::runtime
