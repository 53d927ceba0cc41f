// Integers by their places in a vocabulary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/category_encoding.h"

namespace kiln::keras {

struct IntegerLookupOptions {
  std::vector<int64_t> vocabulary = {};    ///< without or with mask and oov_token in front
  std::optional<int64_t> mask_token = {};  ///< becomes 0, or nothing in vectors
  int64_t num_oov_indices = 1;             ///< places for integers that are not in the vocabulary
  int64_t oov_token = -1;                  ///< what stands for them where invert is set
  bool invert = false;                     ///< places become the vocabulary's integers
  std::string output_mode = "int";         ///< or "one_hot", "multi_hot", "count"
  std::optional<int64_t> max_tokens = {};  ///< places, all together
  bool pad_to_max_tokens = false;          ///< vectors are of that length
  std::string name = "";
};

/// An integer's place: 0 the mask's, if there is one; then those of unknown integers, of which each
/// has the one that is left when it is divided by their number; then the vocabulary's. As i32, or
/// encoded as vectors of f32, in which the mask has no place.
class IntegerLookup : public Layer {
 public:
  explicit IntegerLookup(IntegerLookupOptions options);

  std::string_view class_name() const override { return "IntegerLookup"; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  void options_were_read() override;
  bool takes_indices(size_t) const override { return true; }

 private:
  Status check_options() const;
  bool has_mask_place() const { return options_.mask_token && options_.output_mode == "int"; }
  /// The place of the vocabulary's first integer.
  int64_t first_place() const { return (has_mask_place() ? 1 : 0) + options_.num_oov_indices; }
  int64_t size() const { return first_place() + static_cast<int64_t>(tokens_.size()); }
  Encoding encoding() const;
  /// i32 of x's shape: how many integers of the vocabulary are x, and the sum of `numbers` of those.
  struct Found {
    ir::Tensor count, number;
  };
  static Found find(ir::Tensor x, const std::vector<double>& keys,
                    const std::vector<double>& numbers);
  ir::Tensor places(ir::Tensor x) const;
  ir::Tensor integers(ir::Tensor x) const;

  IntegerLookupOptions options_;
  std::vector<int64_t> tokens_;  ///< the vocabulary without mask and oov_token
  std::optional<int64_t> vocabulary_size_;
};

}  // namespace kiln::keras
