#include "tests/passes/planned_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "ir/scan.h"

namespace kiln::passes {
namespace {

using Bytes = std::vector<std::byte>;
using Space = ir::Placement::Space;

/// The blocks that a planned function runs on.
struct Memory {
  const ir::Module& module;
  Bytes state;
  Bytes arena;
  std::map<std::string, Bytes> outputs;

  /// The first byte of a placement outside scans, with room for `size` bytes.
  std::byte* at(const ir::Placement& placement, int64_t size) {
    const auto bytes = static_cast<size_t>(size);
    if (placement.space == Space::output) {
      Bytes& output = outputs[placement.name];
      output.resize(bytes);
      return output.data();
    }
    const bool in_arena = placement.space == Space::arena;
    Bytes& block = in_arena ? arena : state;
    const size_t offset =
        in_arena ? static_cast<size_t>(placement.index) : offset_of(placement.name);
    EXPECT_LE(offset + bytes, block.size()) << placement.to_string();
    return block.data() + offset;
  }

  size_t offset_of(const std::string& variable) const {
    return static_cast<size_t>(
        std::get<int64_t>(module.variable(variable)->attributes.at("offset")));
  }
};

void write(std::byte* to, const ir::Literal& literal) {
  const ir::Literal dense = literal.dense();
  std::copy(dense.bytes().begin(), dense.bytes().end(), to);  // which may be none
}

ir::Literal read(const std::byte* from, const ir::Type& type) {
  return ir::Literal::from_bytes(type, false, Bytes(from, from + type.bytes()));
}

/// Runs regions op by op; every value is where its buffer is.
class PlannedRun {
 public:
  PlannedRun(Memory& memory, std::deque<Bytes>& fixed) : memory_(memory), fixed_(fixed) {}

  void place(const ir::Value* value, std::byte* at) { at_[value] = at; }
  /// Values that stand in no buffer of the function's: inputs and constants.
  void fix(const ir::Value* value, const ir::Literal& literal) {
    fixed_.push_back(literal.dense().bytes());
    place(value, fixed_.back().data());
  }
  ir::Literal value(const ir::Value* value) const { return read(at_.at(value), value->type()); }

  void run(const ir::Region& region) {
    for (const auto& op : region.ops()) {
      if (op->is("constant")) {
        fix(op->result(), op->get<ir::Literal>("value"));
      } else if (op->is("reshape")) {
        place(op->result(), at_.at(op->operand(0)));
      } else if (op->is("scan")) {
        run_scan(*op);
      } else {
        run_fusion(*op);
      }
    }
  }

 private:
  std::byte* buffer(const ir::Op& op, size_t result) {
    const ir::Placement& placement = op.get<ir::Placements>("buffers")[result];
    if (placement.space == Space::carry || placement.space == Space::stack)
      return slots_.at(placement.index);
    return memory_.at(placement, op.result(result)->type().bytes());
  }

  void run_fusion(const ir::Op& op) {
    KILN_CHECK(op.is("fusion"), "{} stands outside a fusion", op.name());
    std::vector<ir::Literal> operands;
    for (const ir::Value* operand : op.operands()) operands.push_back(value(operand));
    const std::vector<ir::Literal> results = ir::interpret_fusion(op, std::move(operands));
    for (size_t r = 0; r < results.size(); ++r) {
      place(op.result(r), buffer(op, r));
      write(at_.at(op.result(r)), results[r]);
    }
  }

  void run_scan(const ir::Op& op) {
    const ir::ScanParts parts = parts_of(op);
    for (size_t r = 0; r < op.result_count(); ++r) place(op.result(r), buffer(op, r));
    for (size_t i = 0; i < parts.carries; ++i) write(at_.at(op.result(i)), value(op.operand(i)));
    const auto outer = slots_;
    for (int64_t step = 0; step < parts.trip_count; ++step) {
      const int64_t t = parts.reverse ? parts.trip_count - 1 - step : step;
      for (size_t i = 0; i < op.operands().size(); ++i) {
        const ir::Value* argument = op.region().argument(i);
        std::byte* at = at_.at(parts.is_carry(i) ? op.result(i) : op.operand(i));
        place(argument, parts.is_stacked(i) ? at + t * argument->type().bytes() : at);
      }
      for (size_t r = 0; r < op.result_count(); ++r) {
        const int64_t bytes = op.region().results()[r]->type().bytes();
        slots_[static_cast<int64_t>(r)] =
            at_.at(op.result(r)) + (r < parts.carries ? 0 : t * bytes);
      }
      run(op.region());
    }
    slots_ = outer;
  }

  Memory& memory_;
  std::deque<Bytes>& fixed_;
  std::unordered_map<const ir::Value*, std::byte*> at_;
  std::map<int64_t, std::byte*> slots_;  ///< by result of the innermost scan
};

}  // namespace

std::map<std::string, ir::Literal> run_planned(const ir::Module& module,
                                               const ir::Function& function,
                                               ir::Environment& variables,
                                               const std::map<std::string, ir::Literal>& inputs) {
  Memory memory{module,
                Bytes(static_cast<size_t>(std::get<int64_t>(module.attributes.at("state_bytes")))),
                Bytes(static_cast<size_t>(std::get<int64_t>(function.attributes.at("arena_bytes"))),
                      std::byte{0x5a}),
                {}};
  for (const ir::Variable& variable : module.variables) {
    write(memory.at(ir::Placement::state(variable.name), variable.type.bytes()),
          variables.at(variable.name));
  }
  std::deque<Bytes> fixed;
  PlannedRun run(memory, fixed);
  for (size_t i = 0; i < function.body.argument_count(); ++i) {
    const ir::Binding& binding = function.argument_bindings[i];
    const ir::Value* argument = function.body.argument(i);
    if (binding.is_variable) {
      run.place(argument, memory.at(ir::Placement::state(binding.name), argument->type().bytes()));
    } else {
      run.fix(argument, inputs.at(binding.name));
    }
  }
  run.run(function.body);
  for (const ir::Variable& variable : module.variables) {
    variables[variable.name] =
        read(memory.at(ir::Placement::state(variable.name), variable.type.bytes()), variable.type);
  }
  std::map<std::string, ir::Literal> results;
  for (size_t r = 0; r < function.body.results().size(); ++r) {
    const ir::Binding& binding = function.result_bindings[r];
    const ir::Type& type = function.body.results()[r]->type();
    if (!binding.is_variable)
      results[binding.name] =
          read(memory.at(ir::Placement::output(binding.name), type.bytes()), type);
  }
  return results;
}

}  // namespace kiln::passes
