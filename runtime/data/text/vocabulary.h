// Text as sequences of numbers, by the rules of Keras's TextVectorization with its defaults.
// Sources: keras/src/layers/preprocessing/text_vectorization.py, index_lookup.py (Keras 3).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/data/sequences.h"

namespace kiln::runtime {

/// The words of a text: lower case (ASCII), without punctuation, split at white space.
std::vector<std::string> words_of(std::string_view text);

/// Numbers for words: 0 is padding, 1 stands for every word that is not known, the known ones
/// follow, the most frequent first.
class Vocabulary {
 public:
  /// The words of `texts`, by frequency, those of one frequency in reverse alphabetical order (of
  /// their bytes). No more than `max_tokens` numbers (0: no limit), the two special ones included.
  static Vocabulary build(std::span<const std::string> texts, int64_t max_tokens);

  /// Reads a text with a word a line; `where` opens the errors.
  static Expected<Vocabulary> parse(std::string_view text, const std::string& where);
  /// Reads a file of such a text, which TextVectorization(vocabulary=FILE) reads, too.
  static Expected<Vocabulary> load(const std::string& path);
  /// Writes such a file, atomically.
  Status save(const std::string& path) const;

  /// Of numbers, the special ones included.
  int64_t size() const { return static_cast<int64_t>(words_.size()) + 2; }
  int32_t number_of(const std::string& word) const;

  /// Each text as the numbers of its words.
  Sequences sequences(std::span<const std::string> texts) const;

 private:
  explicit Vocabulary(std::vector<std::string> words);

  std::vector<std::string> words_;
  std::unordered_map<std::string, int32_t> numbers_;
};

/// Where the vocabulary of the model in `path` is kept: "m.keras" has "m.vocabulary.txt".
std::string vocabulary_beside(const std::string& path);

}  // namespace kiln::runtime
