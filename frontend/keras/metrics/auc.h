// The area under a curve of two ratios over all thresholds.
#pragma once

#include "frontend/keras/metrics/confusion.h"

namespace kiln::keras::metrics {

struct AucOptions {
  int64_t num_thresholds = 200;
  std::string curve = "ROC";  ///< or "PR", "PRGAIN"
  /// Of the area between two thresholds: "interpolation", "majoring", "minoring".
  std::string summation_method = "interpolation";
  std::vector<double> thresholds = {};  ///< instead of num_thresholds even ones; not 0 and 1
  bool multi_label = false;             ///< the mean of the labels' areas
  bool from_logits = false;
};

/// ROC: the true positives' rate over the false positives'. PR: precision over recall, interpolated
/// after Davis, Goadrich, "The relationship between precision-recall and ROC curves" (2006).
/// PRGAIN: Flach, Kull, "Precision-recall-gain curves" (2015).
class AUC : public ConfusionMetric {
 public:
  explicit AUC(AucOptions o = {}) : options(std::move(o)) {}
  std::string_view class_name() const override { return "AUC"; }
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  std::vector<ir::Tensor> sums(const MetricBatch& batch) const override;
  ir::Tensor result(std::span<const ir::Tensor> sums) const override;
  OptionList option_list() override;
  void options_were_read() override;

  AucOptions options;

 protected:
  ConfusionOptions confusion() const override;

 private:
  std::optional<int64_t> num_labels_;  ///< as the file says
};

}  // namespace kiln::keras::metrics
