// The benchmarks' models are what they are called.
#include "tests/benchmarks/models.h"

#include <gtest/gtest.h>

namespace kiln::benchmarks {
namespace {

void expect_parameters(const std::string& name, const std::string& count) {
  const auto model = model_named(name);
  ASSERT_TRUE(model) << model.error().to_string();
  const auto summary = model->model.summary();
  ASSERT_TRUE(summary) << summary.error().to_string();
  EXPECT_NE(summary->find("Total params: " + count), std::string::npos) << *summary;
}

TEST(BenchmarkModels, NetworksForPicturesHaveKerasApplicationsParameters) {
  expect_parameters("resnet50", "25,636,712");
  expect_parameters("mobilenet_v2", "3,538,984");
  // Keras's has 138,357,544 for pictures of 224 x 224, whose first Dense layer sees 7 x 7 positions
  // of 512 channels; ours sees 2 x 2.
  expect_parameters("vgg16", "43,985,704");
}

TEST(BenchmarkModels, EachSaysWhatItIsMeasuredAt) {
  for (const BenchmarkModel& model : benchmark_models()) {
    EXPECT_FALSE(model.train_batches.empty()) << model.name;
    EXPECT_FALSE(model.predict_batches.empty()) << model.name;
    EXPECT_TRUE(model.make().compile_options) << model.name;
  }
}

}  // namespace
}  // namespace kiln::benchmarks
