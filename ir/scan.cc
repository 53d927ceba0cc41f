#include "ir/scan.h"

#include "ir/ops/definition.h"

namespace kiln::ir {

ScanParts parts_of(const Op& scan) {
  ScanParts parts;
  parts.carries = static_cast<size_t>(scan.get<int64_t>("carries"));
  parts.stacked = static_cast<size_t>(scan.get<int64_t>("stacked"));
  parts.invariants = scan.operands().size() - parts.carries - parts.stacked;
  parts.outputs = scan.region().results().size() - parts.carries;
  parts.trip_count = scan.get<int64_t>("trip_count");
  parts.reverse = scan.get_or<bool>("reverse", false);
  return parts;
}

Type stacked_type(const Type& slice, int64_t trip_count) {
  Shape shape = slice.shape;
  shape.insert(shape.begin(), trip_count);
  return slice.with_shape(std::move(shape));
}

Type slice_type(const Type& stacked) {
  return stacked.with_shape({stacked.shape.begin() + 1, stacked.shape.end()});
}

namespace {

void append_values(std::vector<Value*>& values, const std::vector<Tensor>& tensors) {
  for (const Tensor& tensor : tensors) values.push_back(tensor.value);
}

}  // namespace

ScanResults scan(Builder& builder, const ScanInputs& inputs, int64_t trip_count, bool reverse,
                 const ScanBody& body) {
  std::vector<Value*> operands;
  for (const auto* part : {&inputs.carries, &inputs.stacked, &inputs.invariants})
    append_values(operands, *part);
  Attributes attributes = {{"carries", static_cast<int64_t>(inputs.carries.size())},
                           {"stacked", static_cast<int64_t>(inputs.stacked.size())},
                           {"trip_count", trip_count}};
  if (reverse) attributes["reverse"] = true;
  Op* op = builder.region().append(
      std::make_unique<Op>(*find_op("scan"), operands, std::move(attributes), builder.location()));
  Region& region = op->add_region();
  Builder inner(region, builder.location());
  ScanInputs step;
  for (const Tensor& carry : inputs.carries)
    step.carries.push_back(inner.wrap(region.add_argument(carry.type())));
  for (const Tensor& stacked : inputs.stacked)
    step.stacked.push_back(inner.wrap(region.add_argument(slice_type(stacked.type()))));
  for (const Tensor& invariant : inputs.invariants)
    step.invariants.push_back(inner.wrap(region.add_argument(invariant.type())));
  const ScanResults returned = body(inner, step);
  std::vector<Value*> results;
  append_values(results, returned.carries);
  append_values(results, returned.outputs);
  region.set_results(std::move(results));
  auto types = check_op(*op, {});
  KILN_CHECK(static_cast<bool>(types), "{}", types.error().to_string());
  ScanResults all;
  for (size_t i = 0; i < types->size(); ++i) {
    op->add_result((*types)[i]);
    (i < inputs.carries.size() ? all.carries : all.outputs).push_back(builder.wrap(op->result(i)));
  }
  return all;
}

}  // namespace kiln::ir
