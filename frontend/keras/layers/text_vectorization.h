// Texts as the places of their words in a vocabulary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/lookup_table.h"

namespace kiln::keras {

struct TextVectorizationOptions {
  std::vector<std::string> vocabulary = {};  ///< without or with "" and "[UNK]" in front
  std::optional<int64_t> max_tokens = {};    ///< places, all together
  /// Or "lower", "strip_punctuation"; "": texts stay as they are.
  std::string standardize = "lower_and_strip_punctuation";
  std::string split = "whitespace";  ///< or "character"; "": a text is one word
  std::vector<int64_t> ngrams = {};  ///< how many words make one; none: one
  std::string output_mode = "int";   ///< or "one_hot", "multi_hot", "count", "tf_idf"
  std::optional<int64_t> output_sequence_length = {};  ///< of a row; nothing: the longest
  bool pad_to_max_tokens = false;                      ///< vectors have max_tokens elements
  std::vector<double> idf_weights = {};                ///< of tf_idf: one for each of `vocabulary`
  std::string name = "";
};

/// The places of a text's words, 0 behind its end and 1 for all that are not in the vocabulary, as
/// i32; or encoded as vectors of f32. Reads an input of texts, whose places are found where data is
/// read (text_rules()): what the layer gets are these, [batch, words].
class TextVectorization : public Layer {
 public:
  explicit TextVectorization(TextVectorizationOptions options);

  std::string_view class_name() const override { return "TextVectorization"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  void options_were_read() override;
  bool takes_indices(size_t) const override { return true; }
  std::optional<runtime::TextRules> text_rules(size_t input) const override;

 private:
  Status check_options() const;
  LookupTable<std::string> table() const { return LookupTable<std::string>(lookup_); }

  LookupOptions<std::string> lookup_;
  std::string standardize_, split_;
  std::vector<int64_t> ngrams_;
  std::optional<int64_t> length_;
  std::optional<int64_t> vocabulary_size_;
};

}  // namespace kiln::keras
