#include "runtime/data/text/text_encoder.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "runtime/data/text/text_hash.h"

namespace kiln::runtime {
namespace {

// Integers as texts, which some rules take.
Array digits_of(const Array& integers) {
  const Array wide = convert(integers, KILN_I64);
  std::vector<std::string> texts;
  for (int64_t i = 0; i < wide.element_count(); ++i)
    texts.push_back(std::to_string(wide.as<int64_t>()[i]));
  return text_array(std::move(texts), integers.dims);
}

Diagnostic unknown(const std::string& token, const std::string& where, int64_t row) {
  return {where,
          "row " + std::to_string(row) + " (counted from 0) holds \"" + token +
              "\", which is not in the model's vocabulary",
          "it was made with num_oov_indices=0, so that every text must be known"};
}

Diagnostic too_long(const std::string& where, int64_t longest, int64_t most) {
  return {where,
          "its longest text has " + std::to_string(longest) +
              " tokens, but the model was compiled for " + std::to_string(most),
          "compile it for longer ones (--shape), or give output_sequence_length in Keras"};
}

// i64 of the texts' shape.
Expected<Array> fingerprints_of(const Array& texts, const std::string& where) {
  KILN_ASSIGN(Array numbers, try_allocate(where, KILN_I64, texts.dims));
  std::ranges::transform(*texts.texts, numbers.as<int64_t>(), [](const std::string& text) {
    return static_cast<int64_t>(farm_fingerprint(text));
  });
  return numbers;
}

}  // namespace

struct TextEncoder::Numbers {
  std::vector<int32_t> values;
  std::vector<size_t> ends;  ///< of each row in `values`

  int64_t longest() const {
    size_t most = 1, begin = 0;
    for (const size_t end : ends) most = std::max(most, end - std::exchange(begin, end));
    return static_cast<int64_t>(most);
  }

  /// i32 [rows, length].
  Expected<Array> as_rows(int64_t length, int64_t filling, const std::string& where) const {
    const auto count = static_cast<int64_t>(ends.size());
    KILN_ASSIGN(Array rows, try_allocate(where, KILN_I32, {count, length}));
    std::fill_n(rows.as<int32_t>(), rows.element_count(), static_cast<int32_t>(filling));
    size_t begin = 0;
    for (int64_t row = 0; row < count; ++row) {
      const size_t end = ends[static_cast<size_t>(row)];
      const size_t taken = std::min(end - begin, static_cast<size_t>(length));
      std::copy_n(values.data() + begin, taken, rows.as<int32_t>() + row * length);
      begin = end;
    }
    return rows;
  }
};

TextEncoder::TextEncoder(TextRules rules) : rules_(std::move(rules)) {
  int64_t next = rules_.first_token;
  for (const std::string& token : rules_.vocabulary) numbers_.emplace(token, next++);
  if (rules_.mask) numbers_.insert_or_assign(*rules_.mask, rules_.mask_number);
}

std::optional<int64_t> TextEncoder::number_of(const std::string& token) const {
  if (const auto found = numbers_.find(token); found != numbers_.end()) return found->second;
  if (rules_.buckets == 0) return std::nullopt;
  if (rules_.buckets == 1) return rules_.first_bucket;
  const uint64_t hash = rules_.salt ? sip_hash(*rules_.salt, token) : farm_fingerprint(token);
  return rules_.first_bucket + static_cast<int64_t>(hash % static_cast<uint64_t>(rules_.buckets));
}

Expected<TextEncoder::Numbers> TextEncoder::numbers_of(const Array& texts, int64_t row,
                                                       int64_t example,
                                                       const std::string& where) const {
  Numbers numbers;
  for (int64_t i = 0; i < std::ssize(*texts.texts); ++i) {
    for (const std::string& token : tokens_of((*texts.texts)[static_cast<size_t>(i)], rules_)) {
      const std::optional<int64_t> number = number_of(token);
      if (!number) return unknown(token, where, i / example);
      numbers.values.push_back(static_cast<int32_t>(*number));
    }
    if ((i + 1) % row == 0) numbers.ends.push_back(numbers.values.size());
  }
  return numbers;
}

Expected<Array> TextEncoder::encode(const Array& texts, std::span<const int64_t> lengths,
                                    const std::string& where) const {
  if (!texts.texts) {
    if (rules_.takes_integers && !is_floating(texts.type))
      return encode(digits_of(texts), lengths, where);
    return Diagnostic{where, "holds numbers (" + texts.name() + "), but the model takes texts",
                      "save an array of str with numpy, or name a file of texts"};
  }
  if (rules_.fingerprints) return fingerprints_of(texts, where);
  return rules_.split == Split::kNone ? encode_each(texts, where)
                                      : encode_split(texts, lengths, where);
}

Expected<Array> TextEncoder::encode_split(const Array& texts, std::span<const int64_t> lengths,
                                          const std::string& where) const {
  if (texts.rank() == 0 || texts.element_count() != texts.rows()) {
    return Diagnostic{where,
                      "each row is " + shape_name(texts.row_dims()) +
                          " texts, but the model splits one text a row",
                      "give one text for each example"};
  }
  KILN_ASSIGN(const Numbers numbers, numbers_of(texts, 1, 1, where));
  int64_t length = rules_.length;
  if (length == 0) {
    length = numbers.longest();
    const auto fitting = std::ranges::lower_bound(lengths, length);
    if (!lengths.empty() && fitting == lengths.end())
      return too_long(where, length, lengths.back());
    if (!lengths.empty()) length = *fitting;
  }
  return numbers.as_rows(length, rules_.filling, where);
}

Expected<Array> TextEncoder::encode_each(const Array& texts, const std::string& where) const {
  const int64_t last = texts.rank() > 1 ? texts.dims.back() : 1;
  const int64_t example =
      std::max<int64_t>(texts.element_count() / std::max<int64_t>(texts.rows(), 1), 1);
  KILN_ASSIGN(const Numbers numbers, numbers_of(texts, last, example, where));
  std::vector<int64_t> dims = texts.dims;
  if (rules_.length > 0 && texts.rank() > 1) dims.back() = rules_.length;
  KILN_ASSIGN(const Array rows,
              numbers.as_rows(texts.rank() > 1 ? dims.back() : 1, rules_.filling, where));
  return rows.reshape(std::move(dims));
}

}  // namespace kiln::runtime
