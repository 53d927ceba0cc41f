// Where the channels of images and sequences are.
#pragma once

#include <cstdint>
#include <string_view>

#include "frontend/keras/config_reader.h"

namespace kiln::keras {

/// channels_last: [batch, spatial..., channels]; channels_first: [batch, channels, spatial...].
enum class DataFormat { channels_last, channels_first };

std::string_view name_of(DataFormat format);
/// The config's data_format; channels_last where it is absent or null.
DataFormat read_data_format(ConfigReader& config);
/// The first of the spatial dimensions.
inline int64_t first_spatial_dimension(DataFormat format) {
  return format == DataFormat::channels_last ? 1 : 2;
}

}  // namespace kiln::keras
