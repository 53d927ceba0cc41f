// Images whose corners move, against what Keras makes of them (record_perspective.py).
#include <algorithm>
#include <set>

#include "frontend/keras/layers/random_perspective.h"
#include "gtest/gtest.h"
#include "ir/indexing.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/recorded.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

class Perspective : public ::testing::TestWithParam<Recorded> {};

TEST_P(Perspective, IsWhatKerasMakesOfMovedCorners) {
  const Json& json = GetParam().json;
  const Sampling sampling{"constant", json["fill_value"].get<double>(),
                          json["interpolation"].get<std::string>()};
  const std::vector<ir::Literal> results = evaluate(
      {literal_of(json["images"]), literal_of(json["corners"])}, [&](const std::vector<Tensor>& x) {
        const int64_t batch = x[0].shape()[0];
        auto corner = [&](int64_t i) {
          return reshape(slice(x[1], {i, 0}, {i + 1, batch}), {batch});
        };
        const MovedCorners corners{corner(0), corner(1), corner(2), corner(3)};
        return std::vector<Tensor>{in_perspective(x[0], corners, sampling)};
      });
  EXPECT_TRUE(near(results[0], values_of(json["y"]), 1e-4));
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, Perspective,
    ::testing::ValuesIn(recorded_file("tests/frontend/layers/perspective.json")),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::keras
