// Losses against Keras: values, derivatives, files; derivatives against finite differences in f64.
#include "frontend/keras/losses/losses.h"

#include "frontend/keras/functions/activations.h"
#include "frontend/keras/metrics/metric.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/training/recorded.h"
#include "tests/passes/finite_differences.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using ir::Tensor;

/// Keras's reduction over a full batch.
Tensor reduced(const Loss& loss, const LossValues& result) {
  const Tensor total = sum(result.values);
  if (loss.reduction == "sum") return total;
  if (result.valid) return quotient(total, sum(convert(result.valid, ir::ElementType::f32)));
  return total / static_cast<double>(result.values.type().count());
}

class RecordedLoss : public ::testing::TestWithParam<Recorded> {
 protected:
  const Json& json() const { return GetParam().json; }
  const Loss loss_ = must(read_loss(GetParam().json["loss"], "case"));
  const LossFunction& function_ = *find_loss(loss_.identifier);

  LossValues values(Tensor y, Tensor x) const {
    const Tensor real = x.builder->constant(1, {ir::ElementType::i1, {x.shape()[0]}});
    return function_.values_of(loss_, y, apply(json()["activation"].get<std::string>(), {x, {}}),
                               real);
  }
};

TEST_P(RecordedLoss, HasKerasValueAndDerivative) {
  must(check(loss_, type_of(json()["x"])));
  const std::vector<Literal> results =
      evaluate({literal_of(json()["y"]), literal_of(json()["x"])},
               [&](const std::vector<Tensor>& arguments) {
                 const Tensor value = reduced(loss_, values(arguments[0], arguments[1]));
                 return std::vector<Tensor>{value, gradient(value, {arguments[1]})[0]};
               });
  EXPECT_TRUE(near(results[0], values_of(json()["value"]), 2e-6));
  EXPECT_TRUE(near(results[1], values_of(json()["gradient"]), 2e-6));
}

TEST_P(RecordedLoss, HasItsDerivative) {
  const Literal y = literal_of(json()["y"]);
  const Literal x = Literal::from_values(type_of(json()["x"]).with_element(ir::ElementType::f64),
                                         values_of(json()["x"]));
  auto formula = [&](ir::Builder& builder, const std::vector<Tensor>& arguments) {
    Tensor labels = builder.constant(y);
    if (!function_.integer_labels) labels = convert(labels, ir::ElementType::f64);
    return std::vector<Tensor>{values(labels, arguments[0]).values};
  };
  passes::expect_gradients(formula, {x}, 7, 1e-5);
}

TEST_P(RecordedLoss, IsWrittenAsKerasWritesIt) {
  EXPECT_EQ(write_loss(loss_).dump(), json()["loss"].dump());
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedLoss, ::testing::ValuesIn(recorded_cases("losses")),
                         [](const auto& info) { return info.param.name; });

TEST(Losses, KnowKerasAliases) {
  for (auto [alias, name] : {std::pair{"MSE", "mean_squared_error"},
                             {"mape", "MeanAbsolutePercentageError"},
                             {"msle", "mean_squared_logarithmic_error"},
                             {"KLD", "KLDivergence"},
                             {"bce", "binary_crossentropy"}})
    EXPECT_EQ(find_loss(alias), find_loss(name)) << alias;
  EXPECT_EQ(find_loss("Mse"), nullptr);
}

TEST(Losses, HaveDefaultsByName) {
  EXPECT_EQ(Loss("tversky").alpha, 0.5);
  EXPECT_EQ(Loss("binary_focal_crossentropy").alpha, 0.25);
  EXPECT_EQ(write_loss(Huber(2))["config"]["delta"], 2.0);
  EXPECT_EQ(must(read_loss(write_loss(Huber(2)), "f")).delta, 2);
}

TEST(Losses, RefuseWhatIsNotSupported) {
  const ir::Type output{ir::ElementType::f32, {4, 3}};
  Loss loss("mse");
  loss.reduction = "none";
  EXPECT_EQ(error_of(check(loss, output)),
            "error: loss \"mse\": reduction \"none\" is not supported\nnote: kiln takes "
            "sum_over_batch_size, mean, mean_with_sample_weight and sum");
  EXPECT_EQ(error_of(read_loss({{"class_name", "Dice"}, {"config", {{"axis", {1}}}}}, "f")),
            "error: f: Dice: \"axis\": [1] is not supported\nnote: kiln takes null here");
  EXPECT_EQ(
      error_of(read_loss({{"class_name", "CosineSimilarity"}, {"config", {{"axis", 1}}}}, "f")),
      "error: f: CosineSimilarity: \"axis\": 1 is not supported\nnote: kiln takes -1 here");
}

}  // namespace
}  // namespace kiln::keras
