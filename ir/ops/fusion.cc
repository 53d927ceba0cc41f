#include "ir/ops/fusion.h"

#include <string>

#include "ir/ops/definition.h"
#include "ir/ops/dot_general.h"
#include "ir/ops/indexing.h"

namespace kiln::ir {
namespace {

static_assert(std::size(kFusionKinds) == static_cast<size_t>(FusionKind::serial) + 1);

bool is_matrix_product(const Op& op) { return op.is("dot_general") && has_rows_and_columns(op); }

bool is_convolution(const Op& op) { return op.is("convolution"); }

bool is_reduce(const Op& op) { return op.is("reduce"); }

bool has_window(const Op& op) { return op.definition().facts.has_window; }

/// A scatter whose rows lie together in its table's memory.
bool is_scatter_of_rows(const Op& op) {
  if (!op.is("scatter")) return false;
  const Integers indexed = GatherDimensions::of(op).collapsed_slice;
  return !indexed.empty() && indexed.back() != op.result()->type().rank() - 1;
}

/// Its result's elements are computed one by one, each from few elements of its operands.
bool is_pointwise(const Op& op) { return op.is(OpClass::elementwise) || op.is(OpClass::movement); }

bool is_any(const Op&) { return true; }

struct KindFacts {
  std::string_view name;
  bool has_root;
  bool (*accepts)(const Op& op);
};

/// The one table of kinds.
KindFacts facts_of(FusionKind kind) {
  switch (kind) {
    case FusionKind::contraction:
      return {"contraction", true, is_matrix_product};
    case FusionKind::convolution:
      return {"convolution", true, is_convolution};
    case FusionKind::reduction:
      return {"reduction", true, is_reduce};
    case FusionKind::window:
      return {"window", true, has_window};
    case FusionKind::scatter:
      return {"scatter", true, is_scatter_of_rows};
    case FusionKind::pointwise:
      return {"pointwise", false, is_pointwise};
    case FusionKind::serial:
      return {"serial", false, is_any};
  }
  KILN_CHECK(false, "there is no fusion kind {}", static_cast<int>(kind));
}

}  // namespace

std::string_view name_of(FusionKind kind) { return facts_of(kind).name; }

std::optional<FusionKind> find_fusion_kind(std::string_view name) {
  for (FusionKind kind : kFusionKinds) {
    if (name_of(kind) == name) return kind;
  }
  return {};
}

FusionKind kind_of(const Op& fusion) {
  const auto& name = fusion.get<std::string>("kind");
  const auto kind = find_fusion_kind(name);
  KILN_CHECK(kind.has_value(), "a fusion of the kind \"{}\"", name);
  return *kind;
}

bool has_root(FusionKind kind) { return facts_of(kind).has_root; }

bool accepts(FusionKind kind, const Op& op) { return facts_of(kind).accepts(op); }

const Op& root_of(FusionKind kind, const Region& region) {
  KILN_CHECK(has_root(kind), "kernels of the kind {} have no root", name_of(kind));
  for (const auto& op : region.ops()) {
    if (accepts(kind, *op)) return *op;
  }
  KILN_CHECK(false, "a {} kernel without its root", name_of(kind));
}

}  // namespace kiln::ir
