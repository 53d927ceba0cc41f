// Pairs of texts or integers by their hash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/encoding.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct HashedCrossingOptions {
  int64_t num_bins = 0;
  std::string output_mode = "int";  ///< or "one_hot"
  std::string name = "";
};

/// The bin of a pair, one from each of two inputs of [batch] or [batch, 1], by the pair's hash.
/// Integers count as they are; of texts the layer gets the fingerprints, which are found where data
/// is read (text_rules()). As i32, or encoded as vectors of f32.
class HashedCrossing : public Layer {
 public:
  explicit HashedCrossing(HashedCrossingOptions options) : options_(std::move(options)) {
    name = options_.name;
  }

  std::string_view class_name() const override { return "HashedCrossing"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool takes_indices(size_t) const override { return true; }
  std::optional<runtime::TextRules> text_rules(size_t input) const override;

 private:
  Encoding encoding() const { return {options_.output_mode, options_.num_bins}; }

  HashedCrossingOptions options_;
};

}  // namespace kiln::keras
