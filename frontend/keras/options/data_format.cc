#include "frontend/keras/options/data_format.h"

namespace kiln::keras {

std::string_view name_of(DataFormat format) {
  return format == DataFormat::channels_last ? "channels_last" : "channels_first";
}

std::optional<DataFormat> find_data_format(std::string_view name) {
  for (const DataFormat format : {DataFormat::channels_last, DataFormat::channels_first}) {
    if (name == name_of(format)) return format;
  }
  return {};
}

}  // namespace kiln::keras
