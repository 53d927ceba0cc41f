#include "frontend/keras/layers/pooling.h"

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
Pooling::Pooling(Pool pool, size_t rank, PoolingOptions options)
    : pool_(pool), rank_(rank), options_(std::move(options)) {
  name = options_.name;
}

SlidingWindow Pooling::window() const {
  return {rank_,
          "pool_size",
          options_.pool_size,
          options_.strides.empty() ? options_.pool_size : options_.strides,
          options_.padding,
          options_.data_format,
          1};
}

Expected<LayerBuild> Pooling::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(window().check());
  KILN_ASSIGN(const int64_t channels, window().channels_of(input));
  KILN_ASSIGN(ir::Shape shape, window().result_shape(input, channels));
  return LayerBuild{{}, {{ir::ElementType::f32, std::move(shape)}}};
}

std::vector<Signal> Pooling::call(CallContext&, std::span<const Signal> inputs) const {
  return {{pool(pool_, convert(inputs[0].tensor, ir::ElementType::f32), window()), {}}};
}

OptionList Pooling::option_list() {
  return {{"pool_size", ExtentsOf{&options_.pool_size, rank_}, "extents of the window"},
          {"padding", &options_.padding,
           "\"valid\": windows inside of the input; \"same\": as many as its elements by strides"},
          {"strides", ExtentsOf{&options_.strides, rank_, &options_.pool_size},
           "steps of the window; null: its extents"},
          {"data_format", &options_.data_format, "where the channels are"}};
}

}  // namespace kiln::keras
