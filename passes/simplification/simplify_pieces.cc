// A sum of pieces that lie side by side is a concatenation: so are the adjoints of a tensor that
// was sliced, once they are added up (the gates of an LSTM).
#include <algorithm>

#include "ir/ops/movement.h"
#include "passes/constants.h"
#include "passes/simplification/simplify_identities.h"

namespace kiln::passes {
namespace {

using ir::Op;
using ir::Tensor;
using ir::Value;

/// Pieces of one sum, at most: each walks down the additions to it. Far more than a layer's gates;
/// chosen, not measured (`tests/benchmarks:pass_time` times the pass).
constexpr size_t kMostPieces = 64;

/// A tensor with nothing but the identity of addition, -0, around it along one dimension.
struct Piece {
  Value* value;
  size_t dimension;
  int64_t begin;
};

bool as_piece(const Value* padded, Piece& piece) {
  const Op* op = padded->op();
  if (op == nullptr || !op->is("pad") || !is_splat(op->operand(1), -0.0)) return false;
  const auto [low, high, interior] = ir::Pad::of(*op);
  size_t padded_dimensions = 0;
  for (size_t d = 0; d < low.size(); ++d) {
    if (interior[d] != 0 || low[d] < 0 || high[d] < 0) return false;
    if (low[d] == 0 && high[d] == 0) continue;
    piece = {op->operand(0), d, low[d]};
    ++padded_dimensions;
  }
  return padded_dimensions == 1;
}

/// The terms of a tree of additions, all of which must be pieces. Below so many additions, which
/// have another term each, there would be too many.
bool collect_pieces(const Value* value, std::vector<Piece>& pieces, size_t additions = 0) {
  if (pieces.size() >= kMostPieces || additions >= kMostPieces) return false;
  Piece piece;
  if (as_piece(value, piece)) {
    pieces.push_back(piece);
    return true;
  }
  const Op* op = value->op();
  return op != nullptr && op->is("add") && collect_pieces(op->operand(0), pieces, additions + 1) &&
         collect_pieces(op->operand(1), pieces, additions + 1);
}

/// Whether the pieces, in order, fill the dimension with neither gaps nor overlaps.
bool fill(const std::vector<Piece>& pieces, const ir::Shape& shape) {
  int64_t end = 0;
  for (const Piece& piece : pieces) {
    if (piece.dimension != pieces[0].dimension || piece.begin != end) return false;
    end += piece.value->type().shape[piece.dimension];
  }
  return end == shape[pieces[0].dimension];
}

}  // namespace

Tensor simplify_pieces(const Op& op, ir::Builder& builder) {
  std::vector<Piece> pieces;
  if (!op.is("add") || !collect_pieces(op.result(), pieces)) return {};
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
  if (!fill(pieces, op.result()->type().shape)) return {};
  std::vector<Tensor> tensors;
  for (const Piece& piece : pieces) tensors.push_back(builder.wrap(piece.value));
  return concatenate(tensors, static_cast<int64_t>(pieces[0].dimension));
}

}  // namespace kiln::passes
