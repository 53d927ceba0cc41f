#include "frontend/keras/metrics/accuracy.h"

#include <fmt/format.h>

#include "frontend/keras/losses/losses.h"

namespace kiln::keras::metrics {
namespace {

using ir::Tensor;

Tensor ones_where(Tensor predicate) { return convert(predicate, ir::ElementType::f32); }

Tensor equal_values(const MetricBatch& batch) {
  return ones_where(compare(like(batch.p(), batch.labels), "EQ", batch.p()));
}

Tensor categorical_values(const MetricBatch& batch) {
  const int64_t last = batch.p().rank() - 1;
  const Tensor y = like(batch.p(), batch.labels);
  return ones_where(compare(argmax(y, last), "EQ", argmax(batch.p(), last)));
}

Tensor sparse_values(const MetricBatch& batch) {
  const Tensor predicted = argmax(batch.p(), batch.p().rank() - 1);
  const Tensor y = reshape(convert(batch.labels, predicted.type().element), predicted.shape());
  return ones_where(compare(y, "EQ", predicted));
}

/// Whether fewer than k classes are ahead of class y. y: i32 [batch, ...].
Tensor among_best(Tensor y, Tensor p, int64_t k) {
  const ir::Integers last = {p.rank() - 1};
  const Tensor of_label = sum(select(is_class(y, p.shape().back()), p, 0.0), last, true);
  const Tensor ahead = sum(ones_where(compare(p, "GT", of_label)), last);
  return ones_where(compare(ahead, "LT", static_cast<double>(k)));
}

}  // namespace

FunctionMetric Accuracy() {
  return {"Accuracy", FunctionMetric::Labels::like_output, equal_values};
}
FunctionMetric CategoricalAccuracy() {
  return {"CategoricalAccuracy", FunctionMetric::Labels::one_hot, categorical_values};
}
FunctionMetric SparseCategoricalAccuracy() {
  return {"SparseCategoricalAccuracy", FunctionMetric::Labels::class_numbers, sparse_values};
}

OptionList BinaryAccuracy::option_list() {
  const OptionList own = {{"threshold", &threshold, "predictions above are 1"}};
  return common_options() + own;
}
Tensor BinaryAccuracy::values(const MetricBatch& batch) const {
  const Tensor predicted = ones_where(compare(batch.p(), "GT", threshold));
  return ones_where(compare(like(batch.p(), batch.labels), "EQ", predicted));
}

Status TopKCategoricalAccuracy::check(const ir::Type& labels, const ir::Type& output) const {
  if (k < 1) return Diagnostic{"", fmt::format("k must be positive, not {}", k), ""};
  return expect_labels(output.shape, labels);
}
OptionList TopKCategoricalAccuracy::option_list() {
  const OptionList own = {{"k", &k, "among how many of the largest the right class is"}};
  return common_options() + own;
}
Tensor TopKCategoricalAccuracy::values(const MetricBatch& batch) const {
  const Tensor y = argmax(like(batch.p(), batch.labels), batch.p().rank() - 1);
  return among_best(y, batch.p(), k);
}

Status SparseTopKCategoricalAccuracy::check(const ir::Type& labels, const ir::Type& output) const {
  if (k < 1) return Diagnostic{"", fmt::format("k must be positive, not {}", k), ""};
  return expect_labels(class_shape(output), labels);
}
OptionList SparseTopKCategoricalAccuracy::option_list() {
  const OptionList own = {
      {"from_sorted_ids", Fixed{{false}}, "predictions are sorted classes", kNotWritten}};
  return TopKCategoricalAccuracy::option_list() + own;
}
Tensor SparseTopKCategoricalAccuracy::values(const MetricBatch& batch) const {
  ir::Shape shape = batch.p().shape();
  shape.pop_back();
  return among_best(reshape(convert(batch.labels, ir::ElementType::i32), shape), batch.p(), k);
}

}  // namespace kiln::keras::metrics
