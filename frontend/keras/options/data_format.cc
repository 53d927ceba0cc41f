#include "frontend/keras/options/data_format.h"

namespace kiln::keras {

std::string_view name_of(DataFormat format) {
  return format == DataFormat::channels_last ? "channels_last" : "channels_first";
}

}  // namespace kiln::keras
