// What a metric is: variables that a batch adds to, and the numbers that follow from them. Each kind
// has a file; list.cc names them all.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/functions/signal.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/options/config.h"
#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// What a metric sees of a batch.
struct MetricBatch {
  ir::Tensor labels;     ///< as the loss takes them
  Signal prediction;     ///< [batch, ..., n]
  ir::Tensor real_rows;  ///< i1 [batch]: false where a row is padding
  ir::Tensor row_count;  ///< f32 scalar: how many rows are real
  ir::Tensor weights;    ///< f32 [batch] or [batch, ...]: sample weights; null: all 1

  const ir::Tensor& p() const { return prediction.tensor; }
  /// values: [batch, ...], with zeros in the rows that are padding.
  ir::Tensor without_padding(ir::Tensor values) const;
  /// For each element of that shape, [batch, ...], its row's weight; 0 where it is padding.
  ir::Tensor element_weights(const ir::Shape& shape) const;
};

/// A variable of a metric: f32, 0 at the start of an epoch.
struct MetricVariable {
  std::string name;  ///< "true_positives"
  ir::Shape shape = {};
};

/// A metric object.
class MetricRule {
 public:
  virtual ~MetricRule() = default;

  /// Keras's, as in its files: "AUC".
  virtual std::string_view class_name() const = 0;
  /// Whether it compares labels and outputs of these types, and its options make sense. Errors do
  /// not name the metric: the caller does.
  virtual Status check(const ir::Type& labels, const ir::Type& output) const = 0;
  virtual std::vector<MetricVariable> variables(const ir::Type& output) const = 0;
  /// What the batch adds to each variable.
  virtual std::vector<ir::Tensor> sums(const MetricBatch& batch) const = 0;
  /// The metric so far: an f32 scalar, or [n] where it has several numbers.
  virtual ir::Tensor result(std::span<const ir::Tensor> variables) const = 0;
  /// All options, in Keras's order: mostly common_options() and then the class's own.
  virtual OptionList option_list() { return common_options(); }
  /// Called when a config has set the options: what follows from them.
  virtual void options_were_read() {}
  /// The types that Keras counts in; written is the first.
  virtual std::vector<FixedValue> dtypes() const { return {"float32"}; }

  std::string name = "";  ///< in the logs; empty: Keras's choice

 protected:
  /// Its name and type.
  OptionList common_options();
};

/// A metric as compile() takes it: an object, or a name. "accuracy" is binary, sparse or
/// categorical by the shapes, as Keras chooses.
class Metric {
 public:
  Metric(const char* identifier) : identifier_(identifier) {}
  Metric(std::string identifier) : identifier_(std::move(identifier)) {}
  Metric(std::shared_ptr<const MetricRule> object) : object_(std::move(object)) {}
  template <std::derived_from<MetricRule> T>
  Metric(T object) : object_(std::make_shared<T>(std::move(object))) {}

  /// Empty: an object.
  const std::string& identifier() const { return identifier_; }
  /// Null: a name.
  const std::shared_ptr<const MetricRule>& object() const { return object_; }

 private:
  std::string identifier_;
  std::shared_ptr<const MetricRule> object_;
};

/// The name in logs and history.
std::string name_of(const Metric& metric);

/// Whether the metric is known and compares labels and outputs of these types.
Status check(const Metric& metric, const ir::Type& labels, const ir::Type& output);

/// The rule of a metric that was checked for these types.
std::shared_ptr<const MetricRule> rule_of(const Metric& metric, const ir::Type& labels,
                                          const ir::Type& output);

/// From a name, or from Keras's object. `where` opens the errors.
Expected<Metric> read_metric(const Json& json, const std::string& where);
Json write_metric(const Metric& metric, ConfigKind kind = ConfigKind::file);

/// All dimensions of that rank but the first `from`.
ir::Integers dimensions_from(int64_t from, int64_t rank);
/// y as f32 in p's shape, which has as many elements.
ir::Tensor like(ir::Tensor p, ir::Tensor y);
/// a / b, and 0 where b is 0.
ir::Tensor quotient(ir::Tensor a, ir::Tensor b);
/// Labels must have that shape, but for extents of 1.
Status expect_labels(const ir::Shape& expected, const ir::Type& labels);

}  // namespace kiln::keras
