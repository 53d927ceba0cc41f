// Learning-rate schedules against Keras, and their files.
#include "frontend/keras/schedules/schedule.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/training/recorded.h"

namespace kiln::keras {
namespace {

class RecordedSchedule : public ::testing::TestWithParam<Recorded> {};

TEST_P(RecordedSchedule, HasKerasRates) {
  const Json& json = GetParam().json;
  const Schedule schedule = must(read_schedule(json["schedule"], "case"));
  const std::vector<double> rates = values_of(json["rates"]);
  for (size_t step = 0; step < rates.size(); ++step) {
    const auto result = evaluate({floats({}, {static_cast<double>(step)})}, [&](const auto& x) {
      return std::vector<ir::Tensor>{rate_at(schedule, x[0])};
    });
    EXPECT_NEAR(result[0].get(0), rates[step], 1e-6 * std::abs(rates[step]) + 1e-8)
        << "step " << step;
  }
}

TEST_P(RecordedSchedule, IsWrittenAsKerasWritesIt) {
  const Json& json = GetParam().json["schedule"];
  EXPECT_EQ(write_schedule(must(read_schedule(json, "case"))).dump(), json.dump());
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedSchedule, ::testing::ValuesIn(recorded_cases("schedules")),
                         [](const auto& info) { return info.param.name; });

std::string error_in(const char* class_name, const Json& config) {
  return error_of(read_schedule({{"class_name", class_name}, {"config", config}}, "model.json"));
}

TEST(Schedules, RefuseWhatMakesNoSense) {
  EXPECT_EQ(error_in("CosineDecy", Json::object()),
            "error: model.json: unknown schedule \"CosineDecy\"\nnote: did you mean CosineDecay?");
  EXPECT_EQ(error_in("CosineDecay", {{"initial_learning_rate", .1}, {"decay_steps", 0}}),
            "error: model.json: CosineDecay: decays over 0 steps, it must be more than 0");
  EXPECT_EQ(error_in("CosineDecay", {{"decay_steps", 3}}),
            "error: model.json: CosineDecay: \"initial_learning_rate\" is missing\n"
            "note: it must be a number");
  EXPECT_EQ(
      error_in("PiecewiseConstantDecay", {{"boundaries", {1, 2}}, {"values", {.1, .2}}}),
      "error: model.json: PiecewiseConstantDecay: needs one value more than boundaries, has 2 "
      "and 2");
  EXPECT_EQ(error_in("PiecewiseConstantDecay", {{"boundaries", {2, 1}}, {"values", {.1, .2, .3}}}),
            "error: model.json: PiecewiseConstantDecay: the boundaries must rise");
  EXPECT_EQ(
      error_in("PiecewiseConstantDecay", {{"boundaries", {"a"}}, {"values", {.1, .2, .3}}}),
      "error: model.json: PiecewiseConstantDecay: \"boundaries\" must be a list of numbers, not "
      "[\"a\"]");
  EXPECT_EQ(error_of(check(Schedule{CosineDecayRestarts{.1, 2, 0}})),
            "error: schedule \"CosineDecayRestarts\": t_mul must be positive, not 0");
}

}  // namespace
}  // namespace kiln::keras
