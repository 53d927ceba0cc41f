// Initializers: moments, limits, determinism.
#include "frontend/keras/functions/initializers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "frontend/keras/lower/initial_values.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

ir::Literal draw(const Initializer& initializer, ir::Shape shape, int64_t seed = 7,
                 int64_t index = 0) {
  ir::Literal state({ir::ElementType::i64, {2}});
  state.set_int(0, seed);
  state.set_int(1, index);
  return evaluate({state}, [&](const std::vector<ir::Tensor>& arguments) {
    return std::vector<ir::Tensor>{initial_value(*arguments[0].builder, initializer,
                                                 {ir::ElementType::f32, shape}, arguments[0])};
  })[0];
}

struct Moments {
  double mean, deviation, low, high;
};

Moments moments_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (double value : values) sum += value;
  for (double value : values) squares += (value - sum / n) * (value - sum / n);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {sum / n, std::sqrt(squares / n), *low, *high};
}

const ir::Shape kShape = {100, 300};  // fans: 100 in, 300 out

/// Mean 0 and that deviation, within five standard errors of 30,000 draws.
void expect_moments(const Initializer& initializer, double deviation, double limit) {
  SCOPED_TRACE(initializer.class_name);
  const Moments moments = moments_of(draw(initializer, kShape).values());
  EXPECT_NEAR(moments.mean, 0, 5 * deviation / std::sqrt(30000));
  EXPECT_NEAR(moments.deviation, deviation, 5 * deviation / std::sqrt(30000));
  EXPECT_LE(std::max(-moments.low, moments.high), limit * (1 + 1e-6));
  EXPECT_GE(std::min(-moments.low, moments.high), limit * .97);
}

void expect_uniform(const Initializer& initializer, double limit) {
  expect_moments(initializer, limit / std::sqrt(3), limit);
}

/// A truncated normal ends at two of the standard deviations that it had before.
void expect_truncated(const Initializer& initializer, double deviation) {
  expect_moments(initializer, deviation, 2 * deviation / 0.87962566103423978);
}

TEST(Initializers, Uniform) {
  expect_uniform("RandomUniform", .05);
  expect_uniform("GlorotUniform", std::sqrt(6. / 400));
  expect_uniform("HeUniform", std::sqrt(6. / 100));
  expect_uniform("LecunUniform", std::sqrt(3. / 100));
}

TEST(Initializers, TruncatedNormal) {
  expect_truncated("TruncatedNormal", .05 * 0.87962566103423978);
  expect_truncated("GlorotNormal", std::sqrt(2. / 400));
  expect_truncated("HeNormal", std::sqrt(2. / 100));
  expect_truncated("LecunNormal", std::sqrt(1. / 100));
  expect_truncated("VarianceScaling", std::sqrt(1. / 100));
}

TEST(Initializers, Normal) {
  const std::vector<double> values = draw("RandomNormal", kShape).values();
  const Moments moments = moments_of(values);
  EXPECT_NEAR(moments.mean, 0, 5 * .05 / std::sqrt(30000));
  EXPECT_NEAR(moments.deviation, .05, 5 * .05 / std::sqrt(30000));
  // Parts of a normal distribution beyond one and two deviations.
  auto beyond = [&](double limit) {
    return static_cast<double>(std::count_if(values.begin(), values.end(),
                                             [&](double v) { return std::fabs(v) > limit; })) /
           30000;
  };
  EXPECT_NEAR(beyond(.05), .3173, .012);
  EXPECT_NEAR(beyond(.1), .0455, .006);
  EXPECT_GT(moments.high, .16);
}

TEST(Initializers, Constants) {
  EXPECT_TRUE(near(draw("Zeros", {2}), {0, 0}));
  EXPECT_TRUE(near(draw("ones", {2}), {1, 1}));
  Initializer constant("Constant");
  constant.rule = ConstantRule{-2.5};
  EXPECT_TRUE(near(draw(constant, {2}), {-2.5, -2.5}));
  Initializer identity("identity");
  identity.rule = IdentityRule{3};
  EXPECT_TRUE(near(draw(identity, {2, 3}), {3, 0, 0, 0, 3, 0}));
  EXPECT_EQ(error_of(check(identity, {4})), "error: Identity needs a weight of two dimensions");
}

TEST(Initializers, AreDeterminedBySeedAndVariable) {
  const ir::Literal first = draw("GlorotUniform", {4, 5}, 7, 0);
  EXPECT_EQ(first, draw("GlorotUniform", {4, 5}, 7, 0));
  EXPECT_FALSE(first == draw("GlorotUniform", {4, 5}, 8, 0));
  EXPECT_FALSE(first == draw("GlorotUniform", {4, 5}, 7, 1));
  Initializer seeded("GlorotUniform");
  seeded.seed = 3;
  EXPECT_EQ(draw(seeded, {4, 5}, 7, 0), draw(seeded, {4, 5}, 8, 1));
}

TEST(Initializers, FansOfAConvolution) {
  const Fans fans = fans_of({3, 5, 8, 16});
  EXPECT_EQ(fans.in, 120);
  EXPECT_EQ(fans.out, 240);
}

TEST(Initializers, ReadAndWriteKerasConfigs) {
  const char* texts[] = {
      R"({"module":"keras.initializers","class_name":"GlorotUniform","config":{"seed":null,"input_axes":null,"output_axes":null},"registered_name":null})",
      R"({"module":"keras.initializers","class_name":"RandomNormal","config":{"seed":5,"mean":0.5,"stddev":0.25},"registered_name":null})",
      R"({"module":"keras.initializers","class_name":"Constant","config":{"value":2.0},"registered_name":null})",
      R"({"module":"keras.initializers","class_name":"Identity","config":{"gain":2.0},"registered_name":null})",
      R"({"module":"keras.initializers","class_name":"VarianceScaling","config":{"seed":null,"scale":2.0,"mode":"fan_out","distribution":"uniform","input_axes":null,"output_axes":null},"registered_name":null})",
  };
  for (const char* text : texts)
    EXPECT_EQ(write_initializer(must(read_initializer(Json::parse(text), "here"))).dump(), text);
}

TEST(Initializers, Errors) {
  EXPECT_EQ(
      error_of(read_initializer(Json("glorot_unifrm"), "here")),
      "error: here: unknown initializer \"glorot_unifrm\"\nnote: did you mean GlorotUniform?");
  EXPECT_EQ(
      error_of(read_initializer(
          Json::parse(R"({"class_name":"VarianceScaling","config":{"mode":"fan"}})"), "here")),
      "error: here: VarianceScaling: unknown mode \"fan\"\nnote: the modes are fan_in, fan_out and "
      "fan_avg");
}

/// The product of a matrix's rows a and b, or of its columns.
double product_of(const std::vector<double>& values, int64_t columns, bool rows, int64_t a,
                  int64_t b) {
  const int64_t count = static_cast<int64_t>(values.size()) / columns;
  auto at = [&](int64_t vector, int64_t i) {
    return values[static_cast<size_t>(rows ? vector * columns + i : i * columns + vector)];
  };
  double total = 0;
  for (int64_t i = 0; i < (rows ? columns : count); ++i) total += at(a, i) * at(b, i);
  return total;
}

TEST(Initializers, OrthogonalVectors) {
  Initializer twice("orthogonal");
  twice.rule = OrthogonalRule{2};
  for (const ir::Shape& shape : {ir::Shape{12, 7}, {7, 12}, {5, 5}, {2, 3, 4}, {1, 6}}) {
    const int64_t columns = shape.back();
    const int64_t rows = ir::element_count(shape) / columns;
    const std::vector<double> values = draw(twice, shape).values();
    const int64_t count = std::min(rows, columns);
    for (int64_t a = 0; a < count; ++a) {
      for (int64_t b = 0; b <= a; ++b)
        EXPECT_NEAR(product_of(values, columns, rows < columns, a, b), a == b ? 4 : 0, 2e-6)
            << rows << "x" << columns << ", vectors " << a << " and " << b;
    }
  }
  EXPECT_EQ(check(twice, {5}).error().message,
            "Orthogonal needs a weight of at least two dimensions");
}

TEST(Initializers, OnesInPlaceOfSome) {
  Initializer zeros("Zeros");
  zeros.ones = {2, 4};
  EXPECT_TRUE(near(draw(zeros, {6}), {0, 0, 1, 1, 0, 0}));
}

}  // namespace
}  // namespace kiln::keras
