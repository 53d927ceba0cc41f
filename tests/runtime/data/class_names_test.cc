#include "runtime/data/class_names.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/data/class_folders.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

TEST(ClassNames, AreTheSameFromTheirFile) {
  const std::string path = test_path("m.classes.txt");
  const ClassNames classes = {"zebra", "a cat", "dog"};
  ASSERT_TRUE(save_class_names(classes, path));
  EXPECT_EQ(read_test_file(path), "zebra\na cat\ndog\n");
  EXPECT_EQ(*load_class_names(path), classes);
  EXPECT_EQ(*load_class_names(write_test_file("w.txt", "\xef\xbb\xbfzebra\r\na cat\r\ndog")),
            classes);
  EXPECT_EQ(class_number(classes, "dog"), 2);
  EXPECT_EQ(class_number(classes, "bird"), std::nullopt);
}

TEST(ClassNames, WrongFilesAreErrors) {
  expect_error(load_class_names(write_test_file("w.txt", "a\n\nb\n")), "w.txt:2: is empty");
  expect_error(load_class_names(write_test_file("w.txt", "a\na\n")),
               "w.txt:2: has the class \"a\" a second time");
  expect_error(load_class_names(write_test_file("w.txt", "")), "w.txt: names no classes");
  expect_error(save_class_names({"a\nb"}, test_path("n.txt")), "which has a line end in it");
}

TEST(ClassNames, ComeFromTheFileNamedThenFromTheWeights) {
  const std::string named = write_test_file("named.txt", "a\nb\n");
  const std::string beside = write_test_file("beside.txt", "c\nd\n"), none = test_path("none.txt");
  EXPECT_EQ(*known_class_names({named, beside, ""}), (ClassNames{"a", "b"}));
  EXPECT_EQ(*known_class_names({"", beside, ""}), (ClassNames{"c", "d"}));
  EXPECT_TRUE(known_class_names({"", none, ""})->empty());
  expect_error(known_class_names({none, beside, ""}), "none.txt: cannot open");
  EXPECT_EQ(*known_class_names({none, beside, "", true}), (ClassNames{"c", "d"}));
}

TEST(ClassNames, StandBesideTheModel) {
  EXPECT_EQ(beside_model("out/m.keras", ".classes.txt"), "out/m.classes.txt");
  EXPECT_EQ(beside_model("w.weights.h5", ".classes.txt"), "w.classes.txt");
  EXPECT_EQ(beside_model("w", ".classes.txt"), "w.classes.txt");
}

class ClassFolders : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void add(const std::string& name) {
    const std::filesystem::path path = folder_ + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    FILE* const file = std::fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fclose(file);
  }

  const std::string folder_ = test_path("folders");
};

TEST_F(ClassFolders, AreNumberedByTheKnownNames) {
  add("dogs/1.png");
  add("cats/1.png");
  const auto fresh = class_files(folder_, {".png"}, {});
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->labels, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(fresh->classes, (ClassNames{"cats", "dogs"}));
  EXPECT_EQ(fresh->remarks, "");
  const ClassNames known = {"birds", "dogs", "cats"};
  const auto numbered = class_files(folder_, {".png"}, known);
  ASSERT_TRUE(numbered);
  EXPECT_EQ(numbered->labels, (std::vector<int32_t>{2, 1}));
  EXPECT_EQ(numbered->classes, known);
  expect_error(class_files(folder_, {".png"}, {"cats", "birds"}),
               "folders/dogs: \"dogs\" is no class of the model's\nnote: it was trained on cats, "
               "birds; --class-names gives");
}

TEST_F(ClassFolders, SayWhatIsNotReadAndWhatIsEmpty) {
  add("cats/1.png");
  add("cats/2.PNG");
  add("cats/.hidden");
  add("dogs/1.webp");
  add("dogs/2.WebP");
  add("README");
  const auto files = class_files(folder_, {".png"}, {});
  ASSERT_TRUE(files);
  EXPECT_EQ(files->paths.size(), 2u);
  EXPECT_EQ(files->remarks, "; not read: 2 .webp, 1 without an ending; no file in dogs");
}

}  // namespace
}  // namespace kiln::runtime
