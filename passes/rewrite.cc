#include "passes/rewrite.h"

#include <unordered_map>

namespace kiln::passes {

bool rewrite(ir::Region& region, const RewriteRule& rule) {
  std::unordered_map<const ir::Value*, ir::Value*> replacements;
  std::vector<std::unique_ptr<ir::Op>> replaced;  // kept to the end: their values are keys above
  auto current = [&](ir::Value* value) {
    auto found = replacements.find(value);
    return found == replacements.end() ? value : found->second;
  };
  bool changed = false;
  for (std::unique_ptr<ir::Op>& op : region.take_ops()) {
    for (size_t i = 0; i < op->operands().size(); ++i) op->set_operand(i, current(op->operand(i)));
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
      replacements[op->result(i)] = values[i];
    }
    replaced.push_back(std::move(op));
    changed = true;
  }
  std::vector<ir::Value*> results = region.results();
  for (ir::Value*& result : results) result = current(result);
  region.set_results(std::move(results));
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
