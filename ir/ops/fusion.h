// What a fusion knows besides its operands: the kind of its kernel.
#pragma once

#include <optional>
#include <string_view>

#include "ir/op.h"

namespace kiln::ir {

/// What a kernel is built around. The kind is the attribute `kind` of the op `fusion`, so it lives
/// with that op: the pass `fuse` writes it, code generation reads it, and neither includes the
/// other. A kind's name and predicate are one line of fusion.cc; how large an op must be to deserve
/// such a kernel is said in passes/fusion/cost.cc, which template schedules it in
/// codegen/kernels/schedule.cc. Each of the three is a switch, so that the compiler warns where a
/// kind is missing.
enum class FusionKind {
  contraction,  ///< a dot_general with rows and columns, with an elementwise epilogue
  convolution,  ///< a convolution, likewise
  reduction,    ///< a reduce, with elementwise ops before and after it
  window,       ///< a reduce_window or select_and_scatter, with an elementwise epilogue
  scatter,      ///< a scatter of whole rows, likewise
  pointwise,    ///< ops of one shape whose result elements are computed one by one
  serial,       ///< ops of any kind and shape, one after the other
};

inline constexpr FusionKind kFusionKinds[] = {
    FusionKind::contraction, FusionKind::convolution, FusionKind::reduction, FusionKind::window,
    FusionKind::scatter,     FusionKind::pointwise,   FusionKind::serial,
};

/// As the IR's text spells it: "contraction".
std::string_view name_of(FusionKind kind);
std::optional<FusionKind> find_fusion_kind(std::string_view name);

/// The kind of a verified `fusion`.
FusionKind kind_of(const Op& fusion);

/// Whether kernels of the kind are built around one op, their root, whose loops are theirs. The
/// others have none: their ops are alike, or many.
bool has_root(FusionKind kind);

/// Whether an op, whatever its size, can be the root of a kernel of the kind; of a kind without
/// roots, whether it can be one of its ops.
bool accepts(FusionKind kind, const Op& op);

/// The root of a kernel of the kind, which has one.
const Op& root_of(FusionKind kind, const Region& region);

}  // namespace kiln::ir
