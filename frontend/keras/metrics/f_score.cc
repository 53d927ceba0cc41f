#include "frontend/keras/metrics/f_score.h"

#include <fmt/format.h>

#include "frontend/keras/functions/vectors.h"

namespace kiln::keras::metrics {
namespace {

using ir::Tensor;

/// i1 like p.
Tensor positives(Tensor p, const std::optional<double>& threshold) {
  if (threshold) return compare(p, "GT", *threshold);
  const Tensor largest = broadcast_to(reduce(p, "maximum", {1}, true), p.shape());
  // A row of zeros has no largest class.
  return logical_and(compare(p, "GE", largest), compare(abs(p), "GT", 1e-9));
}

}  // namespace

Status FBetaScore::check(const ir::Type& labels, const ir::Type& output) const {
  if (!options.average.empty() && options.average != "micro" && options.average != "macro" &&
      options.average != "weighted") {
    return Diagnostic{
        "", fmt::format("average must be micro, macro or weighted, not \"{}\"", options.average),
        ""};
  }
  if (!(options.beta > 0))
    return Diagnostic{"", fmt::format("beta must be positive, not {}", options.beta), ""};
  if (const double limit = options.threshold.value_or(1); !(limit > 0 && limit <= 1))
    return Diagnostic{"", fmt::format("threshold must lie in (0, 1], not {}", limit), ""};
  if (output.rank() != 2) return Diagnostic{"", "needs an output of two dimensions", ""};
  return expect_labels(output.shape, labels);
}

std::vector<MetricVariable> FBetaScore::variables(const ir::Type& output) const {
  const ir::Shape shape = options.average == "micro" ? ir::Shape{} : ir::Shape{output.shape.back()};
  return {{"true_positives", shape},
          {"false_positives", shape},
          {"false_negatives", shape},
          {"intermediate_weights", shape}};
}

std::vector<Tensor> FBetaScore::sums(const MetricBatch& batch) const {
  const Tensor y = like(batch.p(), batch.labels), weights = batch.element_weights(y.shape());
  const Tensor p = convert(positives(batch.p(), options.threshold), ir::ElementType::f32);
  auto total = [&](Tensor x) {
    const Tensor weighed = batch.without_padding(x) * weights;
    return options.average == "micro" ? sum(weighed) : sum(weighed, {0});
  };
  return {total(p * y), total(p * (1.0 - y)), total((1.0 - p) * y), total(y)};
}

Tensor FBetaScore::result(std::span<const Tensor> variables) const {
  const Tensor& tp = variables[0];
  const Tensor precision = tp / (tp + variables[1] + kEpsilon);
  const Tensor recall = tp / (tp + variables[2] + kEpsilon);
  const double square = options.beta * options.beta;
  const Tensor scores =
      precision * recall / (precision * square + recall + kEpsilon) * (1 + square);
  if (options.average == "micro" || options.average.empty()) return scores;
  if (options.average == "macro") return mean(scores, {0});
  return sum(scores * (variables[3] / (sum(variables[3]) + kEpsilon)));
}

OptionList FBetaScore::option_list() {
  const OptionList average = {
      {"average", NullableText{&options.average},
       "of the classes: \"micro\", \"macro\" or \"weighted\"; null: a number "
       "for each class"}};
  const OptionList beta = {{"beta", &options.beta, "how much more recall counts than precision"}};
  const OptionList threshold = {{"threshold", &options.threshold,
                                 "predictions above are positive; null: the largest of a row is"}};
  return common_options() + average + (has_beta() ? beta : OptionList()) + threshold;
}

}  // namespace kiln::keras::metrics
