#include "frontend/keras/layers/input.h"

#include <fmt/format.h>

namespace kiln::keras {

Input::Input(InputOptions options) : options_(std::move(options)) { name = options_.name; }

Expected<ir::ElementType> element_type_of(std::string_view dtype) {
  if (dtype == "float32") return ir::ElementType::f32;
  if (dtype == "int32") return ir::ElementType::i32;
  return Diagnostic{"", fmt::format("dtype \"{}\" is not supported for inputs", dtype),
                    "use float32 or int32"};
}

Expected<LayerBuild> Input::build(std::span<const LayerInput>) const {
  KILN_ASSIGN(const ir::ElementType element, element_type_of(options_.dtype));
  ir::Shape shape = {kNone};
  for (int64_t extent : options_.shape) {
    if (extent != kNone && extent <= 0)
      return Diagnostic{"", fmt::format("an extent of {} holds no data", extent), ""};
    shape.push_back(extent);
  }
  return LayerBuild{{}, {{element, std::move(shape)}}};
}

// The step function's argument takes this layer's place.
std::vector<Signal> Input::call(CallContext&, std::span<const Signal> inputs) const {
  return {inputs.begin(), inputs.end()};
}

OptionList Input::option_list() {
  return {{"batch_shape", BatchShape{&options_.shape}, "null where an extent is open", kRequired},
          {"dtype", &options_.dtype, "\"float32\" or \"int32\""},
          {"sparse", Fixed{{false, nullptr}}, "sparse tensors"},
          {"ragged", Fixed{{false, nullptr}}, "ragged tensors"},
          {"name", &name, "unique in a model", kRequired},
          {"optional", Fixed{{false, nullptr}}, "inputs that may be missing"}};
}

}  // namespace kiln::keras
