// Against what Keras's TextVectorization and pad_sequences made of the same texts, recorded by
// record_vectorization.py.
#include "runtime/data/text/vocabulary.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/data/sequences.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

std::vector<std::vector<std::string>> recorded(const std::string& kind) {
  return recorded_lines("tests/runtime/data/text/keras_vectorization.txt", kind);
}

std::vector<std::string> texts() {
  std::vector<std::string> texts;
  for (const auto& line : recorded("text")) texts.push_back(line.size() > 1 ? line[1] : "");
  return texts;
}

std::string words(const Vocabulary& vocabulary) {
  const std::string path = test_path("words.txt");
  EXPECT_TRUE(vocabulary.save(path));
  std::string text;
  for (const std::string& word : split(read_test_file(path), '\n')) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::string row_text(const Array& rows, int64_t row) {
  std::string text;
  for (int64_t i = 0; i < rows.dims[1]; ++i) {
    text += (i == 0 ? "" : " ") + std::to_string(rows.as<int32_t>()[row * rows.dims[1] + i]);
  }
  return text;
}

TEST(Vocabulary, HasTheWordsOfKerasInItsOrder) {
  for (const auto& line : recorded("vocabulary")) {
    const Vocabulary vocabulary = Vocabulary::build(texts(), std::stoi(line[1]));
    EXPECT_EQ(words(vocabulary), line.size() > 2 ? line[2] : "") << "max_tokens " << line[1];
  }
}

TEST(Vocabulary, GivesTheNumbersOfKeras) {
  const std::vector<std::string> all = texts();
  size_t i = 0;
  for (const auto& line : recorded("ids")) {
    const Vocabulary vocabulary = Vocabulary::build(all, std::stoi(line[1]));
    const Array rows =
        pad(vocabulary.sequences(all), std::stoi(line[2]), {Side::kPost, Side::kPost, 0});
    const size_t text = i++ % all.size();
    EXPECT_EQ(row_text(rows, static_cast<int64_t>(text)), line[3])
        << all[text] << ", max_tokens " << line[1];
  }
}

TEST(Sequences, ArePaddedAsByKeras) {
  for (const auto& line : recorded("pad")) {
    Sequences sequences;
    for (const std::string& number : split(line[5], ' ')) {
      sequences.values.push_back(std::stoi(number));
    }
    sequences.ends = {static_cast<int64_t>(sequences.values.size())};
    const auto side = [](const std::string& text) {
      return text == "pre" ? Side::kPre : Side::kPost;
    };
    const Array row =
        pad(sequences, std::stoi(line[3]), {side(line[1]), side(line[2]), std::stoi(line[4])});
    EXPECT_EQ(row_text(row, 0), line[6]) << line[1] << " " << line[2] << ": " << line[5];
  }
}

TEST(Vocabulary, IsTheSameFromItsFile) {
  const std::vector<std::string> all = texts();
  const Vocabulary built = Vocabulary::build(all, 0);
  const std::string path = test_path("vocabulary.txt");
  ASSERT_TRUE(built.save(path));
  auto loaded = Vocabulary::load(path);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->size(), built.size());
  EXPECT_EQ(loaded->sequences(all).values, built.sequences(all).values);
}

TEST(Vocabulary, FilesMayBeginWithTheSpecialTokens) {
  auto loaded = Vocabulary::load(write_test_file("special.txt", "\n[UNK]\nthe\ncat\n"));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->size(), 4);
  EXPECT_EQ(loaded->number_of("cat"), 3);
  EXPECT_EQ(loaded->number_of("dog"), 1);
}

TEST(Vocabulary, IsTheSameWhateverItsLinesEndIn) {
  for (const char* text : {"the\ncat\n", "the\r\ncat\r\n", "\xef\xbb\xbfthe\ncat",
                           "\xef\xbb\xbf\r\n[UNK]\r\nthe\r\ncat"}) {
    auto loaded = Vocabulary::load(write_test_file("lines.txt", text));
    ASSERT_TRUE(loaded) << loaded.error().to_string();
    EXPECT_EQ(loaded->number_of("the"), 2) << text;
    EXPECT_EQ(loaded->number_of("cat"), 3) << text;
    EXPECT_EQ(loaded->size(), 4) << text;
  }
}

TEST(Vocabulary, RefusesAWordThatIsThereTwice) {
  const std::string path = write_test_file("twice.txt", "a\nb\na\n");
  const auto loaded = Vocabulary::load(path);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().to_string(),
            "error: " + path + ": has the word \"a\" twice\nnote: a vocabulary is a word a line");
  expect_error(Vocabulary::load(test_path("none.txt")), "cannot open");
}

TEST(Vocabulary, StandsBesideTheModel) {
  EXPECT_EQ(vocabulary_beside("out/m.keras"), "out/m.vocabulary.txt");
  EXPECT_EQ(vocabulary_beside("w.npz"), "w.vocabulary.txt");
  EXPECT_EQ(vocabulary_beside("w.weights.h5"), "w.vocabulary.txt");
}

}  // namespace
}  // namespace kiln::runtime
