#include "passes/rewrite.h"

namespace kiln::passes {

bool rewrite(ir::Region& region, const RewriteRule& rule) {
  bool changed = false;
  for (std::unique_ptr<ir::Op>& op : region.take_ops()) {
    ir::Builder builder(region, op->location());
    const std::vector<ir::Value*> values = rule(*op, builder);
    if (values.empty()) {
      region.append(std::move(op));
      continue;
    }
    KILN_CHECK(values.size() == op->result_count(), "{}: {} replacements", op->name(),
               values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      KILN_CHECK(values[i]->type() == op->result(i)->type(), "{}: {} replaced by {}", op->name(),
                 op->result(i)->type().to_string(), values[i]->type().to_string());
      op->result(i)->replace_all_uses_with(values[i]);
    }
    op.reset();  // its operands have a use less
    changed = true;
  }
  return changed;
}

bool rewrite_nested(ir::Region& region, const RewriteRule& rule) {
  bool changed = false;
  for (const auto& op : region.ops()) {
    for (size_t i = 0; i < op->region_count(); ++i)
      changed = rewrite_nested(op->region(i), rule) || changed;
  }
  return rewrite(region, rule) || changed;
}

}  // namespace kiln::passes
