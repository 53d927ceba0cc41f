// What the layers have in common that look tokens up in a vocabulary: IntegerLookup, StringLookup,
// TextVectorization. Source: keras/src/layers/preprocessing/index_lookup.py (Keras 3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "frontend/keras/layers/base/encoding.h"
#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// Keras's arguments of such a layer. Token: int64_t or std::string.
template <typename Token>
struct LookupOptions {
  static Token default_oov_token() {
    if constexpr (std::is_same_v<Token, std::string>)
      return "[UNK]";
    else
      return -1;
  }

  std::vector<Token> vocabulary = {};      ///< without or with mask and oov_token in front
  std::optional<Token> mask_token = {};    ///< becomes 0, or nothing in vectors
  int64_t num_oov_indices = 1;             ///< places for tokens that are not in the vocabulary
  Token oov_token = default_oov_token();   ///< what stands for them where invert is set
  bool invert = false;                     ///< places become the vocabulary's tokens
  std::string output_mode = "int";         ///< or "one_hot", "multi_hot", "count", "tf_idf"
  std::optional<int64_t> max_tokens = {};  ///< places, all together
  bool pad_to_max_tokens = false;          ///< vectors are of that length
  std::string name = "";
  std::vector<double> idf_weights = {};  ///< of tf_idf: one for each of `vocabulary`
};

/// Where the tokens of a vocabulary have their places: 0 the mask, where there is one and places are
/// not encoded as vectors; then those that are not in the vocabulary; then the vocabulary's. A view
/// of the options.
template <typename Token>
class LookupTable {
 public:
  explicit LookupTable(const LookupOptions<Token>& options);

  /// The vocabulary without mask and oov_token in front.
  std::span<const Token> tokens() const {
    return std::span(options_.vocabulary).subspan(special_in_front_);
  }
  bool has_mask_place() const { return options_.mask_token && options_.output_mode == "int"; }
  /// In vectors the mask has no place: none has the number -1.
  int64_t mask_place() const { return has_mask_place() ? 0 : -1; }
  int64_t first_oov_place() const { return has_mask_place() ? 1 : 0; }
  int64_t first_place() const { return first_oov_place() + options_.num_oov_indices; }
  int64_t size() const { return first_place() + static_cast<int64_t>(tokens().size()); }

  /// What is wrong with the vocabulary.
  Status check() const;
  /// What becomes of places of this type.
  Expected<ir::Type> type_for(const LayerInput& input) const;
  /// Places as output_mode has them.
  ir::Tensor output_of(ir::Tensor places) const;

 private:
  bool weighs() const { return options_.output_mode == "tf_idf"; }
  Encoding encoding() const;
  Status check_weights() const;
  std::vector<double> weights_by_place() const;

  const LookupOptions<Token>& options_;
  size_t special_in_front_ = 0;
};

/// How the vocabulary's texts, each a token, become places.
runtime::TextRules text_rules(const LookupOptions<std::string>& options);

/// The options that these layers share, in Keras's order. `size` is where the size that follows from
/// the others stands.
template <typename Token>
OptionList lookup_option_list(LookupOptions<Token>& options, std::optional<int64_t>& size);

}  // namespace kiln::keras
