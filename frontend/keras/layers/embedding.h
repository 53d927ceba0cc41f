// Vectors that are learnt, one for each of a vocabulary's integers.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct EmbeddingOptions {
  int64_t input_dim = 0;   ///< how many integers there are: 0 .. input_dim - 1
  int64_t output_dim = 0;  ///< length of a vector
  Initializer embeddings_initializer = "RandomUniform";
  Regularizer embeddings_regularizer = {};
  Constraint embeddings_constraint = {};
  bool mask_zero = false;  ///< 0 is padding: the positions where it stands are masked
  std::string name = "";
};

/// Row x of the embeddings for each integer x: [batch, ...] to [batch, ..., output_dim].
class Embedding : public Layer {
 public:
  explicit Embedding(EmbeddingOptions options);
  Embedding(int64_t input_dim, int64_t output_dim)
      : Embedding(EmbeddingOptions{.input_dim = input_dim, .output_dim = output_dim}) {}

  std::string_view class_name() const override { return "Embedding"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  int64_t index_limit(size_t) const override { return options_.input_dim; }

 private:
  EmbeddingOptions options_;
};

}  // namespace kiln::keras
