// Integers by their places in a vocabulary.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/layers/base/lookup_table.h"

namespace kiln::keras {

using IntegerLookupOptions = LookupOptions<int64_t>;

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
  LookupTable<int64_t> table() const { return LookupTable<int64_t>(options_); }
  /// i32 of x's shape: how many integers of the vocabulary are x, and the sum of `numbers` of those.
  struct Found {
    ir::Tensor count, number;
  };
  static Found find(ir::Tensor x, const std::vector<double>& keys,
                    const std::vector<double>& numbers);
  std::vector<double> own_places() const;
  ir::Tensor places(ir::Tensor x) const;
  ir::Tensor integers(ir::Tensor x) const;

  IntegerLookupOptions options_;
  std::optional<int64_t> vocabulary_size_;
};

}  // namespace kiln::keras
