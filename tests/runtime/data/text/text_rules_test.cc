#include "runtime/data/text/text_rules.h"

#include <gtest/gtest.h>

#include "runtime/data/text/text_encoder.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

TEST(TextRules, AreReadAsTheyAreWritten) {
  TextRules rules;
  rules.strip_punctuation = false;
  rules.split = Split::kCharacter;
  rules.ngrams = {3, 1};
  rules.vocabulary = {"a", "", "\n", "\\n", "\r", std::string("x\0y", 3), "über", "vocabulary"};
  rules.first_token = 4;
  rules.first_bucket = 1;
  rules.buckets = 3;
  rules.salt = {{~uint64_t{0}, 7}};
  rules.mask = "";
  rules.mask_number = -1;
  rules.takes_integers = true;
  rules.fingerprints = true;
  rules.length = 12;
  rules.filling = -1;
  const auto read = parse_text_rules(to_text(rules));
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, rules);
  EXPECT_EQ(*parse_text_rules(to_text(TextRules{})), TextRules{});
}

TEST(TextRules, WhatIsNotKnownIsAnError) {
  expect_error(parse_text_rules("lower\nsplit words\n"), "line 2: \"split words\" is not known");
  expect_error(parse_text_rules("upper\n"), "line 1: \"upper\" is not known");
  expect_error(parse_text_rules("salt 1\n"), "line 1: \"salt 1\" is not known");
}

std::string characters(std::string_view text) {
  TextRules rules;
  rules.split = Split::kCharacter;
  std::string joined;
  for (const std::string& token : tokens_of(text, rules))
    joined += (joined.empty() ? "" : "|") + (token == "\xef\xbf\xbd" ? "?" : token);
  return joined;
}

/// As tf.strings.unicode_split(text, "UTF-8") has it.
TEST(Tokens, CharactersOfDamagedTexts) {
  EXPECT_EQ(characters("\xff"
                       "ab"),
            "?|a|b");
  EXPECT_EQ(characters("\xe4\xb8"), "?");
  EXPECT_EQ(characters("\xe4\xb8"
                       "a"),
            "?|a");
  EXPECT_EQ(characters("\xf0\x9f\x98x"), "?|x");
  EXPECT_EQ(characters("\xc0\xaf"), "?|?");
  EXPECT_EQ(characters("\xed\xa0\x80"), "?|?|?");
  EXPECT_EQ(characters("a\x80\x80"
                       "b"),
            "a|?|?|b");
  EXPECT_EQ(characters("\xf4\x90\x80\x80"), "?|?|?|?");
  EXPECT_EQ(characters("\xf0\x9f\x98\x80\xc3\xbc"), "\xf0\x9f\x98\x80|\xc3\xbc");
}

TEST(TextEncoder, LengthsThatRulesLeaveOpen) {
  TextRules rules;
  rules.vocabulary = {"a", "b"};
  rules.first_token = 2;
  rules.first_bucket = 1;
  const TextEncoder encoder(rules);
  const Array texts = text_array({"a b c", "", "b"});
  const auto longest = encoder.encode(texts, {}, "x");
  ASSERT_TRUE(longest);
  EXPECT_EQ(longest->name(), "3x3xi32");
  const int64_t lengths[] = {2, 4, 9};
  const auto fitting = encoder.encode(texts, lengths, "x");
  ASSERT_TRUE(fitting);
  EXPECT_EQ(fitting->name(), "3x4xi32");
  const std::vector<int32_t> numbers(fitting->as<int32_t>(), fitting->as<int32_t>() + 12);
  EXPECT_EQ(numbers, (std::vector<int32_t>{2, 3, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0}));
  expect_error(encoder.encode(texts, std::span(lengths).first(1), "x"),
               "its longest text has 3 tokens, but the model was compiled for 2");
  EXPECT_EQ(encoder.encode(text_array({""}), {}, "x")->name(), "1x1xi32") << "at least one";
  expect_error(encoder.encode(text_array({"a", "b"}, {{1, 2}}), {}, "x"),
               "each row is 2 texts, but the model splits one text a row");
}

TEST(TextEncoder, FingerprintsHaveSixtyFourBits) {
  const TextEncoder encoder(fingerprint_rules());
  const auto numbers = encoder.encode(text_array({"", "red"}, {{2, 1}}), {}, "x");
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->name(), "2x1xi64");
  // FarmHash's constant k2, which stands for an empty text.
  EXPECT_EQ(static_cast<uint64_t>(numbers->as<int64_t>()[0]), 0x9ae16a3b2f90404f);
  expect_error(encoder.encode(allocate(KILN_I32, {2, 1}), {}, "x"),
               "holds numbers (2x1xi32), but the model takes texts");
}

}  // namespace
}  // namespace kiln::runtime
