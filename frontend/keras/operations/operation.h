// An operation of keras.ops in a model's graph: what Keras writes for x * 2 + ops.mean(y, axis=1).
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/layers/base/layer.h"
#include "frontend/keras/operations/definition.h"

namespace kiln::keras {

/// One application of an operation, with all its arguments. It has no weights and knows no masks;
/// its results are of any type. Types and shapes follow from building its ops for some size of the
/// batch (two, which tell the extents that grow with it).
class Operation : public Layer {
 public:
  /// `where` opens the errors. The arguments of its call are set before it is built.
  static Expected<LayerPointer> read(std::string_view class_name, const Json& object,
                                     const std::string& where);

  /// The arguments of its call as in Keras's file, with tensor_place() where tensors stand. False
  /// where it has been called before with others: a file has an operation for each call.
  bool set_call(Json args, Json kwargs);
  const Json& args() const { return args_; }
  const Json& kwargs() const { return kwargs_; }
  /// The object in Keras's file, without what the model says of it.
  Json write() const;

  std::string_view class_name() const override { return definition_.name; }
  Expected<LayerBuild> build(std::span<const LayerInput> inputs) const override;
  std::vector<Signal> call(CallContext& context, std::span<const Signal> inputs) const override;
  bool takes_indices(size_t) const override { return true; }

 private:
  explicit Operation(const OperationDefinition& definition);
  /// The error, with the operation's name in front.
  Diagnostic in_operation(const Diagnostic& error) const;
  Expected<Tensors> lower(ir::Builder& builder, std::span<const ir::Tensor> tensors) const;

  const OperationDefinition& definition_;
  std::vector<SignatureArgument> signature_;
  std::string module_, registered_name_;
  Json config_, args_, kwargs_;
  bool is_called_ = false;
};

}  // namespace kiln::keras
