#include "frontend/keras/metrics/mean.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

Tensor row_means(Tensor values) {
  return values.rank() == 1 ? values : mean(values, dimensions_from(1, values.rank()));
}

}  // namespace

std::vector<Tensor> MeanMetric::sums(const MetricBatch& batch) const {
  const Tensor all = batch.without_padding(values(batch));
  const Tensor mask = heeds_mask() ? batch.prediction.mask : Tensor{};
  if (!batch.weights && !mask) return {sum(row_means(all)), batch.row_count};
  Tensor weights = batch.element_weights(all.shape());
  if (mask) weights = select(spread(mask, all.shape()), weights, 0.0);
  return {sum(row_means(all * weights)), sum(row_means(weights))};
}

/// A mean of nothing, which sample weights of 0 can make, is 0.
Tensor MeanMetric::result(std::span<const Tensor> variables) const {
  return quotient(variables[0], variables[1]);
}

ir::Shape class_shape(const ir::Type& output) {
  return {output.shape.begin(), output.shape.end() - 1};
}

Status FunctionMetric::check(const ir::Type& labels, const ir::Type& output) const {
  return expect_labels(labels_ == Labels::class_numbers ? class_shape(output) : output.shape,
                       labels);
}

}  // namespace kiln::keras
