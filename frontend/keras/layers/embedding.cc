#include "frontend/keras/layers/embedding.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Embedding::Embedding(EmbeddingOptions options) : options_(std::move(options)) {
  name = options_.name;
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
  if (options_.mask_zero) output.mask = compare(inputs[0].tensor, "NE", 0.0);
  return {output};
}

OptionList Embedding::option_list() {
  EmbeddingOptions& o = options_;
  return {{"input_dim", &o.input_dim, "how many integers there are, from 0", kRequired},
          {"output_dim", &o.output_dim, "length of a vector", kRequired},
          {"embeddings_initializer", &o.embeddings_initializer, "first values of the vectors"},
          {"embeddings_regularizer", &o.embeddings_regularizer, "what the vectors add to the loss"},
          {"activity_regularizer", &activity_regularizer, "what the outputs add to the loss"},
          {"embeddings_constraint", &o.embeddings_constraint, "on the vectors after each update"},
          {"mask_zero", &o.mask_zero, "0 is padding, which is masked"},
          {"lora_rank", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten},
          {"lora_alpha", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten},
          {"quantization_config", Fixed{{nullptr}}, "quantization"},
          {"input_length", Ignored{}, "the input's shape says it", kNotWritten}};
}

}  // namespace kiln::keras
