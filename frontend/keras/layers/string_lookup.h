// Texts by their places in a vocabulary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/lookup_table.h"

namespace kiln::keras {

using StringLookupOptions = LookupOptions<std::string>;

/// A text's place (LookupTable). Reads an input of texts, whose places are found where data is read
/// (text_rules()): what the layer gets are these. As i32, or encoded as vectors of f32.
class StringLookup : public Layer {
 public:
  explicit StringLookup(StringLookupOptions options);

  std::string_view class_name() const override { return "StringLookup"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  void options_were_read() override;
  bool takes_indices(size_t) const override { return true; }
  std::optional<runtime::TextRules> text_rules(size_t input) const override;

 private:
  LookupTable<std::string> table() const { return LookupTable<std::string>(options_); }

  StringLookupOptions options_;
  std::vector<int64_t> salt_;
  std::optional<int64_t> vocabulary_size_;
};

}  // namespace kiln::keras
