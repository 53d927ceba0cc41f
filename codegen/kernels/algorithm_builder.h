// How a region becomes an Algorithm: the builder that the algorithm_*.cc share.
#pragma once

#include <Halide.h>

#include <functional>
#include <vector>

#include "codegen/kernels/algorithm.h"
#include "ir/ops/window.h"

namespace kiln::codegen {

/// Indices outermost first, as the IR counts.
using Indices = std::vector<Halide::Expr>;

/// The same for Halide, innermost first.
inline Indices reversed(const Indices& indices) { return {indices.rbegin(), indices.rend()}; }

/// Parameters for a Func over a value of this rank, outermost first.
std::vector<Halide::Var> variables(int64_t rank);

inline Halide::Expr constant_index(int64_t value) { return {static_cast<int>(value)}; }

/// The parameters of a product's sums, innermost first, and the element of its result that they
/// stand for, outermost first.
struct SumPlace {
  std::vector<Halide::Var> parameters;
  Indices at;
};

/// WindowDimension::base_index as Halide computes it: the index, right where `inside` holds, and
/// that condition (undefined where it always does).
struct BaseIndex {
  Halide::Expr index;
  Halide::Expr inside;
};
BaseIndex base_index(const ir::WindowDimension& window, const Halide::Expr& position,
                     const Halide::Expr& offset);

/// Both, each of which may be undefined for true.
Halide::Expr both(const Halide::Expr& a, const Halide::Expr& b);

class AlgorithmBuilder {
 public:
  AlgorithmBuilder(const ir::Region& region, const Target& target, ProductTiles tiles)
      : region_(region), target_(target) {
    algorithm_.tiles = std::move(tiles);
  }
  Algorithm build();

 private:
  using Op = ir::Op;
  using Value = ir::Value;
  using Expr = Halide::Expr;

  void declare_input(size_t i);
  void define(const Op& op);
  /// One element of an op that is a formula of its operands' elements.
  Expr formula(const Op& op, const Indices& at);
  void define_result(const Op& op, size_t result,
                     const std::function<Expr(const Indices&)>& element);
  void define_random(const Op& op);
  void declare_outputs();
  bool may_lie_over_operands(const ir::Shape& shape) const;
  Output make_output(std::vector<Expr> values, const Indices& at, const ir::Shape& shape) const;

  /// One element of any value of the region.
  Expr element(const Value* value, const Indices& at);
  /// The same where `at` are loops of a sum: Halide runs none that no operand mentions, so that a
  /// constant, too, is read through a Func.
  Expr summed_element(const Value* value, const Indices& at);
  Expr func_element(const Value* value, const Indices& at);

  // algorithm_movement.cc
  Expr movement(const Op& op, const Indices& at);
  Expr broadcast(const Op& op, const Indices& at);
  Expr reshape(const Op& op, const Indices& at);
  Expr transpose(const Op& op, const Indices& at);
  Expr slice(const Op& op, const Indices& at);
  Expr reverse(const Op& op, const Indices& at);
  Expr concatenate(const Op& op, const Indices& at);
  Expr pad(const Op& op, const Indices& at);

  // algorithm_indexing.cc
  Expr gather(const Op& op, const Indices& at);
  void define_scatter(const Op& op);
  /// Component k of the index vector of a row, in at least 32 bits.
  Expr index_component(const Op& op, size_t k, const Indices& row);

  // algorithm_reduction.cc
  void define_reduce(const Op& op);

  // algorithm_window.cc
  void define_reduce_window(const Op& op);
  void define_select_and_scatter(const Op& op);
  Halide::Func define_selection(const Op& op, const std::vector<ir::WindowDimension>& windows);

  // algorithm_contraction.cc
  void define_dot_general(const Op& op);
  void define_convolution(const Op& op);
  const ProductTile* tile_of(const Op& op) const;
  SumPlace sum_place(const Op& op) const;
  /// Whether some lanes of a tile's last vectors lie beyond the columns.
  bool has_idle_lanes(const Op& op) const;
  /// An operand's element at an index that speaks of the product's column: any element, or 0, where
  /// there is no such column. `runs_along` says that neighbouring columns are neighbours in memory.
  Expr column_element(const Op& op, const Value* operand, const Indices& index, const Expr& column,
                      bool runs_along);
  Halide::Func define_right_operand(const Op& op, const Indices& index,
                                    const std::vector<Halide::Var>& parameters);
  Expr left_element(const Op& op, const Indices& index, const Indices& at, const Halide::RDom& r);
  void define_product(const Op& op, const SumPlace& place, const Expr& left, const Expr& right);

  const ir::Region& region_;
  const Target& target_;
  Algorithm algorithm_;
};

}  // namespace kiln::codegen
