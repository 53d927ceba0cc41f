#include "runtime/data/text/sequence_data.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

std::string row_text(const Array& rows) {
  std::string text;
  for (int64_t i = 0; i < rows.element_count(); ++i) {
    text += std::to_string(rows.as<int32_t>()[i]) + " ";
  }
  return text;
}

SequenceData load(const std::string& spec) {
  auto data = load_sequence_data(spec);
  EXPECT_TRUE(data) << data.error().to_string();
  EXPECT_TRUE(data && data->has_value()) << spec;
  return data && data->has_value() ? **data : SequenceData{};
}

std::string error_of(const std::string& spec) {
  auto data = load_sequence_data(spec);
  return data ? "no error" : data.error().to_string();
}

void write(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

TEST(SequenceData, TextTableWithNamedColumns) {
  const std::string path = write_test_file(
      "r.tsv", "id\ttext\tlabel\r\n1\tgood film\t1\n2\t\"a \"\"bad\"\"\tone\"\t0\n\n");
  const SequenceData data = load(path);
  EXPECT_EQ(data.texts, (std::vector<std::string>{"good film", "a \"bad\"\tone"}));
  EXPECT_EQ(row_text(data.y), "1 0 ");
  EXPECT_EQ(data.description, "2 texts, from " + path);
  EXPECT_FALSE(data.by_class);
}

TEST(SequenceData, LabelsThatAreNamesAreClassesInAlphabeticalOrder) {
  const std::string path =
      write_test_file("r.csv", "review,mood\n\"fine, really\",pos\nbad,neg\nso so,neutral\n");
  const SequenceData data = load(path + ":text=review,label=mood");
  EXPECT_EQ(data.texts[0], "fine, really");
  EXPECT_EQ(data.classes, (std::vector<std::string>{"neg", "neutral", "pos"}));
  EXPECT_EQ(row_text(data.y), "2 0 1 ");
  EXPECT_EQ(load(path + ":text=review,label=none").y.storage, nullptr);
}

TEST(SequenceData, LabelsWithFractionsAreNumbers) {
  const SequenceData data = load(write_test_file("n.tsv", "text\tlabel\na\t10.0\nb\t2.5\n"));
  EXPECT_TRUE(data.classes.empty());
  ASSERT_EQ(data.y.type, KILN_F32);
  EXPECT_EQ(data.y.as<float>()[0], 10.0f);
  EXPECT_EQ(data.y.as<float>()[1], 2.5f);
}

TEST(SequenceData, AnEmptyLabelIsAnError) {
  for (const char* label : {"", " ", "\"\""}) {
    const std::string path = write_test_file(
        "e.tsv", std::string("text\tlabel\ngood\tpos\nbad\t") + label + "\nso so\tneg\n");
    EXPECT_EQ(error_of(path),
              "error: " + path + ":3:2: the label is empty\nnote: fill it in, or drop the row");
  }
}

TEST(SequenceData, OneReaderForAllTextFiles) {
  const std::string mark = "\xef\xbb\xbf";
  EXPECT_EQ(load(write_test_file("m.tsv", mark + "text\tlabel\na\t1\n")).texts[0], "a");
  const std::string ids = write_test_file("m.txt", mark + "1 2\r\n3\r\n");
  EXPECT_EQ(row_text(rows_of(load(ids), std::nullopt, 2)), "1 2 0 3 ");
  EXPECT_EQ(load(write_test_file("m.json", mark + "[[1]]")).sequences.count(), 1);
  const std::string wide(
      "\xff\xfe"
      "1\0",
      4);
  for (const char* name : {"w.tsv", "w.txt", "w.json"}) {
    const std::string path = write_test_file(name, wide);
    EXPECT_EQ(error_of(path), "error: " + path +
                                  ": is a text in UTF-16, which kiln does not read\nnote: save it "
                                  "as UTF-8");
  }
}

TEST(SequenceData, KnownClassesKeepTheirNumbers) {
  const std::string path = write_test_file("k.tsv", "text\tlabel\na\tpos\nb\tpos\n");
  const auto data = load_sequence_data(path, {"neg", "pos"});
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(row_text((*data)->y), "1 1 ");
  EXPECT_EQ((*data)->classes, (ClassNames{"neg", "pos"}));
  expect_error(load_sequence_data(path, {"neg", "neutral"}),
               "k.tsv:2: \"pos\" is no class of the model's\nnote: it was trained on neg, neutral");
  const std::string numbers = write_test_file("n.tsv", "text\tlabel\na\t2\nb\t1\n");
  const auto named = load_sequence_data(numbers, {"1", "2", "x"});
  ASSERT_TRUE(named) << "here numbers are names";
  EXPECT_EQ(row_text((*named)->y), "1 0 ");
  const auto plain = load_sequence_data(numbers, {"a", "b", "c"});
  ASSERT_TRUE(plain);
  EXPECT_EQ(row_text((*plain)->y), "2 1 ");
}

TEST(SequenceData, CsvOfNumbersIsNoText) {
  auto data = load_sequence_data(write_test_file("n.csv", "1,2\n"));
  ASSERT_TRUE(data);
  EXPECT_FALSE(data->has_value());
}

TEST(SequenceData, AFolderPerClass) {
  const std::string folder = test_path("texts");
  write(folder + "/pos/b.txt", "nice");
  write(folder + "/pos/a.txt", "great");
  write(folder + "/pos/deep/c.txt", "fine");
  write(folder + "/neg/a.txt", "awful");
  write(folder + "/neg/notes.md", "no text");
  write(folder + "/.hidden/a.txt", "no class");
  const SequenceData data = load(folder);
  EXPECT_EQ(data.texts, (std::vector<std::string>{"awful", "great", "nice", "fine"}));
  EXPECT_EQ(row_text(data.y), "0 1 1 1 ");
  EXPECT_EQ(data.classes, (std::vector<std::string>{"neg", "pos"}));
  EXPECT_TRUE(data.by_class);
  EXPECT_EQ(data.description, "4 texts, from " + folder + ", classes: neg, pos; not read: 1 .md");
  std::filesystem::remove_all(folder);
}

TEST(SequenceData, IdsALineOrInJson) {
  const std::string lines = write_test_file("x.txt", "1 2 3\n\n4,5\n");
  const std::string json = write_test_file("x.json", " [[1, 2,3], [],[4 ,5]]\n");
  const std::string labels = write_test_file("y.txt", "1\n0\n1\n");
  for (const std::string& x : {lines, json}) {
    const SequenceData data = load(x + "," + labels);
    EXPECT_EQ(row_text(rows_of(data, std::nullopt, 2)), "2 3 0 0 4 5 ") << x;
    EXPECT_EQ(row_text(data.y), "1 0 1 ");
    const SequenceData post = load(x + ":padding=post,truncating=post,value=9");
    EXPECT_EQ(row_text(rows_of(post, std::nullopt, 2)), "1 2 9 9 4 5 ") << x;
    EXPECT_EQ(post.y.storage, nullptr);
  }
}

TEST(SequenceData, OffsetsInNpz) {
  const std::string path = test_path("ragged.npz");
  const int64_t values[] = {1, 2, 3, 4, 5};
  const int64_t offsets[] = {0, 3, 3, 5};
  const int32_t labels[] = {1, 0, 1};
  ASSERT_TRUE(save_npz(path, {{"x_values", copy_of(KILN_I64, {5}, values)},
                              {"x_offsets", copy_of(KILN_I64, {4}, offsets)},
                              {"y", copy_of(KILN_I32, {3}, labels)}}));
  EXPECT_EQ(row_text(rows_of(load(path), std::nullopt, 4)), "0 1 2 3 0 0 0 0 0 0 4 5 ");
  const int64_t falling[] = {0, 3, 2, 5};
  ASSERT_TRUE(save_npz(path, {{"x_values", copy_of(KILN_I64, {5}, values)},
                              {"x_offsets", copy_of(KILN_I64, {4}, falling)}}));
  EXPECT_EQ(error_of(path), "error: " + path +
                                ": the offsets of the sequences do not rise from 0 to 5, the "
                                "number of values");
}

TEST(SequenceData, SaysWhatIsWrong) {
  const std::string table = write_test_file("t.tsv", "text\tlabel\na\t1\nb\n");
  EXPECT_EQ(error_of(table), "error: " + table +
                                 ":3: has 1 fields, the first line has 2\nnote: a text with "
                                 "separators or line ends in it stands in quotes");
  EXPECT_EQ(error_of(table + ":text=txt"),
            "error: " + table +
                ": there is no column \"txt\"\nnote: did you mean text? the first line names text, "
                "label");
  EXPECT_EQ(error_of(table + ":txt=a"), "error: " + table +
                                            ":txt=a: has no option \"txt\"\nnote: did you mean "
                                            "text? its options are text, label");
  const std::string open = write_test_file("open.tsv", "text\tlabel\n\"a\t1\n");
  EXPECT_EQ(error_of(open),
            "error: " + open + ":2:1: the quote that opens this field is never closed");
  const std::string ids = write_test_file("ids.txt", "1 2\n3 x\n");
  EXPECT_EQ(error_of(ids), "error: " + ids +
                               ":2: expected whole numbers, separated by spaces or commas\n"
                               "note: each line is one sequence");
  const std::string fine = write_test_file("fine.txt", "1 2\n3\n");
  EXPECT_EQ(error_of(fine + "," + fine), "error: " + fine + ":1: expected one number, the label");
  const std::string one = write_test_file("one.txt", "1\n");
  EXPECT_EQ(error_of(fine + "," + one), "error: " + fine + "," + one +
                                            ": has 2 examples and 1 labels\nnote: each example "
                                            "needs one label");
  EXPECT_EQ(error_of(fine + ":padding=left"), "error: " + fine +
                                                  ":padding=left: padding takes pre or post, not "
                                                  "\"left\"");
  for (const char* json : {"[1, 2]", "[[1, 2]", "[[1 2]]", "[[1.5]]", "{}", "[[1]] x", "[[1],]"}) {
    const std::string path = write_test_file("bad.json", json);
    EXPECT_EQ(error_of(path).find("error: " + path + ": expected "), 0u) << json;
  }
  EXPECT_EQ(
      error_of(write_test_file("empty.txt", "")).find("holds no examples") == std::string::npos,
      false);
}

TEST(Vocabularies, AreBuiltWrittenAndFound) {
  SequenceData data;
  data.texts = {"a b b", "b c"};
  VocabularyOptions options;
  options.beside_new = test_path("new.vocabulary.txt");
  options.may_build = true;
  auto built = vocabulary_for(data, options);
  ASSERT_TRUE(built);
  EXPECT_EQ(read_test_file(options.beside_new), "b\nc\na\n");
  VocabularyOptions later;
  later.beside_old = options.beside_new;
  auto found = vocabulary_for(data, later);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number_of("c"), 3);
  later.beside_old = test_path("none.vocabulary.txt");
  expect_error(vocabulary_for(data, later), "the vocabulary of the model is not there");
}

}  // namespace
}  // namespace kiln::runtime
