#include "frontend/keras/layers/data_format.h"

#include <nlohmann/json.hpp>

namespace kiln::keras {

std::string_view name_of(DataFormat format) {
  return format == DataFormat::channels_last ? "channels_last" : "channels_first";
}

DataFormat read_data_format(ConfigReader& config) {
  config.only("data_format", {"channels_last", "channels_first", nullptr});
  return config.value("data_format") == "channels_first" ? DataFormat::channels_first
                                                         : DataFormat::channels_last;
}

}  // namespace kiln::keras
