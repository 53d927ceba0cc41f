// Losses against what Keras computes on TensorFlow.
#include "frontend/keras/losses/losses.h"

#include "frontend/keras/functions/activations.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

const ir::Literal kProbabilities = floats({3, 3}, {.2, .5, .3, 1, 0, 0, .1, .1, .8});
const ir::Literal kLogits = floats({3, 3}, {1, -2, .5, 0, 3, -1, 30, -40, 0});
const ir::Literal kLabels = floats({3, 3}, {0, 1, 0, 1, 0, 0, .5, .25, .25});
const ir::Literal kClasses = ints({3}, {1, 1, 2});

ir::Literal values(const Loss& loss, const ir::Literal& y, const ir::Literal& prediction) {
  return evaluate({y, prediction}, [&](const std::vector<Tensor>& arguments) {
    return std::vector<Tensor>{
        find_loss(loss.identifier)->values(loss, arguments[0], {arguments[1], {}}).values};
  })[0];
}

TEST(Losses, OfNumbers) {
  EXPECT_TRUE(near(values("mse", kLabels, kProbabilities), {0.126666665, 0, 0.161666676}));
  EXPECT_TRUE(near(values("mae", kLabels, kProbabilities), {0.333333343, 0, 0.366666675}));
}

TEST(Losses, CrossentropiesOfProbabilitiesAreClipped) {
  EXPECT_TRUE(near(values("binary_crossentropy", kLabels, kProbabilities),
                   {0.42432189, 1.19209304e-07, 1.04050124}));
  EXPECT_TRUE(near(values("categorical_crossentropy", kLabels, kProbabilities),
                   {0.693147182, 1.19209304e-07, 1.78272474}));
  EXPECT_TRUE(near(values("sparse_categorical_crossentropy", kClasses, kProbabilities),
                   {0.693147182, 16.1180954, 0.223143548}));
}

TEST(Losses, CrossentropiesOfLogits) {
  EXPECT_TRUE(near(values(BinaryCrossentropy({.from_logits = true}), kLabels, kLogits),
                   {1.4714222, 1.35166538, 8.56438255}));
  EXPECT_TRUE(near(values(CategoricalCrossentropy({.from_logits = true}), kLabels, kLogits),
                   {3.50459695, 3.06588387, 25}));
  EXPECT_TRUE(near(values(SparseCategoricalCrossentropy({.from_logits = true}), kClasses, kLogits),
                   {3.50459695, 0.0658839121, 30}));
}

TEST(Losses, SmoothedLabels) {
  EXPECT_TRUE(near(values(BinaryCrossentropy({.label_smoothing = .1}), kLabels, kProbabilities),
                   {0.461548448, 0.802976429, 1.04725909}));
  EXPECT_TRUE(
      near(values(CategoricalCrossentropy({.label_smoothing = .1}), kLabels, kProbabilities),
           {0.740717709, 1.0745399, 1.765396}));
}

/// The loss of an activation's output, whose logits the loss sees.
ir::Literal after(const char* activation, const Loss& loss, const ir::Literal& y,
                  const ir::Literal& logits) {
  return evaluate({y, logits}, [&](const std::vector<Tensor>& arguments) {
    const Signal prediction = apply(activation, {arguments[1], {}});
    return std::vector<Tensor>{
        find_loss(loss.identifier)->values(loss, arguments[0], prediction).values};
  })[0];
}

// Keras looks for logits, not for the activation that belongs to the loss.
TEST(Losses, CrossentropiesAfterSoftmaxOrSigmoidGoOnFromTheLogits) {
  const ir::Literal x = floats({1, 3}, {.3, -2, 1.5}), y = floats({1, 3}, {0, 1, 0});
  EXPECT_TRUE(near(after("sigmoid", "categorical_crossentropy", y, x), {3.786224603652954}));
  EXPECT_TRUE(near(after("softmax", "binary_crossentropy", y, x), {1.5608989000320435}));
  EXPECT_TRUE(near(after("softmax", "sparse_categorical_crossentropy", ints({1}, {1}), x),
                   {3.786224603652954}));
}

TEST(Losses, TheGradientOfASoftmaxCrossentropyIsTheDifference) {
  const auto results = evaluate({kClasses, kLogits}, [&](const std::vector<Tensor>& arguments) {
    const Tensor z = arguments[1];
    const Tensor loss =
        sum(sparse_categorical_crossentropy({}, arguments[0], apply("softmax", {z, {}})).values);
    return std::vector<Tensor>{
        gradient(loss, {z})[0],
        softmax(z) - convert(is_class(arguments[0], 3), ir::ElementType::f32)};
  });
  EXPECT_TRUE(near(results[0], results[1].values(), 5e-7));
}

TEST(Losses, LogitsOfZeroHaveAGradient) {
  const auto results = evaluate(
      {floats({1, 1}, {1}), floats({1, 1}, {0})}, [&](const std::vector<Tensor>& arguments) {
        const Tensor loss =
            sum(binary_crossentropy({}, arguments[0], apply("sigmoid", {arguments[1], {}})).values);
        return gradient(loss, {arguments[1]});
      });
  EXPECT_TRUE(near(results[0], {-0.5}));
}

TEST(Losses, HaveKerasNames) {
  EXPECT_EQ(find_loss("MSE"), find_loss("mean_squared_error"));
  EXPECT_EQ(find_loss("BCE"), find_loss("BinaryCrossentropy"));
  EXPECT_EQ(find_loss("Mse"), nullptr);
}

TEST(Losses, RefuseWhatTheyDoNotHave) {
  const ir::Type output{ir::ElementType::f32, {8, 3}};
  Loss loss("mse");
  loss.from_logits = true;
  EXPECT_EQ(error_of(check(loss, output)), "error: loss \"mse\": has no from_logits");
  EXPECT_EQ(error_of(check(Loss("mean_sqared_error"), output)),
            "error: unknown loss \"mean_sqared_error\"\nnote: did you mean mean_squared_error?");
  EXPECT_EQ(error_of(check(SparseCategoricalCrossentropy({.label_smoothing = .1}), output)),
            "error: loss \"SparseCategoricalCrossentropy\": has no label_smoothing");
}

}  // namespace
}  // namespace kiln::keras
