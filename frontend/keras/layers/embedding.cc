#include "frontend/keras/layers/embedding.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "frontend/keras/layers/one_input.h"

namespace kiln::keras {

Embedding::Embedding(EmbeddingOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerPointer> Embedding::read(ConfigReader& config) {
  EmbeddingOptions options;
  options.input_dim = config.integer("input_dim");
  options.output_dim = config.integer("output_dim");
  KILN_ASSIGN(options.embeddings_initializer,
              read_initializer(config, "embeddings_initializer", "RandomUniform"));
  options.mask_zero = config.boolean("mask_zero", false);
  KILN_ASSIGN(options.embeddings_regularizer, read_regularizer(config, "embeddings_regularizer"));
  KILN_ASSIGN(options.embeddings_constraint, read_constraint(config, "embeddings_constraint"));
  for (auto key : {"lora_rank", "lora_alpha", "quantization_config"}) config.only(key, {nullptr});
  config.ignore("input_length");  // the input's shape says it
  return LayerPointer(std::make_shared<Embedding>(std::move(options)));
}

Expected<LayerBuild> Embedding::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check(options_.embeddings_initializer));
  for (const auto& [key, value] :
       {std::pair("input_dim", options_.input_dim), std::pair("output_dim", options_.output_dim)}) {
    if (value <= 0)
      return Diagnostic{"", fmt::format("{} must be positive, not {}", key, value), ""};
  }
  const auto f32 = ir::ElementType::f32;
  ir::Shape shape = input.type.shape;
  shape.push_back(options_.output_dim);
  WeightSpec embeddings{"embeddings",
                        {f32, {options_.input_dim, options_.output_dim}},
                        options_.embeddings_initializer};
  embeddings.regularizer = options_.embeddings_regularizer;
  embeddings.constraint = options_.embeddings_constraint;
  return LayerBuild{{std::move(embeddings)}, {{f32, std::move(shape)}}};
}

std::vector<Signal> Embedding::call(CallContext& context, std::span<const Signal> inputs) const {
  const ir::Tensor index = convert(inputs[0].tensor, ir::ElementType::i32);
  Signal output{context.look_up("embeddings", index), {}};
  if (options_.mask_zero) output.mask = compare(index, "NE", 0.0);
  return {output};
}

void Embedding::write_config(Json& config) const {
  config["input_dim"] = options_.input_dim;
  config["output_dim"] = options_.output_dim;
  config["embeddings_initializer"] = write_initializer(options_.embeddings_initializer);
  config["embeddings_regularizer"] = write_regularizer(options_.embeddings_regularizer);
  config["activity_regularizer"] = write_regularizer(activity_regularizer);
  config["embeddings_constraint"] = write_constraint(options_.embeddings_constraint);
  config["mask_zero"] = options_.mask_zero;
  config["quantization_config"] = nullptr;
}

}  // namespace kiln::keras
