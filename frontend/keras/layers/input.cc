#include "frontend/keras/layers/input.h"

#include <fmt/format.h>

namespace kiln::keras {

Input::Input(InputOptions options) : options_(std::move(options)) { name = options_.name; }

Expected<InputType> input_type(std::string_view dtype) {
  using enum ir::ElementType;
  struct Named {
    std::string_view name;
    InputType type;
  };
  constexpr Named kTypes[] = {
      {"float32", {f32, f32}}, {"float64", {f32, f32}}, {"int64", {i32, i32}},
      {"int32", {i32, i32}},   {"int16", {i16, i32}},   {"int8", {i8, i32}},
      {"uint8", {u8, i32}},    {"bool", {i1, i32}},     {"string", {i32, i32}},
  };
  for (const Named& type : kTypes) {
    if (type.name == dtype) return type.type;
  }
  const bool is_float = dtype == "float16" || dtype == "bfloat16";
  return Diagnostic{
      "", fmt::format("dtype \"{}\" is not supported for inputs", dtype),
      is_float ? "Keras would round data to it; make the model with Input(..., dtype=\"float32\"), "
                 "its weights fit"
               : "use float32, float64, int64, int32, int16, int8, uint8, bool or string"};
}

Expected<LayerBuild> Input::build(std::span<const LayerInput>) const {
  KILN_ASSIGN(const InputType type, input_type(options_.dtype));
  if (options_.batch && *options_.batch <= 0)
    return Diagnostic{"", fmt::format("a batch of {} holds no data", *options_.batch), ""};
  ir::Shape shape = {kNone};
  for (int64_t extent : options_.shape) {
    if (extent != kNone && extent <= 0)
      return Diagnostic{"", fmt::format("an extent of {} holds no data", extent), ""};
    shape.push_back(extent);
  }
  return LayerBuild{{}, {{type.computed, std::move(shape)}}};
}

// The step function's argument takes this layer's place.
std::vector<Signal> Input::call(CallContext&, std::span<const Signal> inputs) const {
  return {inputs.begin(), inputs.end()};
}

OptionList Input::option_list() {
  return {
      {"batch_shape", BatchShape{&options_.shape, &options_.batch}, "null where an extent is open",
       kRequired},
      {"dtype", &options_.dtype,
       "\"float32\", \"float64\", \"int64\", \"int32\", \"int16\", \"int8\", \"uint8\", \"bool\" "
       "or \"string\""},
      {"sparse", Fixed{{false, nullptr}}, "sparse tensors"},
      {"ragged", Fixed{{false, nullptr}}, "ragged tensors"},
      {"name", &name, "unique in a model", kRequired},
      {"optional", Fixed{{false, nullptr}}, "inputs that may be missing"}};
}

}  // namespace kiln::keras
