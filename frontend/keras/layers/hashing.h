// Texts and integers by their hash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/encoding.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

struct HashingOptions {
  int64_t num_bins = 0;
  std::optional<std::string> mask_value = {};  ///< has bin 0 for itself; integers as their digits
  std::vector<int64_t> salt = {};              ///< none, one or two numbers: the key of SipHash
  std::string output_mode = "int";             ///< or "one_hot", "multi_hot", "count"
  std::string name = "";
};

/// The bin of a text, or of an integer as its decimal digits, by its hash. Reads a model's input,
/// whose bins are found where data is read (text_rules()): what the layer gets are these. As i32, or
/// encoded as vectors of f32.
class Hashing : public Layer {
 public:
  explicit Hashing(HashingOptions options);

  std::string_view class_name() const override { return "Hashing"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  bool takes_indices(size_t) const override { return true; }
  std::optional<runtime::TextRules> text_rules(size_t input) const override;

 private:
  Encoding encoding() const { return {options_.output_mode, options_.num_bins}; }

  HashingOptions options_;
  bool mask_is_integer_ = false;
};

}  // namespace kiln::keras
