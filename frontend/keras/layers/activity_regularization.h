// A term of the loss, from what passes.
#pragma once

#include <string>
#include <utility>

#include "frontend/keras/layers/base/same_shape.h"

namespace kiln::keras {

/// x itself; the loss grows by l1 · sum |x| + l2 · sum x², divided by the batch's rows.
class ActivityRegularization : public SameShapeLayer {
 public:
  explicit ActivityRegularization(double l1 = 0, double l2 = 0, std::string layer_name = "")
      : l1_(l1), l2_(l2) {
    name = std::move(layer_name);
    ActivityRegularization::options_were_read();
  }

  std::string_view class_name() const override { return "ActivityRegularization"; }
  // Keras's file does not say what follows from l1 and l2.
  OptionList option_list() override {
    return {{"name", &name, "unique in a model", kRequired},
            {"trainable", &trainable, "whether training changes the weights"},
            {"dtype", ComputeType{}, "what the layer computes in"},
            {"l1", &l1_, "factor of the sum of absolute values"},
            {"l2", &l2_, "factor of the sum of squares"}};
  }
  void options_were_read() override { activity_regularizer = L1L2(l1_, l2_); }

 private:
  ir::Tensor function(CallContext&, ir::Tensor x) const override { return x; }

  double l1_, l2_;
};

}  // namespace kiln::keras
