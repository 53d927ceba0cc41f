// The derivatives of every op, one formula per operand, as a table. The walk that applies them is
// differentiate.cc.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "ir/builder.h"

namespace kiln::passes {

/// One application y = f(x(0), x(1), ...) of an op on the way back from the loss, as the formulas
/// see it.
struct Application {
  const ir::Op& op;
  ir::Builder& builder;
  ir::Tensor dy;   ///< d loss / d y, in y's type
  size_t operand;  ///< which x is asked for

  ir::Tensor x(size_t i = 0) const { return builder.wrap(op.operand(i)); }
  ir::Tensor y() const { return builder.wrap(op.result()); }
};

/// d loss / d x(operand), in that operand's type; null where it is zero whatever the loss.
using OperandRule = ir::Tensor (*)(const Application& application);

/// An op's entry.
struct Gradient {
  std::string_view op;
  /// Per operand; the last stands for all further operands. A null rule, or none: the result does
  /// not change with that operand (or only in jumps), so that no adjoint goes that way.
  std::vector<OperandRule> rules;

  OperandRule rule(size_t operand) const {
    return rules.empty() ? nullptr : rules[std::min(operand, rules.size() - 1)];
  }
};

/// All entries.
std::span<const Gradient> gradients();
/// Null where the op has no entry: differentiating through it is an error.
const Gradient* find_gradient(std::string_view op);

// The files of the table mirror ir/ops; gradients() is their concatenation.
void add_elementwise_gradients(std::vector<Gradient>& table);
void add_movement_gradients(std::vector<Gradient>& table);
void add_reduction_gradients(std::vector<Gradient>& table);
void add_window_reduction_gradients(std::vector<Gradient>& table);
void add_contraction_gradients(std::vector<Gradient>& table);
void add_convolution_gradients(std::vector<Gradient>& table);

}  // namespace kiln::passes
