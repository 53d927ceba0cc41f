#include "frontend/keras/layers/borders.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

/// The borders of all dimensions, before and after.
struct Sides {
  std::vector<int64_t> low, high;
};
template <size_t Dimensions>
Sides sides_of(const Borders<Dimensions>& borders, DataFormat format) {
  Sides sides{std::vector<int64_t>(Dimensions + 2), std::vector<int64_t>(Dimensions + 2)};
  for (size_t d = 0; d < Dimensions; ++d) {
    const size_t dimension = static_cast<size_t>(first_spatial_dimension(format)) + d;
    sides.low[dimension] = borders.sides[d][0];
    sides.high[dimension] = borders.sides[d][1];
  }
  return sides;
}

constexpr std::string_view kZeroPadding[] = {"ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"};
constexpr std::string_view kCropping[] = {"Cropping1D", "Cropping2D", "Cropping3D"};

}  // namespace

template <size_t Dimensions>
std::string_view ZeroPadding<Dimensions>::class_name() const {
  return kZeroPadding[Dimensions - 1];
}

template <size_t Dimensions>
Expected<LayerBuild> ZeroPadding<Dimensions>::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, Dimensions + 2));
  const Sides sides = sides_of(padding_, data_format_);
  ir::Shape shape = input.type.shape;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] != kNone) shape[d] += sides.low[d] + sides.high[d];
  }
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

template <size_t Dimensions>
std::vector<Signal> ZeroPadding<Dimensions>::call(CallContext&,
                                                  std::span<const Signal> inputs) const {
  const Sides sides = sides_of(padding_, data_format_);
  return {{pad(inputs[0].tensor, 0, sides.low, sides.high), {}}};
}

template <size_t Dimensions>
OptionList ZeroPadding<Dimensions>::option_list() {
  return {{"padding", BordersOf{padding_.sides}, "zeros before and after", kRequired},
          {"data_format", &data_format_, "where the channels are"}};
}

template <size_t Dimensions>
std::string_view Cropping<Dimensions>::class_name() const {
  return kCropping[Dimensions - 1];
}

template <size_t Dimensions>
Expected<LayerBuild> Cropping<Dimensions>::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_rank(input, Dimensions + 2));
  const Sides sides = sides_of(cropping_, data_format_);
  ir::Shape shape = input.type.shape;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == kNone) continue;
    shape[d] -= sides.low[d] + sides.high[d];
    if (shape[d] > 0) continue;
    return Diagnostic{"",
                      fmt::format("the cropping leaves nothing of dimension {} of {} from \"{}\"",
                                  d, show_shape(input.type.shape), input.from),
                      ""};
  }
  return LayerBuild{{}, {input.type.with_shape(std::move(shape))}};
}

template <size_t Dimensions>
std::vector<Signal> Cropping<Dimensions>::call(CallContext&, std::span<const Signal> inputs) const {
  const Sides sides = sides_of(cropping_, data_format_);
  ir::Shape limits = inputs[0].tensor.shape();
  for (size_t d = 0; d < limits.size(); ++d) limits[d] -= sides.high[d];
  return {{slice(inputs[0].tensor, sides.low, std::move(limits)), {}}};
}

template <size_t Dimensions>
OptionList Cropping<Dimensions>::option_list() {
  OptionList options = {
      {"cropping", BordersOf{cropping_.sides}, "elements that go, before and after", kRequired}};
  if (Dimensions > 1) options.push_back({"data_format", &data_format_, "where the channels are"});
  return options;
}

template class ZeroPadding<1>;
template class ZeroPadding<2>;
template class ZeroPadding<3>;
template class Cropping<1>;
template class Cropping<2>;
template class Cropping<3>;

}  // namespace kiln::keras
