// How texts become numbers on their way into a model, as Keras's TextVectorization, StringLookup,
// Hashing and HashedCrossing define it: rules that the model carries, so that whoever runs it gives
// it texts.
// Sources: keras/src/layers/preprocessing/{text_vectorization,index_lookup,hashing,
// hashed_crossing}.py (Keras 3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// How a text is cut into tokens.
enum class Split {
  kNone,        ///< it is a token itself
  kWhitespace,  ///< at ASCII's white space
  kCharacter,   ///< into its code points, as UTF-8
};

/// What a text's tokens are, and their numbers.
struct TextRules {
  bool lower = true;              ///< ASCII's capitals become small letters
  bool strip_punctuation = true;  ///< ASCII's punctuation is left out
  Split split = Split::kWhitespace;
  /// How many neighbouring tokens make one, joined by a space; for each number in turn all that
  /// there are. Empty: the tokens themselves.
  std::vector<int64_t> ngrams = {};

  /// Token i has the number first_token + i.
  std::vector<std::string> vocabulary = {};
  int64_t first_token = 0;
  /// The others have the numbers from first_bucket on, by their hash where there are several, keyed
  /// by `salt` where there is one. No bucket: they are an error.
  int64_t first_bucket = 0;
  int64_t buckets = 1;
  std::optional<std::array<uint64_t, 2>> salt = {};
  /// A token with a number of its own, whatever the vocabulary says.
  std::optional<std::string> mask = {};
  int64_t mask_number = 0;
  /// Integers are taken, too, as their decimal digits.
  bool takes_integers = false;
  /// Each text becomes the 64 bits of its FarmHash instead, from which the model goes on. Where an
  /// input is of integers, these stay as they are, and it has no rules.
  bool fingerprints = false;

  /// Of texts that are split: each becomes a row of `length` numbers, cut off or filled up behind
  /// with `filling`. 0: as long as the longest.
  int64_t length = 0;
  int64_t filling = 0;

  friend bool operator==(const TextRules&, const TextRules&) = default;
};

/// Those of an input whose texts become fingerprints.
TextRules fingerprint_rules();

/// The rules as text, a line each, which the model's table carries.
std::string to_text(const TextRules& rules);
/// The rules that to_text() wrote. Errors name the line.
Expected<TextRules> parse_text_rules(std::string_view text);

/// The tokens of a text.
std::vector<std::string> tokens_of(std::string_view text, const TextRules& rules);

}  // namespace kiln::runtime
