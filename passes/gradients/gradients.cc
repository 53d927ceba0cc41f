#include "passes/gradients/gradients.h"

#include "passes/gradients/indexing.h"

namespace kiln::passes {
namespace {

std::vector<Gradient> build_table() {
  std::vector<Gradient> table;
  for (std::string_view source : {"constant", "iota", "rng_bit_generator"})
    table.push_back({source, {}});
  add_elementwise_gradients(table);
  add_movement_gradients(table);
  add_indexing_gradients(table);
  add_reduction_gradients(table);
  add_window_reduction_gradients(table);
  add_contraction_gradients(table);
  add_convolution_gradients(table);
  return table;
}

}  // namespace

std::span<const Gradient> gradients() {
  static const std::vector<Gradient> table = build_table();
  return table;
}

const Gradient* find_gradient(std::string_view op) {
  for (const Gradient& gradient : gradients()) {
    if (gradient.op == op) return &gradient;
  }
  return nullptr;
}

}  // namespace kiln::passes
