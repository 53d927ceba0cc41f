// A planned module as a list of kernel calls: what the emitter of the program works from.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Where a tensor is while a function runs.
struct Place {
  enum class Base { state, weights, arena, input, output, constant };
  Base base = Base::arena;
  /// Bytes from the start of the state, the weights, the arena or the constants; else the input's or
  /// output's number.
  int64_t at = 0;
  /// Bytes further with each index of the loops around it, outermost first; loops that are not
  /// listed do not move it.
  std::vector<int64_t> steps;

  friend bool operator==(const Place&, const Place&) = default;
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

/// Bytes from one place to another.
struct Copy {
  Place from, to;
  int64_t bytes = 0;
};

struct Loop;
using Step = std::variant<KernelCall, Copy, Loop>;

/// One scan: its steps for each index, from the last one where `reverse`.
struct Loop {
  int64_t trip_count = 0;
  bool reverse = false;
  std::vector<Step> steps;
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
  std::vector<Step> steps;
  bool takes_weights = false;  ///< it has a weight's place: the module keeps weights apart
};

/// What a whole module does.
struct ModulePlan {
  std::vector<FunctionPlan> functions;
  std::string constants;  ///< the bytes of all constants, each aligned to KILN_ALIGNMENT
};

/// The kernels of the fusions, by name.
using KernelNames = std::unordered_map<const ir::Op*, std::string>;

/// Visits the calls of all steps, those in loops once.
void for_each_call(const std::vector<Step>& steps,
                   const std::function<void(const KernelCall&)>& visit);

/// Reads what `plan-memory` decided. Says what is missing or does not fit: buffers out of their
/// block, misaligned, of no known place, outputs that nothing writes.
Expected<ModulePlan> read_plan(const ir::Module& module);

}  // namespace kiln::codegen
