// Ops that carry regions.
#include "ir/ops/definition.h"
#include "ir/ops/errors.h"
#include "ir/ops/fusion.h"
#include "ir/scan.h"

namespace kiln::ir {
namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

Status check_fusion_kind(const Op& op) {
  const auto& kind = op.get<std::string>("kind");
  if (find_fusion_kind(kind)) return ok();
  std::vector<std::string_view> names;
  for (FusionKind each : kFusionKinds) names.push_back(name_of(each));
  return op_error(op, "there is no kind \"{}\"; kinds: {}", kind, fmt::join(names, ", "));
}

/// The region's arguments and results are views of the fusion's operands and results.
Expected<Types> infer_fusion(const Op& op, std::span<const Type> written) {
  KILN_TRY(check_fusion_kind(op));
  const Region& body = op.region();
  if (body.argument_count() != op.operands().size()) {
    return op_error(op, "{} operands for a region of {} arguments", op.operands().size(),
                    body.argument_count());
  }
  for (size_t i = 0; i < op.operands().size(); ++i) {
    if (!body.argument(i)->type().is_view_of(op.operand(i)->type())) {
      return op_error(op, "operand {} is {}, its region's argument {}", i,
                      op.operand(i)->type().to_string(), body.argument(i)->type().to_string());
    }
  }
  Types types;
  for (Value* value : body.results()) {
    const size_t i = types.size();
    const bool is_written = i < written.size() && value->type().is_view_of(written[i]);
    types.push_back(is_written ? written[i] : value->type());
  }
  return types;
}

/// What is wrong with how a scan's operands divide, before its region is looked at.
Status check_scan_operands(const Op& op) {
  const int64_t carries = op.get<int64_t>("carries");
  const int64_t stacked = op.get<int64_t>("stacked");
  const int64_t trip_count = op.get<int64_t>("trip_count");
  const auto count = static_cast<int64_t>(op.operands().size());
  if (trip_count < 1) return op_error(op, "trip_count must be positive, not {}", trip_count);
  if (carries < 0 || stacked < 0 || carries > count || stacked > count - carries) {
    return op_error(op, "{} carries and {} stacked among {} operands", carries, stacked, count);
  }
  for (int64_t i = carries; i < carries + stacked; ++i) {
    const Type& type = op.operand(static_cast<size_t>(i))->type();
    if (type.rank() == 0 || type.shape[0] != trip_count) {
      return op_error(op,
                      "stacked operand {} is {}: its leading dimension must be {}, the trip "
                      "count",
                      i, type.to_string(), trip_count);
    }
  }
  return ok();
}

/// The region's arguments are carries, slices and invariants; it returns the carries' types first.
Status check_scan_region(const Op& op) {
  const Region& body = op.region();
  if (body.argument_count() != op.operands().size()) {
    return op_error(op, "{} operands for a region of {} arguments", op.operands().size(),
                    body.argument_count());
  }
  const auto carries = static_cast<size_t>(op.get<int64_t>("carries"));
  if (body.results().size() < carries) {
    return op_error(op, "its region returns {} values for {} carries", body.results().size(),
                    carries);
  }
  const ScanParts parts = parts_of(op);
  for (size_t i = 0; i < op.operands().size(); ++i) {
    const Type& operand = op.operand(i)->type();
    const Type wanted = parts.is_stacked(i) ? slice_type(operand) : operand;
    if (body.argument(i)->type() != wanted) {
      return op_error(op, "operand {} is {}, its region's argument {}, not {}", i,
                      operand.to_string(), body.argument(i)->type().to_string(),
                      wanted.to_string());
    }
    if (parts.is_carry(i) && body.results()[i]->type() != operand) {
      return op_error(op, "carry {} is {}, but its region returns {}", i, operand.to_string(),
                      body.results()[i]->type().to_string());
    }
  }
  return ok();
}

Expected<Types> infer_scan(const Op& op, std::span<const Type>) {
  KILN_TRY(check_scan_operands(op));
  KILN_TRY(check_scan_region(op));
  const ScanParts parts = parts_of(op);
  Types types;
  for (size_t i = 0; i < op.region().results().size(); ++i) {
    const Type& type = op.region().results()[i]->type();
    types.push_back(i < parts.carries ? type : stacked_type(type, parts.trip_count));
  }
  return types;
}

Expected<Types> infer_gradient(const Op& op, std::span<const Type>) {
  const Type& loss = op.operand(0)->type();
  if (loss.rank() != 0 || !is_float(loss.element)) {
    return op_error(op, "the value to differentiate must be a float scalar, not {}",
                    loss.to_string());
  }
  Types types;
  for (Value* value : op.operands().subspan(1)) {
    if (!is_float(value->type().element)) {
      return op_error(op, "no derivative with respect to {}", value->type().to_string());
    }
    types.push_back(value->type());
  }
  return types;
}

}  // namespace

void add_structured_ops(std::vector<OpDefinition>& ops) {
  ops.push_back(
      {"fusion",
       "what its region computes, as one kernel; the region may see views of operands and results, "
       "of other dimensions",
       OpClass::structured,
       0,
       -1,
       -1,
       1,
       {{"kind", Kind::string, true,
         "the schedule template: pointwise, reduction, window, contraction, convolution, scatter, "
         "serial"},
        {"buffers", Kind::placements, false,
         "where each result is written, once memory is planned"},
        {"buffer_alignment", Kind::integer, false,
         "the bytes that its buffers' addresses are multiples of, where not 64: slices in a scan, "
         "and "
         "the caller's memory of a library"}},
       infer_fusion,
       nullptr});
  ops.push_back(
      {"scan",
       "its region once per index of the leading dimension of the stacked operands, carries handed "
       "on",
       OpClass::structured,
       0,
       -1,
       -1,
       1,
       {{"carries", Kind::integer, true,
         "how many operands, the first ones, are handed from step to step"},
        {"stacked", Kind::integer, true, "how many operands after them are cut into slices"},
        {"trip_count", Kind::integer, true, "how many steps there are"},
        {"reverse", Kind::boolean, false, "from the last slice to the first"},
        {"buffers", Kind::placements, false,
         "where each result is written, once memory is planned"}},
       infer_scan,
       nullptr});
  ops.push_back({"gradient",
                 "the first operand's derivative with respect to each other operand; "
                 "`differentiate` replaces it",
                 OpClass::structured,
                 1,
                 -1,
                 -1,
                 0,
                 {},
                 infer_gradient,
                 nullptr});
}

}  // namespace kiln::ir
