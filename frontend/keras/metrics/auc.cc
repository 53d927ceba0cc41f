#include "frontend/keras/metrics/auc.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/functions/vectors.h"

namespace kiln::keras::metrics {
namespace {

using ir::Tensor;

/// Rows of [thresholds, labels] but the last, and but the first: the two ends of each interval.
struct Ends {
  Tensor low, high;
};
Ends ends(Tensor x) {
  const int64_t count = x.shape()[0], labels = x.shape()[1];
  return {slice(x, {0, 0}, {count - 1, labels}), slice(x, {1, 0}, {count, labels})};
}

/// The mean over labels of the sums over thresholds.
Tensor mean_area(Tensor areas) { return mean(sum(areas, {0}), {0}); }

/// Between two thresholds true positives grow with all positives along a line, and precision along
/// the curve that follows from it.
Tensor interpolated_pr(std::span<const Tensor> sums) {
  const Ends tp = ends(sums[0]), p = ends(sums[0] + sums[1]);
  const Tensor slope = quotient(tp.low - tp.high, maximum(p.low - p.high, 0.0));
  const Tensor intercept = tp.high - slope * p.high;
  const Tensor both = logical_and(compare(p.low, "GT", 0.0), compare(p.high, "GT", 0.0));
  const Tensor ratio = select(both, quotient(p.low, maximum(p.high, 0.0)), 1.0);
  const Tensor labelled = maximum(tp.high + ends(sums[3]).high, 0.0);
  return mean_area(quotient(slope * (tp.low - tp.high + intercept * log(ratio)), labelled));
}

struct Curve {
  Tensor x, y;
};

Curve gain_curve(std::span<const Tensor> sums) {
  const Tensor scale = quotient(sums[0] + sums[3], sums[2] + sums[1]);
  const Tensor found = compare(sums[0], "NE", 0.0);
  auto gain = [&](Tensor wrong) { return 1.0 - scale * quotient(wrong, sums[0]); };
  const Tensor recall = maximum(select(found, gain(sums[3]), 0.0), 0.0);
  return {recall, select(found, gain(sums[1]), 1.0)};
}

Curve curve_of(const std::string& name, std::span<const Tensor> sums) {
  const Tensor recall = quotient(sums[0], sums[0] + sums[3]);
  if (name == "ROC") return {quotient(sums[1], sums[1] + sums[2]), recall};
  if (name == "PR") return {recall, quotient(sums[0], sums[0] + sums[1])};
  return gain_curve(sums);
}

Status expect_one_of(std::string_view key, const std::string& value,
                     std::initializer_list<std::string_view> choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return ok();
  return Diagnostic{
      "", fmt::format("{} must be one of {}, not \"{}\"", key, fmt::join(choices, ", "), value),
      ""};
}

std::string upper_case(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

}  // namespace

ConfusionOptions AUC::confusion() const {
  std::vector<double> thresholds = options.thresholds;
  if (thresholds.empty()) {
    thresholds = even_thresholds(options.num_thresholds);
  } else {
    std::sort(thresholds.begin(), thresholds.end());
    thresholds.insert(thresholds.begin(), 0);
    thresholds.push_back(1);
  }
  // A little beyond both ends, so that all predictions lie between them.
  thresholds.front() = -kEpsilon;
  thresholds.back() = 1 + kEpsilon;
  return {std::move(thresholds), {}, {}, options.multi_label};
}

Status AUC::check(const ir::Type& labels, const ir::Type& output) const {
  if (options.thresholds.empty() && options.num_thresholds < 2) {
    return Diagnostic{
        "", fmt::format("num_thresholds must be at least 2, not {}", options.num_thresholds), ""};
  }
  KILN_TRY(expect_one_of("curve", options.curve, {"ROC", "PR", "PRGAIN"}));
  KILN_TRY(expect_one_of("summation_method", options.summation_method,
                         {"interpolation", "majoring", "minoring"}));
  if (options.multi_label && output.rank() != 2)
    return Diagnostic{"", "needs an output of two dimensions for multi_label", ""};
  return ConfusionMetric::check(labels, output);
}

std::vector<Tensor> AUC::sums(const MetricBatch& batch) const {
  if (!options.from_logits) return ConfusionMetric::sums(batch);
  MetricBatch probabilities = batch;
  probabilities.prediction.tensor = logistic(batch.p());
  return ConfusionMetric::sums(probabilities);
}

Tensor AUC::result(std::span<const Tensor> sums) const {
  const std::string& method = options.summation_method;
  if (options.curve == "PR" && method == "interpolation") return interpolated_pr(sums);
  const Curve curve = curve_of(options.curve, sums);
  const Ends x = ends(curve.x), y = ends(curve.y);
  const Tensor heights = method == "interpolation" ? (y.low + y.high) / 2.0
                         : method == "minoring"    ? minimum(y.low, y.high)
                                                   : maximum(y.low, y.high);
  return mean_area((x.low - x.high) * heights);
}

OptionList AUC::option_list() {
  const bool own = !options.thresholds.empty();
  // Keras counts the two at the ends.
  const auto count = static_cast<int>(options.thresholds.size()) + 2;
  const OptionPlace num_thresholds =
      own ? OptionPlace(Ignored{count}) : OptionPlace(&options.num_thresholds);
  const OptionList list = {
      {"num_thresholds", num_thresholds, "how many thresholds there are, evenly in [0, 1]"},
      {"curve", &options.curve, "\"ROC\", \"PR\" or \"PRGAIN\""},
      {"summation_method", &options.summation_method,
       "of the area between thresholds: \"interpolation\", \"majoring\" or \"minoring\""},
      {"multi_label", &options.multi_label, "the mean of the labels' areas"},
      {"num_labels", &num_labels_, "of a multi_label metric, as the file says"},
      {"label_weights", Fixed{{nullptr}}, "of the labels in the mean"},
      {"from_logits", &options.from_logits, "predictions are logits, not probabilities"},
      {"thresholds", &options.thresholds, "instead of even ones, without 0 and 1",
       written_if(own)}};
  return common_options() + list;
}

void AUC::options_were_read() {
  options.curve = upper_case(options.curve);
  if (options.summation_method == "Interpolation") options.summation_method = "interpolation";
}

}  // namespace kiln::keras::metrics
