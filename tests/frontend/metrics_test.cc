// Metrics: which one "accuracy" is, and their values by hand.
#include "frontend/keras/metrics/metrics.h"

#include <nlohmann/json.hpp>

#include "frontend/keras/activations.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

ir::Literal values(const Metric& metric, const ir::Literal& y, const ir::Literal& prediction) {
  must(check(metric, y.type(), prediction.type()));
  return evaluate({y, prediction}, [&](const std::vector<Tensor>& arguments) {
    return std::vector<Tensor>{metric_values(metric, arguments[0], {arguments[1], {}})};
  })[0];
}

const ir::Literal kPrediction = floats({3, 3}, {.2, .5, .3, .6, .2, .2, .3, .3, .4});

TEST(Metrics, AccuracyOfClassNumbersIsSparse) {
  EXPECT_TRUE(near(values("accuracy", ints({3}, {1, 1, 2}), kPrediction), {1, 0, 1}));
  EXPECT_TRUE(near(values("acc", ints({3}, {0, 0, 0}), kPrediction), {0, 1, 0}));
}

TEST(Metrics, AccuracyOfOneHotRowsIsCategorical) {
  EXPECT_TRUE(near(values("accuracy", floats({3, 3}, {0, 1, 0, 0, 1, 0, 0, 0, 1}), kPrediction),
                   {1, 0, 1}));
}

TEST(Metrics, AccuracyOfOneOutputIsBinary) {
  const ir::Literal prediction = floats({4, 1}, {.2, .7, .5, .9});
  EXPECT_TRUE(near(values("accuracy", floats({4, 1}, {0, 1, 1, 0}), prediction), {1, 1, 0, 0}));
  Metric strict("BinaryAccuracy");
  strict.threshold = .8;
  EXPECT_TRUE(near(values(strict, floats({4, 1}, {0, 1, 1, 1}), prediction), {1, 0, 0, 1}));
}

TEST(Metrics, AnAccuracyObjectComparesNumbers) {
  Metric accuracy("Accuracy");
  accuracy.is_object = true;
  EXPECT_TRUE(near(values(accuracy, floats({2, 2}, {1, 0, 2, 3}), floats({2, 2}, {1, 0, 2, 4})),
                   {1, 1, 1, 0}));
}

TEST(Metrics, TheFirstOfEqualProbabilitiesWins) {
  EXPECT_TRUE(
      near(values("accuracy", ints({2}, {0, 1}), floats({2, 2}, {.5, .5, .5, .5})), {1, 0}));
}

TEST(Metrics, SequencesHaveAValueForEachStep) {
  const ir::Literal prediction = floats({1, 2, 2}, {.9, .1, .9, .1});
  EXPECT_TRUE(near(values("accuracy", ints({1, 2}, {0, 1}), prediction), {1, 0}));
}

TEST(Metrics, LossesAreMetrics) {
  const ir::Literal y = floats({2, 2}, {0, 1, 2, 3});
  EXPECT_TRUE(near(values("mae", y, floats({2, 2}, {0, 2, 2, 3})), {.5, 0}));
  EXPECT_TRUE(near(values("MeanSquaredError", y, floats({2, 2}, {0, 3, 2, 3})), {2, 0}));
}

TEST(Metrics, Names) {
  EXPECT_EQ(name_of("acc"), "acc");
  EXPECT_EQ(name_of("MeanSquaredError"), "MeanSquaredError");
  Metric object("MeanSquaredError");
  object.is_object = true;
  EXPECT_EQ(name_of(object), "mean_squared_error");
  object.name = "error";
  EXPECT_EQ(name_of(object), "error");
}

TEST(Metrics, Errors) {
  const ir::Type output{ir::ElementType::f32, {8, 10}};
  EXPECT_EQ(error_of(check("acuracy", output, output)),
            "error: unknown metric \"acuracy\"\nnote: did you mean accuracy?");
  EXPECT_EQ(
      error_of(check("mse", {ir::ElementType::i32, {8}}, output)),
      "error: metric \"mse\": compares labels of shape (8, 10), the loss has labels of shape (8,)\n"
      "note: choose a loss and metrics for one kind of labels");
}

}  // namespace
}  // namespace kiln::keras
