// Metrics against Keras: results over several batches, full ones and padded ones, with sample
// weights; their files, names and errors.
#include "frontend/keras/metrics/metrics.h"

#include "frontend/keras/metrics/list.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"
#include "tests/frontend/training/recorded.h"

namespace kiln::keras {
namespace {

using ir::Literal;
using ir::Tensor;

/// A metric over batches, which are padded to more rows.
class Running {
 public:
  Running(std::shared_ptr<const MetricRule> rule, const ir::Type& output, int64_t padding)
      : rule_(std::move(rule)), padding_(padding) {
    for (const MetricVariable& variable : rule_->variables(output))
      state_.push_back(Literal({ir::ElementType::f32, variable.shape}));
  }

  /// Adds a batch; gives the metric so far.
  Literal add(const Json& batch, bool weighted) {
    const int64_t rows = batch["p"]["shape"][0].get<int64_t>(), size = rows + padding_;
    std::vector<Literal> arguments = {padded(batch["y"], size), padded(batch["p"], size),
                                      padded(batch["sample_weight"], size)};
    arguments.insert(arguments.end(), state_.begin(), state_.end());
    std::vector<Literal> results = evaluate(arguments, [&](const std::vector<Tensor>& tensors) {
      ir::Builder& builder = *tensors[0].builder;
      Literal real({ir::ElementType::i1, {size}});
      for (int64_t i = 0; i < rows; ++i) real.set_int(i, 1);
      MetricBatch of_batch{tensors[0],
                           {tensors[1], {}},
                           builder.constant(real),
                           builder.scalar(static_cast<double>(rows)),
                           {}};
      if (weighted) of_batch.weights = tensors[2];
      std::vector<Tensor> updated = rule_->sums(of_batch);
      for (size_t i = 0; i < updated.size(); ++i) updated[i] = tensors[3 + i] + updated[i];
      updated.push_back(rule_->result(updated));
      return updated;
    });
    const Literal result = results.back();
    results.pop_back();
    state_ = std::move(results);
    return result;
  }

 private:
  std::shared_ptr<const MetricRule> rule_;
  int64_t padding_;
  std::vector<Literal> state_;
};

class RecordedMetric : public ::testing::TestWithParam<Recorded> {};

TEST_P(RecordedMetric, HasKerasResults) {
  const Json& json = GetParam().json;
  const Metric metric = must(read_metric(json["metric"], "case"));
  const Json& first = json["batches"][0];
  const ir::Type output = type_of(first["p"]);
  must(check(metric, type_of(first["y"]), output));
  for (const bool weighted : {false, true}) {
    for (const int64_t padding : {0, 3}) {
      Running running(metric.object(), output, padding);
      for (const Json& batch : json["batches"]) {
        const Json& expected = batch[weighted ? "weighted_result" : "result"];
        if (expected.is_null()) break;
        EXPECT_TRUE(near(running.add(batch, weighted), values_of(expected), 3e-6))
            << "weighted: " << weighted << ", padding: " << padding;
      }
    }
  }
}

TEST_P(RecordedMetric, IsWrittenAsKerasWritesIt) {
  const Json& json = GetParam().json["metric"];
  EXPECT_EQ(write_metric(must(read_metric(json, "case"))).dump(), json.dump());
}

INSTANTIATE_TEST_SUITE_P(Keras, RecordedMetric, ::testing::ValuesIn(recorded_cases("metrics")),
                         [](const auto& info) { return info.param.name; });

std::string_view kind_of(const Metric& metric, ir::Shape labels, ir::Shape output) {
  const auto f32 = ir::ElementType::f32;
  return rule_of(metric, {f32, std::move(labels)}, {f32, std::move(output)})->class_name();
}

TEST(Metrics, AccuracyIsChosenByShape) {
  EXPECT_EQ(kind_of("accuracy", {4, 1}, {4, 1}), "BinaryAccuracy");
  EXPECT_EQ(kind_of("acc", {4}, {4, 3}), "SparseCategoricalAccuracy");
  EXPECT_EQ(kind_of("accuracy", {4, 1}, {4, 3}), "SparseCategoricalAccuracy");
  EXPECT_EQ(kind_of("Accuracy", {4, 3}, {4, 3}), "CategoricalAccuracy");
  EXPECT_EQ(kind_of("accuracy", {4, 2}, {4, 2, 3}), "SparseCategoricalAccuracy");
}

TEST(Metrics, AreFoundByClassByNameAndByAlias) {
  for (auto identifier : {"auc", "AUC", "mse", "MSE", "mean_squared_error", "f1_score", "huber",
                          "kl_divergence", "root_mean_squared_error", "true_positives"})
    EXPECT_NE(make_metric(identifier), nullptr) << identifier;
  // The metric, not the loss, which is negative.
  EXPECT_EQ(make_metric("cosine_similarity")->class_name(), "CosineSimilarity");
  EXPECT_EQ(make_metric("Auc"), nullptr);
}

TEST(Metrics, Names) {
  EXPECT_EQ(name_of("acc"), "acc");
  EXPECT_EQ(name_of(metrics::AUC()), "auc");
  EXPECT_EQ(name_of(metrics::MeanIoU(3)), "mean_io_u");
  EXPECT_EQ(name_of(metrics::LogCoshError()), "logcosh");
}

std::string error_for(const Metric& metric, ir::Shape labels = {4, 3}, ir::Shape output = {4, 3}) {
  const auto f32 = ir::ElementType::f32;
  return error_of(check(metric, {f32, std::move(labels)}, {f32, std::move(output)}));
}

TEST(Metrics, RefuseWhatMakesNoSense) {
  EXPECT_EQ(error_for("acuracy"),
            "error: unknown metric \"acuracy\"\nnote: did you mean accuracy?");
  EXPECT_EQ(error_for("mse", {4}),
            "error: metric \"mse\": compares labels of shape (4, 3), the loss has labels of shape "
            "(4,)\nnote: choose a loss and metrics for one kind of labels");
  EXPECT_EQ(error_for(metrics::Precision({.threshold = 2})),
            "error: metric \"precision\": thresholds must lie in [0, 1], one is 2");
  EXPECT_EQ(error_for(metrics::Recall({.class_id = 3})),
            "error: metric \"recall\": class_id must lie in [0, 3), not 3");
  EXPECT_EQ(error_for(metrics::Recall({.top_k = 4})),
            "error: metric \"recall\": top_k must lie in [1, 3], not 4");
  EXPECT_EQ(error_for(metrics::AUC({.num_thresholds = 1})),
            "error: metric \"auc\": num_thresholds must be at least 2, not 1");
  EXPECT_EQ(error_for(metrics::AUC({.curve = "RC"})),
            "error: metric \"auc\": curve must be one of ROC, PR, PRGAIN, not \"RC\"");
  EXPECT_EQ(error_for(metrics::MeanIoU(0)),
            "error: metric \"mean_io_u\": num_classes must be positive, not 0");
  EXPECT_EQ(error_for(metrics::OneHotIoU(4, {0})),
            "error: metric \"one_hot_io_u\": has 4 classes, the output 3");
  EXPECT_EQ(error_for(metrics::PrecisionAtRecall(1.5)),
            "error: metric \"precision_at_recall\": recall must lie in [0, 1], not 1.5");
  EXPECT_EQ(error_for("dice"), "error: metric \"dice\": Dice as a metric is not supported");
}

TEST(Metrics, SeveralThresholdsGiveANumberEach) {
  const Json json = {{"class_name", "Recall"}, {"config", {{"thresholds", {0.2, 0.4}}}}};
  const Metric metric = must(read_metric(json, "f"));
  EXPECT_EQ(write_metric(metric)["config"]["thresholds"], (Json{0.2, 0.4}));
  EXPECT_EQ(error_for(metrics::Recall({.threshold = 0.2, .further_thresholds = {1.5}})),
            "error: metric \"recall\": thresholds must lie in [0, 1], one is 1.5");
}

TEST(Metrics, LossObjectsAreRefused) {
  EXPECT_EQ(error_of(read_metric({{"module", "keras.losses"},
                                  {"class_name", "Huber"},
                                  {"config", {{"name", "huber_loss"}}}},
                                 "f")),
            "error: f: the loss object Huber as a metric is not supported\n"
            "note: compile the model with the loss's function or its metric");
}

}  // namespace
}  // namespace kiln::keras
