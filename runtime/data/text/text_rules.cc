#include "runtime/data/text/text_rules.h"

#include <charconv>
#include <utility>

#include "runtime/data/text_file.h"

namespace kiln::runtime {
namespace {

constexpr std::string_view kSplitNames[] = {"none", "whitespace", "character"};

// Tokens stand in lines of their own and end nowhere else.
std::string escaped(std::string_view token) {
  std::string text;
  for (const char c : token) {
    if (c == '\\') {
      text += "\\\\";
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\0') {
      text += "\\0";
    } else {
      text += c;
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string token;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      token += text[i];
      continue;
    }
    const char c = text[++i];
    token += c == 'n' ? '\n' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
  }
  return token;
}

std::string number(const char* key, int64_t value) {
  return std::string(key) + " " + std::to_string(value) + "\n";
}

// Reads the lines of to_text().
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Expected<TextRules> parse() {
    TextRules rules;
    rules.lower = rules.strip_punctuation = false;
    while (!text_.empty()) {
      const std::string_view line = next_line();
      const std::string_view key = line.substr(0, line.find(' '));
      const std::string_view value = key.size() == line.size() ? "" : line.substr(key.size() + 1);
      if (key == "vocabulary") {
        while (!text_.empty()) rules.vocabulary.push_back(unescaped(next_line()));
      } else if (!entry(key, value, rules)) {
        return Diagnostic{"the model's rules for texts, line " + std::to_string(line_),
                          "\"" + std::string(line) + "\" is not known",
                          "the model is damaged, or of another version: compile it again"};
      }
    }
    return rules;
  }

 private:
  std::string_view next_line() {
    ++line_;
    return take_line(text_);
  }

  static bool entry(std::string_view key, std::string_view value, TextRules& rules) {
    const std::pair<std::string_view, int64_t*> numbers[] = {
        {"first_token", &rules.first_token}, {"first_bucket", &rules.first_bucket},
        {"buckets", &rules.buckets},         {"mask_number", &rules.mask_number},
        {"length", &rules.length},           {"filling", &rules.filling}};
    for (const auto& [name, target] : numbers)
      if (key == name) return read(value, *target);
    const std::pair<std::string_view, bool*> flags[] = {
        {"lower", &rules.lower},
        {"strip_punctuation", &rules.strip_punctuation},
        {"takes_integers", &rules.takes_integers},
        {"fingerprints", &rules.fingerprints}};
    for (const auto& [name, target] : flags)
      if (key == name) return *target = true;
    if (key == "split") return read_split(value, rules.split);
    if (key == "ngrams") return read(value, rules.ngrams.emplace_back());
    if (key == "mask") {
      rules.mask = unescaped(value);
      return true;
    }
    if (key != "salt") return false;
    const size_t space = value.find(' ');
    rules.salt.emplace();
    return space != std::string_view::npos && read(value.substr(0, space), (*rules.salt)[0]) &&
           read(value.substr(space + 1), (*rules.salt)[1]);
  }

  template <typename Integer>
  static bool read(std::string_view text, Integer& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
  }

  static bool read_split(std::string_view text, Split& split) {
    for (size_t i = 0; i < std::size(kSplitNames); ++i) {
      if (text != kSplitNames[i]) continue;
      split = static_cast<Split>(i);
      return true;
    }
    return false;
  }

  std::string_view text_;
  int line_ = 0;
};

constexpr std::string_view kPunctuation = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";
constexpr std::string_view kSpace = " \t\n\v\f\r";

std::string standardized(std::string_view text, const TextRules& rules) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (rules.strip_punctuation && kPunctuation.find(c) != std::string_view::npos) continue;
    result += rules.lower && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return words;
    const size_t end = std::min(text.find_first_of(kSpace, begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

// How many bytes the code point at the front has, or those of a part of one that is cut short:
// Unicode's maximal subpart, chapter 3.9. `valid`: whether it is whole.
size_t code_point_size(std::string_view text, bool& valid) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned first = byte(0);
  valid = first < 0x80;
  if (first < 0xc2 || first > 0xf4) return 1;
  const size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  // Overlong forms, surrogates and what is beyond 10ffff show in the second byte.
  const unsigned low = first == 0xe0 ? 0xa0u : first == 0xf0 ? 0x90u : 0x80u;
  const unsigned high = first == 0xed ? 0x9fu : first == 0xf4 ? 0x8fu : 0xbfu;
  if (byte(1) < low || byte(1) > high) return 1;
  for (size_t i = 2; i < size; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xbf) return i;
  valid = true;
  return size;
}

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::vector<std::string> characters_in(std::string_view text) {
  std::vector<std::string> characters;
  while (!text.empty()) {
    bool valid = false;
    const size_t size = code_point_size(text, valid);
    characters.emplace_back(valid ? text.substr(0, size) : kReplacement);
    text.remove_prefix(size);
  }
  return characters;
}

std::vector<std::string> ngrams_of(const std::vector<std::string>& tokens,
                                   const std::vector<int64_t>& widths) {
  std::vector<std::string> ngrams;
  const auto count = static_cast<int64_t>(tokens.size());
  for (const int64_t width : widths) {
    for (int64_t first = 0; first + width <= count; ++first) {
      std::string joined = tokens[static_cast<size_t>(first)];
      for (int64_t i = 1; i < width; ++i) joined += " " + tokens[static_cast<size_t>(first + i)];
      ngrams.push_back(std::move(joined));
    }
  }
  return ngrams;
}

}  // namespace

TextRules fingerprint_rules() {
  TextRules rules;
  rules.lower = rules.strip_punctuation = false;
  rules.split = Split::kNone;
  rules.fingerprints = true;
  return rules;
}

std::string to_text(const TextRules& rules) {
  std::string text;
  if (rules.lower) text += "lower\n";
  if (rules.strip_punctuation) text += "strip_punctuation\n";
  if (rules.takes_integers) text += "takes_integers\n";
  if (rules.fingerprints) text += "fingerprints\n";
  text += "split " + std::string(kSplitNames[static_cast<size_t>(rules.split)]) + "\n";
  for (const int64_t width : rules.ngrams) text += number("ngrams", width);
  text += number("first_token", rules.first_token) + number("first_bucket", rules.first_bucket) +
          number("buckets", rules.buckets);
  if (rules.salt) {
    text +=
        "salt " + std::to_string((*rules.salt)[0]) + " " + std::to_string((*rules.salt)[1]) + "\n";
  }
  if (rules.mask) {
    text += "mask " + escaped(*rules.mask) + "\n" + number("mask_number", rules.mask_number);
  }
  text += number("length", rules.length) + number("filling", rules.filling) + "vocabulary\n";
  for (const std::string& token : rules.vocabulary) text += escaped(token) + "\n";
  return text;
}

Expected<TextRules> parse_text_rules(std::string_view text) { return Parser(text).parse(); }

std::vector<std::string> tokens_of(std::string_view text, const TextRules& rules) {
  const std::string standard = standardized(text, rules);
  std::vector<std::string> tokens;
  if (rules.split == Split::kNone) tokens.push_back(standard);
  if (rules.split == Split::kWhitespace) tokens = words_in(standard);
  if (rules.split == Split::kCharacter) tokens = characters_in(standard);
  return rules.ngrams.empty() ? tokens : ngrams_of(tokens, rules.ngrams);
}

}  // namespace kiln::runtime
