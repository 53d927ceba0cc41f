// A planned module as a list of kernel calls: what the emitter of the program works from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/module.h"
#include "runtime/expected.h"

namespace kiln::codegen {

/// Where a tensor is while a function runs.
struct Place {
  enum class Base { state, arena, input, output, constant };
  Base base = Base::arena;
  int64_t at =
      0;  ///< bytes in the state or the arena; else the input's, output's or constant's number
};

/// A dense row-major tensor at its place.
struct Buffer {
  ir::Type type;
  Place place;
};

/// One fusion: its kernel's buffers, operands first, then results in output_order().
struct KernelCall {
  const ir::Op* fusion = nullptr;
  std::vector<Buffer> buffers;
};

/// An input or an output by its name.
struct NamedType {
  std::string name;
  ir::Type type;
};

/// What a function does, in order.
struct FunctionPlan {
  const ir::Function* function = nullptr;
  std::vector<NamedType> inputs;
  std::vector<NamedType> outputs;
  std::vector<ir::Literal> constants;  ///< dense
  std::vector<KernelCall> calls;
};

/// Reads what `plan-memory` decided: one plan per function. Says what is missing or does not fit:
/// buffers out of their block, misaligned, of no known place, outputs that nothing writes.
Expected<std::vector<FunctionPlan>> read_plan(const ir::Module& module);

}  // namespace kiln::codegen
