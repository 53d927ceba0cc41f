// Where the channels of images and sequences are.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kiln::keras {

/// channels_last: [batch, spatial..., channels]; channels_first: [batch, channels, spatial...].
enum class DataFormat { channels_last, channels_first };

std::string_view name_of(DataFormat format);
/// The format of that name.
std::optional<DataFormat> find_data_format(std::string_view name);
/// The first of the spatial dimensions.
inline int64_t first_spatial_dimension(DataFormat format) {
  return format == DataFormat::channels_last ? 1 : 2;
}

}  // namespace kiln::keras
