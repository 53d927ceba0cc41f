// Operations on masks, which Keras writes into a functional model's file beside the layers: how the
// mask that a layer takes follows from the model's inputs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "frontend/keras/layers/base/layer.h"

namespace kiln::keras {

/// One of keras.ops: NotEqual (to a number), Any (along an axis), LogicalOr, ExpandDims, ZerosLike,
/// OnesLike, Concatenate. The result is i1; only masks and operations on masks may read it.
class MaskOperation : public Layer {
 public:
  /// `where` opens the errors.
  static Expected<LayerPointer> read(std::string_view class_name, const Json& config,
                                     const std::string& where);

  std::string_view class_name() const override;
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  OptionList option_list() override;
  std::vector<std::string_view> argument_names() const override;
  /// NotEqual compares integers, too.
  bool takes_indices(size_t) const override { return kind_ == Kind::not_equal; }

  /// The arguments after the tensors: the number of NotEqual.
  Json numbers() const;
  /// Whether the operation takes them.
  bool set_numbers(const Json& numbers);

 private:
  enum class Kind { not_equal, any, logical_or, expand_dims, zeros_like, ones_like, concatenate };

  explicit MaskOperation(Kind kind) : kind_(kind) {}
  bool has_axis() const;
  Expected<ir::Shape> output_shape(std::span<const LayerInput> inputs) const;
  ir::Tensor result(ir::Builder& builder, const std::vector<ir::Tensor>& operands) const;

  Kind kind_;
  int64_t axis_ = -1;
  bool keepdims_ = false;
  std::variant<int64_t, double> number_;
};

}  // namespace kiln::keras
