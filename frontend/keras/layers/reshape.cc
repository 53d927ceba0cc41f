#include "frontend/keras/layers/reshape.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

/// The elements of a row; kNone where an extent is.
int64_t row_count(const ir::Shape& shape) {
  int64_t count = 1;
  for (size_t d = 1; d < shape.size(); ++d) {
    if (shape[d] == kNone) return kNone;
    count *= shape[d];
  }
  return count;
}

}  // namespace

Expected<LayerBuild> Reshape::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  const int64_t count = row_count(input.type.shape);
  ir::Shape shape = {input.type.shape[0]};
  int64_t known = 1, open = 0;
  for (int64_t extent : target_shape_) {
    shape.push_back(extent);
    if (extent == -1)
      ++open;
    else
      known *= extent;
  }
  const bool fits = open == 0 ? known == count : open == 1 && known > 0 && count % known == 0;
  if (count != kNone && !fits) {
    return Diagnostic{
        "",
        fmt::format("target_shape ({}) does not take the {} elements of {} from \"{}\"",
                    fmt::join(target_shape_, ", "), count, show_shape(input.type.shape),
                    input.from),
        ""};
  }
  // -1 is kNone: what is left open while an extent of the input is.
  if (count != kNone) std::replace(shape.begin() + 1, shape.end(), kNone, count / known);
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

std::vector<Signal> Reshape::call(CallContext&, std::span<const Signal> inputs) const {
  const LayerInput input{inputs[0].tensor.type(), ""};
  const LayerBuild build = *this->build({&input, 1});
  return {{reshape(inputs[0].tensor, build.outputs[0].shape), {}}};
}

OptionList Reshape::option_list() {
  return {{"target_shape", Axes{&target_shape_, Axes::kList},
           "of a row; one extent may be -1: what is left", kRequired}};
}

Expected<LayerBuild> Permute::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  std::vector<int64_t> sorted = dims_, all(dims_.size());
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 1);
  if (sorted != all) {
    return Diagnostic{
        "",
        fmt::format("dims ({}) must be an order of 1 to {}", fmt::join(dims_, ", "), dims_.size()),
        ""};
  }
  KILN_TRY(check_rank(input, static_cast<int64_t>(dims_.size()) + 1));
  ir::Shape shape = {input.type.shape[0]};
  for (int64_t d : dims_) shape.push_back(input.type.shape[static_cast<size_t>(d)]);
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

std::vector<Signal> Permute::call(CallContext&, std::span<const Signal> inputs) const {
  std::vector<int64_t> permutation = {0};
  permutation.insert(permutation.end(), dims_.begin(), dims_.end());
  return {{transpose(inputs[0].tensor, std::move(permutation)), {}}};
}

OptionList Permute::option_list() {
  return {{"dims", ShapeOf{&dims_}, "which dimension comes where, the first after the batch is 1",
           kRequired}};
}

Expected<LayerBuild> RepeatVector::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, 2));
  if (n_ <= 0) return Diagnostic{"", fmt::format("n must be positive, not {}", n_), ""};
  const ir::Shape& shape = input.type.shape;
  return LayerBuild{{}, {input.type.with_shape({shape[0], n_, shape[1]})}};
}

std::vector<Signal> RepeatVector::call(CallContext&, std::span<const Signal> inputs) const {
  const ir::Tensor x = inputs[0].tensor;
  return {{broadcast_in_dim(x, {x.shape()[0], n_, x.shape()[1]}, {0, 2}), {}}};
}

OptionList RepeatVector::option_list() { return {{"n", &n_, "how often", kRequired}}; }

Expected<LayerBuild> Identity::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  return LayerBuild{{}, {input.type}};
}

std::vector<Signal> Identity::call(CallContext&, std::span<const Signal> inputs) const {
  return {inputs[0]};
}

}  // namespace kiln::keras
