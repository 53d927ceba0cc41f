#include "frontend/keras/layers/global_pooling.h"

#include <numeric>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

GlobalPooling::GlobalPooling(Pool pool, size_t rank, GlobalPoolingOptions options)
    : pool_(pool), rank_(rank), options_(std::move(options)) {
  name = options_.name;
}

ir::Integers GlobalPooling::spatial_dimensions() const {
  ir::Integers dims(rank_);
  std::iota(dims.begin(), dims.end(), first_spatial_dimension(options_.data_format));
  return dims;
}

Expected<LayerBuild> GlobalPooling::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  const SlidingWindow window{
      .rank = rank_, .size_name = "", .size = 1, .strides = 1, .data_format = options_.data_format};
  KILN_ASSIGN(const int64_t channels, window.channels_of(input));
  ir::Shape shape(rank_ + 2, 1);
  shape[0] = input.type.shape[0];
  shape[static_cast<size_t>(window.channel_dimension())] = channels;
  if (!options_.keepdims) shape = {input.type.shape[0], channels};
  return LayerBuild{{}, {{ir::ElementType::f32, std::move(shape)}}};
}

/// The mean over the steps that the mask, [batch, time], shows: not a number where there are none.
ir::Tensor GlobalPooling::mean_of_shown(const CallContext& context, ir::Tensor x,
                                        ir::Tensor mask) const {
  const ir::Integers dims = spatial_dimensions();
  const int64_t time = dims[0];
  const ir::Tensor shown = broadcast_in_dim(mask, x.shape(), {0, time});
  ir::Tensor count = sum(convert(shown, ir::ElementType::f32), dims, options_.keepdims);
  // Rows that are padding must not make gradients that are no numbers.
  if (context.real_rows) count = select(spread(context.real_rows, count.shape()), count, 1.0);
  return sum(select(shown, x, 0.0), dims, options_.keepdims) / count;
}

std::vector<Signal> GlobalPooling::call(CallContext& context,
                                        std::span<const Signal> inputs) const {
  const ir::Tensor x = convert(inputs[0].tensor, ir::ElementType::f32);
  const ir::Integers dims = spatial_dimensions();
  if (takes_mask()) {
    const int64_t time = x.shape()[static_cast<size_t>(dims[0])];
    const ir::Tensor mask = context.mask(inputs[0], {x.shape()[0], time});
    if (mask) return {{mean_of_shown(context, x, mask), {}}};
  }
  return {{pool_ == Pool::maximum ? reduce(x, "maximum", dims, options_.keepdims)
                                  : mean(x, dims, options_.keepdims),
           {}}};
}

OptionList GlobalPooling::option_list() {
  return {{"data_format", &options_.data_format, "where the channels are"},
          {"keepdims", &options_.keepdims, "the spatial dimensions stay, with extent 1"}};
}

}  // namespace kiln::keras
