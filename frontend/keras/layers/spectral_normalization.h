// A layer whose kernel is kept at a spectral norm of 1 (Miyato et al., "Spectral Normalization for
// Generative Adversarial Networks", arXiv:1802.05957).
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// Holds a layer that has a kernel, or embeddings. A call while training first divides the kernel,
/// as a matrix of [others, its last extent], by its largest singular value, which power iterations
/// find from where those of the call before ended; the quotient becomes the kernel, which the
/// optimizer then changes. No derivatives go through the singular value. (So does Keras on
/// TensorFlow; on JAX the kernel stays as it was, and they go.) A frozen layer is normalized, too.
/// Inference takes the kernel as it is.
class SpectralNormalization : public Layer {
 public:
  explicit SpectralNormalization(LayerPointer layer, int64_t power_iterations = 1);
  template <std::derived_from<Layer> T>
  explicit SpectralNormalization(T layer, int64_t power_iterations = 1)
      : SpectralNormalization(std::make_shared<T>(std::move(layer)), power_iterations) {}

  std::string_view class_name() const override { return "SpectralNormalization"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  void set_trainable(bool value) override;
  int64_t index_limit(size_t input) const override { return layer_->index_limit(input); }
  /// Keras gives the outputs the inputs' type, so that these are floats even of an Embedding.
  bool takes_indices(size_t) const override { return false; }

 private:
  void normalize(CallContext& context) const;

  LayerPointer layer_;
  int64_t power_iterations_;
};

}  // namespace kiln::keras
