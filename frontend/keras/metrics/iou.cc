#include "frontend/keras/metrics/iou.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/losses/losses.h"

namespace kiln::keras::metrics {
namespace {

using ir::Tensor;

/// i32 [elements]: the class numbers, or the largest of each row.
Tensor classes(Tensor x, bool sparse) {
  const Tensor numbers = sparse ? convert(x, ir::ElementType::i32) : argmax(x, x.rank() - 1);
  return reshape(numbers, {numbers.type().count()});
}

/// f32 [elements, classes]; nothing where the class is another.
Tensor one_hot(Tensor numbers, int64_t count) {
  return convert(is_class(numbers, count), ir::ElementType::f32);
}

}  // namespace

IoU MeanIoU(int64_t num_classes) { return {IoU::Kind::mean, {num_classes}}; }
IoU OneHotIoU(int64_t num_classes, std::vector<int64_t> targets) {
  return {IoU::Kind::one_hot, {num_classes, std::move(targets), {}, false, false}};
}
IoU OneHotMeanIoU(int64_t num_classes) {
  return {IoU::Kind::one_hot_mean, {num_classes, {}, {}, false, false}};
}
IoU BinaryIoU(std::vector<int64_t> targets, double threshold) {
  return {IoU::Kind::binary, {2, std::move(targets), {}, true, true, threshold}};
}

std::string_view IoU::class_name() const {
  constexpr std::string_view kNames[] = {"IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU",
                                         "BinaryIoU"};
  return kNames[static_cast<size_t>(kind_)];
}

Status IoU::check(const ir::Type& labels, const ir::Type& output) const {
  if (options.num_classes < 1) {
    return Diagnostic{"", fmt::format("num_classes must be positive, not {}", options.num_classes),
                      ""};
  }
  for (int64_t target : options.target_class_ids) {
    if (target >= 0 && target < options.num_classes) continue;
    return Diagnostic{
        "", fmt::format("target class {} is not one of {} classes", target, options.num_classes),
        ""};
  }
  const int64_t classes = output.shape.back();
  if (!options.sparse_y_pred && classes != options.num_classes) {
    return Diagnostic{
        "", fmt::format("has {} classes, the output {}", options.num_classes, classes), ""};
  }
  ir::Shape expected = output.shape;
  if (!options.sparse_y_pred) expected.pop_back();
  if (!options.sparse_y_true) expected.push_back(options.num_classes);
  return expect_labels(expected, labels);
}

std::vector<MetricVariable> IoU::variables(const ir::Type&) const {
  return {{"total_confusion_matrix", {options.num_classes, options.num_classes}}};
}

std::vector<Tensor> IoU::sums(const MetricBatch& batch) const {
  Tensor p = batch.p();
  if (kind_ == Kind::binary) p = convert(compare(p, "GE", options.threshold), p.type().element);
  const Tensor labels = classes(batch.labels, options.sparse_y_true);
  ir::Shape shape = p.shape();
  if (!options.sparse_y_pred) shape.pop_back();
  Tensor weights = reshape(batch.element_weights(shape), labels.shape());
  if (options.ignore_class) {
    weights =
        select(compare(labels, "NE", static_cast<double>(*options.ignore_class)), weights, 0.0);
  }
  const int64_t count = options.num_classes;
  const Tensor weighed = one_hot(labels, count) * reshape(weights, {labels.shape()[0], 1});
  return {dot(transpose(weighed, {1, 0}), one_hot(classes(p, options.sparse_y_pred), count))};
}

Tensor IoU::result(std::span<const Tensor> variables) const {
  const Tensor& matrix = variables[0];
  const int64_t count = options.num_classes;
  ir::Builder& builder = *matrix.builder;
  const ir::Type indices{ir::ElementType::i32, {count, count}};
  const Tensor diagonal = compare(builder.iota(indices, 0), "EQ", builder.iota(indices, 1));
  const Tensor both = sum(select(diagonal, matrix, 0.0), {1});
  const Tensor either = sum(matrix, {0}) + sum(matrix, {1}) - both;
  ir::Literal targets({ir::ElementType::f32, {count}});
  for (int64_t i = 0; i < count; ++i) targets.set(i, options.target_class_ids.empty() ? 1 : 0);
  for (int64_t target : options.target_class_ids) targets.set(target, 1);
  // A class that neither labels nor predictions have is left out.
  const Tensor counted = select(compare(either, "GT", 1e-9), builder.constant(targets), 0.0);
  return sum(both / (either + kEpsilon) * counted) / (sum(counted) + kEpsilon);
}

OptionList IoU::option_list() {
  OptionList own, rest;
  if (has_classes()) {
    own.push_back({"num_classes", &options.num_classes, "how many classes there are", kRequired});
    rest.push_back({"ignore_class", &options.ignore_class, "labels of this class do not count"});
    if (has_sparse_labels()) {
      rest.push_back(
          {"sparse_y_true", &options.sparse_y_true, "labels are class numbers, not one-hot rows"});
    }
    rest.push_back({"sparse_y_pred", &options.sparse_y_pred,
                    "predictions are class numbers, not a number for each class"});
    rest.push_back({"axis", Fixed{{-1}}, "of the classes"});
  }
  if (has_targets()) {
    own.push_back({"target_class_ids", ShapeOf{&options.target_class_ids},
                   "the classes that the mean is over"});
  }
  if (kind_ == Kind::binary)
    own.push_back({"threshold", &options.threshold, "predictions from here on are class 1"});
  // Keras writes the options that are the class's own before the name.
  if (kind_ == Kind::iou) return common_options() + own + rest;
  return own + common_options() + rest;
}

}  // namespace kiln::keras::metrics
