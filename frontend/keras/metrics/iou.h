// Intersection over union of the elements of a class and those that are thought to be.
#pragma once

#include <optional>

#include "frontend/keras/metrics/metric.h"

namespace kiln::keras::metrics {

struct IoUOptions {
  int64_t num_classes = 0;
  std::vector<int64_t> target_class_ids = {};  ///< the mean is over these; empty: all
  std::optional<int64_t> ignore_class = {};    ///< labels of this class count for nothing
  bool sparse_y_true = true;                   ///< labels are class numbers, not one-hot rows
  bool sparse_y_pred = true;                   ///< predictions are
  double threshold = 0.5;                      ///< of BinaryIoU
};

/// All of Keras's classes of the family: they differ in which options they have.
class IoU : public MetricRule {
 public:
  enum class Kind { iou, mean, one_hot, one_hot_mean, binary };

  IoU(Kind kind, IoUOptions o) : options(std::move(o)), kind_(kind) {}
  explicit IoU(IoUOptions options) : IoU(Kind::iou, std::move(options)) {}
  std::string_view class_name() const override;
  Status check(const ir::Type& labels, const ir::Type& output) const override;
  std::vector<MetricVariable> variables(const ir::Type& output) const override;
  std::vector<ir::Tensor> sums(const MetricBatch& batch) const override;
  ir::Tensor result(std::span<const ir::Tensor> variables) const override;
  OptionList option_list() override;
  /// Keras's "int" is int32 with JAX.
  std::vector<FixedValue> dtypes() const override { return {"int64", "int32", "float32"}; }

  IoUOptions options;

 private:
  bool has_classes() const { return kind_ != Kind::binary; }
  bool has_targets() const { return kind_ != Kind::mean && kind_ != Kind::one_hot_mean; }
  bool has_sparse_labels() const { return kind_ == Kind::iou || kind_ == Kind::mean; }

  Kind kind_;
};

IoU MeanIoU(int64_t num_classes);
IoU OneHotIoU(int64_t num_classes, std::vector<int64_t> target_class_ids);
IoU OneHotMeanIoU(int64_t num_classes);
IoU BinaryIoU(std::vector<int64_t> target_class_ids = {0, 1}, double threshold = 0.5);

}  // namespace kiln::keras::metrics
