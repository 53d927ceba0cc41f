#include "frontend/adapt_normalization.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/model/nested_model.h"

namespace kiln {
namespace {

using keras::Model;
using keras::NestedModel;
using keras::Normalization;

/// For each element of a row, which of the positions along `axes` it is at.
std::vector<size_t> positions_in_row(const runtime::Array& rows, std::span<const int64_t> axes) {
  std::vector<size_t> positions = {0};
  for (int64_t axis = 1; axis < rows.rank(); ++axis) {
    const auto extent = static_cast<size_t>(rows.dims[axis]);
    const bool counts = std::ranges::find(axes, axis) != axes.end();
    std::vector<size_t> finer;
    for (const size_t position : positions) {
      for (size_t i = 0; i < extent; ++i)
        finer.push_back(counts ? position * extent + i : position);
    }
    positions = std::move(finer);
  }
  return positions;
}

/// Calls visit(position, value) for every element; the rows are converted a few at a time.
template <typename Visit>
void for_each_value(const runtime::Array& rows, const std::vector<size_t>& positions, Visit visit) {
  const int64_t at_once = std::max<int64_t>(4096 / static_cast<int64_t>(positions.size()), 1);
  for (int64_t first = 0; first < rows.rows(); first += at_once) {
    const int64_t end = std::min(first + at_once, rows.rows());
    const runtime::Array part = convert(rows.slice_rows(first, end), KILN_F64);
    const double* value = part.as<double>();
    for (int64_t row = first; row < end; ++row) {
      for (const size_t position : positions) visit(position, *value++);
    }
  }
}

/// In two passes, so that the variance of numbers far from zero is exact.
Normalization::Statistics statistics_of(const runtime::Array& rows, std::span<const int64_t> axes) {
  const std::vector<size_t> positions = positions_in_row(rows, axes);
  const size_t count = *std::ranges::max_element(positions) + 1;
  const double values = static_cast<double>(rows.element_count()) / static_cast<double>(count);
  Normalization::Statistics result{std::vector<double>(count), std::vector<double>(count)};
  for_each_value(rows, positions, [&](size_t at, double value) { result.mean[at] += value; });
  for (double& mean : result.mean) mean /= values;
  for_each_value(rows, positions, [&](size_t at, double value) {
    result.variance[at] += (value - result.mean[at]) * (value - result.mean[at]);
  });
  for (double& variance : result.variance) variance /= values;
  return result;
}

const NestedModel* nested(const keras::LayerPointer& layer) {
  return dynamic_cast<const NestedModel*>(layer.get());
}

void add_layers(const Model& model, const std::string& prefix, std::vector<AdaptableLayer>& all) {
  for (const keras::LayerPointer& layer : model.layers) {
    if (const NestedModel* inner = nested(layer))
      add_layers(inner->model(), prefix + layer->name + "/", all);
    auto* const normalization = dynamic_cast<Normalization*>(layer.get());
    if (normalization != nullptr && normalization->takes_statistics())
      all.push_back({normalization, prefix});
  }
}

/// Adapts what reads the model's inputs, and notes it.
Status adapt_readers(const Model& model, const std::vector<runtime::Array>& x,
                     std::set<const keras::Layer*>& done) {
  const auto array_of = [&](const keras::NodeOutput& read) -> const runtime::Array* {
    const auto found = std::ranges::find(model.inputs, read);
    return found == model.inputs.end() ? nullptr : &x[found - model.inputs.begin()];
  };
  for (const keras::Node& node : model.nodes) {
    std::vector<runtime::Array> arriving;
    for (const keras::NodeOutput& read : node.inputs) {
      if (const runtime::Array* array = array_of(read)) arriving.push_back(*array);
    }
    if (arriving.empty() || arriving.size() != node.inputs.size()) continue;
    const keras::LayerPointer& layer = model.layers[node.layer];
    if (const NestedModel* inner = nested(layer))
      KILN_TRY(adapt_readers(inner->model(), arriving, done));
    auto* const normalization = dynamic_cast<Normalization*>(layer.get());
    if (normalization == nullptr || !normalization->takes_statistics()) continue;
    KILN_TRY(adapt(*normalization, arriving[0]));
    done.insert(normalization);
  }
  return ok();
}

}  // namespace

Status adapt(Normalization& layer, const runtime::Array& data) {
  const std::string what = layer.name.empty() ? "Normalization" : layer.name;
  if (!layer.takes_statistics())
    return Diagnostic{what, "has its mean and variance from its options", "leave them out"};
  if (data.rank() == 0 || data.element_count() == 0)
    return Diagnostic{what, "there are no examples to adapt to: " + data.name(), ""};
  const runtime::Array rows = data.rank() == 1 ? data.reshape({data.rows(), 1}) : data;
  const auto axes = keras::resolve_axes(layer.axis(), rows.rank());
  if (!axes) return Diagnostic{what, axes.error().message, axes.error().note};
  layer.set_statistics(statistics_of(rows, *axes));
  return ok();
}

std::vector<AdaptableLayer> adaptable_layers(const Model& model) {
  std::vector<AdaptableLayer> all;
  add_layers(model, "", all);
  return all;
}

Status adapt_layers(const Model& model, const std::vector<runtime::Array>& x) {
  std::set<const keras::Layer*> done;
  KILN_TRY(adapt_readers(model, x, done));
  for (const AdaptableLayer& adaptable : adaptable_layers(model)) {
    if (done.contains(adaptable.layer)) continue;
    return Diagnostic{fmt::format("layer \"{}\"", adaptable.prefix + adaptable.layer->name),
                      "cannot be adapted to the data: it reads the result of another layer",
                      "put it behind an input, or give it mean and variance"};
  }
  return ok();
}

AdaptedStatistics adapted_statistics(const Model& model) {
  AdaptedStatistics all;
  for (const AdaptableLayer& adaptable : adaptable_layers(model)) {
    const auto& adapted = adaptable.layer->adapted();
    if (adapted) all.emplace_back(adaptable.prefix + adaptable.layer->name, *adapted);
  }
  return all;
}

Status assign_statistics(const AdaptedStatistics& statistics, runtime::Session& session) {
  for (const auto& [layer, values] : statistics) {
    for (const auto& [weight, numbers] :
         {std::pair("/mean", &values.mean), std::pair("/variance", &values.variance)}) {
      const kiln_variable* variable = session.find_variable(layer + weight);
      const auto count = static_cast<int64_t>(numbers->size());
      if (variable == nullptr || runtime::byte_count(variable->tensor) != 4 * count) {
        return Diagnostic{
            fmt::format("layer \"{}\"", layer),
            fmt::format("was adapted to data with {} positions along its axis", count),
            "adapt it to what the model gets"};
      }
      const std::vector<float> value(numbers->begin(), numbers->end());
      KILN_TRY(session.set_value(*variable, value.data()));
    }
  }
  return ok();
}

}  // namespace kiln
