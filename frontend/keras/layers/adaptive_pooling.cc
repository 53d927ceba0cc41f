#include "frontend/keras/layers/adaptive_pooling.h"

#include "frontend/keras/layers/base/axes.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

AdaptivePooling::AdaptivePooling(Pool pool, size_t rank, AdaptivePoolingOptions options)
    : pool_(pool), rank_(rank), options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> AdaptivePooling::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, static_cast<int64_t>(rank_) + 2));
  KILN_TRY(check_extents("output_size", options_.output_size, rank_, 1));
  ir::Shape shape = input.type.shape;
  const int64_t first = first_spatial_dimension(options_.data_format);
  for (size_t i = 0; i < rank_; ++i) {
    KILN_TRY(known_extent(input, first + static_cast<int64_t>(i)));
    shape[static_cast<size_t>(first) + i] = options_.output_size[i];
  }
  return LayerBuild{{}, {{ir::ElementType::f32, std::move(shape)}}};
}

std::vector<Signal> AdaptivePooling::call(CallContext&, std::span<const Signal> inputs) const {
  ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const int64_t first = first_spatial_dimension(options_.data_format);
  for (size_t i = 0; i < rank_; ++i)
    x = adaptive_pool(pool_, x, first + static_cast<int64_t>(i), options_.output_size[i]);
  return {{x, {}}};
}

OptionList AdaptivePooling::option_list() {
  return {{"output_size", ExtentsOf{&options_.output_size, rank_},
           "positions along each spatial dimension", kRequired},
          {"data_format", &options_.data_format, "where the channels are"}};
}

}  // namespace kiln::keras
