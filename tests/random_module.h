// Random modules that mean something, for tests of whatever reads or rewrites the IR.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ir/interpreter.h"
#include "ir/module.h"

namespace kiln::tests {

/// How an op's result may change when an operand changes by little.
enum class Smoothness {
  smooth,  ///< by little, with a derivative everywhere
  kinks,   ///< by little, but some points have no derivative: maximum, abs
  jumps,   ///< by much: floor, compare, everything on integers
};

struct RandomModuleOptions {
  int ops = 30;       ///< about that many ops in each function
  int functions = 1;  ///< named "f0", "f1", ...; they share variables
  Smoothness roughest = Smoothness::jumps;
  bool fusions = false;  ///< some ops inside `fusion` regions
  /// Adds a result "loss" to every function: a float scalar that depends on most float values.
  bool loss = false;
  std::vector<ir::ElementType> floats = {ir::ElementType::f32, ir::ElementType::f64,
                                         ir::ElementType::f16, ir::ElementType::bf16};
  std::vector<ir::ElementType> integers = {ir::ElementType::i32, ir::ElementType::i64,
                                           ir::ElementType::i16, ir::ElementType::i8,
                                           ir::ElementType::u8};
};

/// A verified module: functions over inputs "x0", ... and variables @v0, ... with outputs "y0", ...
/// and new values of some variables. With inputs from random_values() every float value within
/// stays between -2 and 2 (intermediate steps of one op: 8). No tensor has more than 512 elements.
/// The same seed and options give the same module.
ir::Module random_module(uint64_t seed, const RandomModuleOptions& options = {});

/// Random contents: floats in [-2, 2), integers of the type, small ones more often.
ir::Literal random_literal(const ir::Type& type, uint64_t seed);

/// What interpret() needs for a function.
struct RandomValues {
  ir::Environment variables;
  std::map<std::string, ir::Literal> inputs;
};
RandomValues random_values(const ir::Module& module, const ir::Function& function, uint64_t seed);

/// Puts a NaN, an infinity or a zero of either sign at one place of about half of the float tensors
/// among `values`.
void add_special_values(RandomValues& values, uint64_t seed);

}  // namespace kiln::tests
