#include "frontend/keras/layers/borders.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {
namespace {

template <size_t Dimensions>
bool parse_borders(const Json& value, Borders<Dimensions>& borders) {
  auto is_size = [](const Json& number) {
    return number.is_number_integer() && number.get<int64_t>() >= 0;
  };
  auto parse = [&](const Json& pair, Border& border) {
    if (!pair.is_array() || pair.size() != 2 || !is_size(pair[0]) || !is_size(pair[1]))
      return false;
    border = {pair[0].get<int64_t>(), pair[1].get<int64_t>()};
    return true;
  };
  if (Dimensions == 1) return parse(value, borders.sides[0]);
  if (!value.is_array() || value.size() != Dimensions) return false;
  for (size_t d = 0; d < Dimensions; ++d) {
    if (!parse(value[d], borders.sides[d])) return false;
  }
  return true;
}

/// As Keras writes them: pairs, one alone without a list around it.
template <size_t Dimensions>
Borders<Dimensions> read_borders(ConfigReader& config, const char* key) {
  Borders<Dimensions> borders = 0;
  const Json& value = config.value(key);
  if (!parse_borders(value, borders)) {
    config.fail(fmt::format("\"{}\" must be {} of sizes, not {}", key,
                            Dimensions == 1 ? "a pair" : fmt::format("{} pairs", Dimensions),
                            excerpt(value)));
  }
  return borders;
}

template <size_t Dimensions>
Json write_borders(const Borders<Dimensions>& borders) {
  return Dimensions == 1 ? Json(borders.sides[0]) : Json(borders.sides);
}

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
Expected<LayerPointer> ZeroPadding<Dimensions>::read(ConfigReader& config) {
  const auto padding = read_borders<Dimensions>(config, "padding");
  return LayerPointer(std::make_shared<ZeroPadding>(padding, read_data_format(config)));
}

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
void ZeroPadding<Dimensions>::write_config(Json& config) const {
  config["padding"] = write_borders(padding_);
  config["data_format"] = std::string(name_of(data_format_));
}

template <size_t Dimensions>
Expected<LayerPointer> Cropping<Dimensions>::read(ConfigReader& config) {
  const auto cropping = read_borders<Dimensions>(config, "cropping");
  const DataFormat format = Dimensions == 1 ? DataFormat::channels_last : read_data_format(config);
  return LayerPointer(std::make_shared<Cropping>(cropping, format));
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
void Cropping<Dimensions>::write_config(Json& config) const {
  config["cropping"] = write_borders(cropping_);
  if (Dimensions > 1) config["data_format"] = std::string(name_of(data_format_));
}

template class ZeroPadding<1>;
template class ZeroPadding<2>;
template class ZeroPadding<3>;
template class Cropping<1>;
template class Cropping<2>;
template class Cropping<3>;

}  // namespace kiln::keras
