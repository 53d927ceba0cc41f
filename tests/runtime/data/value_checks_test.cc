#include "runtime/data/value_checks.h"

#include <cmath>

#include "gtest/gtest.h"

namespace kiln::runtime {
namespace {

constexpr kiln_output kThreeClasses = {"kind", "sparse_categorical_crossentropy", 3};
constexpr kiln_output kNumber = {"score", "mean_squared_error", 0};
constexpr kiln_input kWords = {"words", 100};

std::string error_of(const Status& status) {
  return status ? "no error" : status.error().to_string();
}

TEST(CheckLabels, OfAClassifierAreItsClassNumbers) {
  const Array labels = allocate(KILN_F32, {4, 1});
  float* label = labels.as<float>();
  EXPECT_TRUE(check_labels(labels, kThreeClasses, "y"));
  label[2] = 3;
  EXPECT_EQ(error_of(check_labels(labels, kThreeClasses, "y")),
            "error: y: row 2 (counted from 0) is 3, but the model's output \"kind\" has 3 classes, "
            "0 to 2\n"
            "note: number the classes from 0, or give the model's last layer more units");
  EXPECT_TRUE(check_labels(labels, kNumber, "y"));
  for (const float wrong : {-1.f, 0.5f, HUGE_VALF}) {
    label[2] = wrong;
    EXPECT_FALSE(check_labels(labels, kThreeClasses, "y")) << wrong;
  }
  label[2] = std::nanf("");
  for (const kiln_output& output : {kThreeClasses, kNumber}) {
    EXPECT_EQ(error_of(check_labels(labels, output, "y")),
              "error: y: row 2 (counted from 0) is NaN\nnote: drop the rows without a label");
  }
}

TEST(CheckIndices, AreInTheVocabulary) {
  const Array ids = allocate(KILN_I64, {3, 2});
  ids.as<int64_t>()[0] = 99;
  EXPECT_TRUE(check_indices(ids, kWords, "x"));
  ids.as<int64_t>()[5] = 100;
  EXPECT_EQ(
      error_of(check_indices(ids, kWords, "validation x")),
      "error: validation x: row 2, element 1 (counted from 0) is 100, but the model's input "
      "\"words\" takes ids from a vocabulary of 100, 0 to 99\n"
      "note: give the Embedding a larger input_dim, or put one id in the place of those beyond "
      "it");
  ids.as<int64_t>()[5] = -1;
  EXPECT_FALSE(check_indices(ids, kWords, "x"));
  ids.as<int64_t>()[5] = int64_t{1} << 40;
  EXPECT_FALSE(check_indices(ids, kWords, "x"));
  EXPECT_TRUE(check_indices(ids, {"numbers", 0}, "x"));
}

TEST(CheckIndices, OfFloatsAreCutOffAsKerasDoes) {
  const Array ids = allocate(KILN_F32, {1, 2});
  for (const float allowed : {99.9f, -0.5f, 0.0f}) {
    ids.as<float>()[1] = allowed;
    EXPECT_TRUE(check_indices(ids, kWords, "x")) << allowed;
  }
  for (const float wrong : {100.0f, -1.0f, HUGE_VALF, std::nanf("")}) {
    ids.as<float>()[1] = wrong;
    EXPECT_FALSE(check_indices(ids, kWords, "x")) << wrong;
  }
}

TEST(CheckIndices, FindTheFirstInLargeArrays) {
  const Array ids = allocate(KILN_I32, {10'000, 3});
  ids.as<int32_t>()[29'999] = ids.as<int32_t>()[20'000] = 7'000;
  EXPECT_NE(error_of(check_indices(ids, kWords, "x")).find("row 6666, element 2"),
            std::string::npos);
}

TEST(CheckWeights, AreNumbers) {
  const Array weights = allocate(KILN_F32, {2});
  weights.as<float>()[0] = -1;
  EXPECT_TRUE(check_weights(weights, "w")) << "Keras takes them, too";
  weights.as<float>()[1] = HUGE_VALF;
  EXPECT_EQ(error_of(check_weights(weights, "w")),
            "error: w: row 1 (counted from 0) is inf\n"
            "note: give an example that is not to count the weight 0");
}

TEST(CheckWhole, NumbersFitTheirType) {
  const Array numbers = allocate(KILN_F64, {2});
  numbers.as<double>()[1] = 127;
  EXPECT_TRUE(check_whole(numbers, KILN_I8, "x"));
  numbers.as<double>()[1] = 128;
  EXPECT_EQ(error_of(check_whole(numbers, KILN_I8, "x")),
            "error: x: row 1 (counted from 0) is 128, but the model takes i8, whole numbers from "
            "-128 to 127");
  EXPECT_TRUE(check_whole(numbers, KILN_U8, "x"));
  EXPECT_FALSE(check_whole(numbers, KILN_I1, "x"));
}

}  // namespace
}  // namespace kiln::runtime
