// Vectors of length zero, against what Keras computes: a value, and no derivative.
#include "frontend/keras/functions/vectors.h"

#include <cmath>

#include "frontend/keras/functions/constraints.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

using ir::Tensor;
using Tensors = std::vector<Tensor>;

TEST(Vectors, AZeroStaysZeroAndHasNoDerivative) {
  const auto results = evaluate({floats({2, 2}, {0, 0, 3, -4})}, [](const Tensors& arguments) {
    const Tensor unit = unit_vectors(arguments[0], {1});
    return Tensors{unit, gradient(sum(unit), {arguments[0]})[0]};
  });
  EXPECT_TRUE(near(results[0], {0, 0, 0.6, -0.8}));
  EXPECT_TRUE(std::isnan(results[1].get(0)) && std::isnan(results[1].get(1)));
  // (1 - u (u0 + u1)) / length
  EXPECT_NEAR(results[1].get(2), (1 - 0.6 * -0.2) / 5, 1e-6);
}

TEST(Vectors, ShorterThanTheSmallestTheyAreMultiplied) {
  const auto results = evaluate({floats({1, 2}, {3e-9, 0})}, [](const Tensors& arguments) {
    return Tensors{unit_vectors(arguments[0], {1})};
  });
  EXPECT_TRUE(near(results[0], {0.03, 0}));
}

TEST(Vectors, AnInfiniteLengthIsNoLengthBetweenTwoOthers) {
  const auto results = evaluate({floats({2, 1}, {1e30, 1})}, [](const Tensors& arguments) {
    return Tensors{constrained(MinMaxNorm(0.5, 1), arguments[0]),
                   constrained(MaxNorm(1), arguments[0])};
  });
  EXPECT_TRUE(std::isnan(results[0].get(0)));
  EXPECT_EQ(results[1].get(0), 0);
}

}  // namespace
}  // namespace kiln::keras
