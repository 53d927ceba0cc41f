#include "runtime/data/text/vocabulary.h"

#include <algorithm>
#include <utility>

#include "runtime/base/file.h"
#include "runtime/data/class_names.h"
#include "runtime/data/text/text_rules.h"
#include "runtime/data/text_file.h"

namespace kiln::runtime {
namespace {

constexpr int32_t kUnknown = 1;
constexpr int32_t kFirstWord = 2;

}  // namespace

std::vector<std::string> words_of(std::string_view text) { return tokens_of(text, TextRules{}); }

Vocabulary::Vocabulary(std::vector<std::string> words) : words_(std::move(words)) {
  for (const std::string& word : words_) {
    numbers_.emplace(word, kFirstWord + static_cast<int32_t>(numbers_.size()));
  }
}

Vocabulary Vocabulary::build(std::span<const std::string> texts, int64_t max_tokens) {
  std::unordered_map<std::string, int64_t> counts;
  for (const std::string& text : texts) {
    for (const std::string& word : words_of(text)) ++counts[word];
  }
  std::vector<std::pair<int64_t, std::string>> ranked;
  for (const auto& [word, count] : counts) ranked.emplace_back(count, word);
  std::sort(ranked.begin(), ranked.end(), std::greater<>());
  const int64_t limit = max_tokens > 0 ? std::max<int64_t>(max_tokens - kFirstWord, 0) : INT64_MAX;
  std::vector<std::string> words;
  for (auto& [count, word] : ranked) {
    if (static_cast<int64_t>(words.size()) == limit) break;
    words.push_back(std::move(word));
  }
  return Vocabulary(std::move(words));
}

Expected<Vocabulary> Vocabulary::load(const std::string& path) {
  KILN_ASSIGN(const TextFile file, load_text(path));
  return parse(file.text, path);
}

Expected<Vocabulary> Vocabulary::parse(std::string_view text, const std::string& where) {
  std::vector<std::string> words;
  while (!text.empty()) {
    words.emplace_back(take_line(text));
    // Vocabularies that begin with Keras's special tokens are common.
    if (words.size() == 1 && words[0].empty()) words.clear();
    if (words.size() == 1 && words[0] == "[UNK]") words.clear();
  }
  std::vector<std::string> sorted = words;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    return Diagnostic{where, "has the word \"" + *twice + "\" twice",
                      "a vocabulary is a word a line"};
  }
  return Vocabulary(std::move(words));
}

Status Vocabulary::save(const std::string& path) const {
  std::string text;
  for (const std::string& word : words_) text += word + "\n";
  return write_file(path, std::as_bytes(std::span(text)));
}

int32_t Vocabulary::number_of(const std::string& word) const {
  const auto found = numbers_.find(word);
  return found == numbers_.end() ? kUnknown : found->second;
}

Sequences Vocabulary::sequences(std::span<const std::string> texts) const {
  Sequences sequences;
  for (const std::string& text : texts) {
    for (const std::string& word : words_of(text)) sequences.values.push_back(number_of(word));
    sequences.ends.push_back(static_cast<int64_t>(sequences.values.size()));
  }
  return sequences;
}

std::string vocabulary_beside(const std::string& path) {
  return beside_model(path, ".vocabulary.txt");
}

}  // namespace kiln::runtime
