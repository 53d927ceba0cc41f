// One definition per op. Everything that is not a gradient (passes/gradients) or a kernel (codegen)
// follows from it: the builder's checks, the parser's and verifier's errors, the interpreter, what
// passes and schedules ask about ops in general, the table that `kiln ops` prints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/op.h"
#include "runtime/base/expected.h"

namespace kiln::ir {

/// An attribute that an op may or must have.
struct AttributeSpec {
  enum class Kind { boolean, integer, number, string, integers, strings, literal };
  std::string_view name;
  Kind kind;
  bool required;
  std::string_view summary;
};

/// How an op relates its operands to its results, for passes that treat kinds of ops alike.
enum class OpClass {
  elementwise,  ///< result element i depends on the operands' elements i alone; equal shapes
  source,       ///< no operands: constant, iota
  movement,     ///< every result element is one operand element (or a constant)
  reduction,    ///< every result element combines many operand elements: reduce, reduce_window
  contraction,  ///< sums of products: dot_general, convolution
  scatter,      ///< adds elements at places that data choose: scatter, select_and_scatter
  random,       ///< bits that follow from a state
  structured,   ///< stands for its regions, or for ops to come: fusion, scan, gradient
};

/// What computing one element costs, as far as fusion and schedules tell costs apart.
enum class ElementCost {
  free,       ///< an index computation alone: the op is copied to wherever it is read
  cheap,      ///< an instruction or a few
  division,   ///< a division or a root: worth storing if it is read more than once
  expensive,  ///< a series, a library's function or a hash: ten operations, and worth storing
};

/// What passes and schedules ask about an op.
struct OpFacts {
  ElementCost cost = ElementCost::cheap;
  /// Its two operands may change places: the result has the same bits.
  bool commutative = false;
  /// No element of a float result is -0, whatever the operands.
  bool never_negative_zero = false;
  /// It slides a Window (ir/ops/window_reduction.h) over its first operand.
  bool has_window = false;
  /// Floating-point operations, roughly; null: as many for each result element as `cost` says.
  int64_t (*operation_count)(const Op& op) = nullptr;
};

/// What an op is.
struct OpDefinition {
  std::string_view name;     ///< StableHLO's where it has one
  std::string_view summary;  ///< one line of documentation
  OpClass op_class;
  int min_operands;
  int max_operands;  ///< -1: any number
  int result_count;  ///< -1: any number
  int region_count;
  std::vector<AttributeSpec> attributes;

  /// The result types from operands, attributes and regions, or what is wrong with them.
  /// `declared` are the types written down (by the parser, or by a builder of an op whose shape its
  /// operands do not determine, such as reshape); empty where nothing is declared. Operand count
  /// and attribute kinds have been checked before.
  Expected<std::vector<Type>> (*infer)(const Op& op, std::span<const Type> declared);

  /// The reference meaning: results from operands, by the definition, slowly. Results come
  /// allocated. Null only for ops that the interpreter itself walks (fusion, scan).
  void (*evaluate)(const Op& op, std::span<const Literal> operands, std::span<Literal> results);

  OpFacts facts = {};
};

/// Floating-point operations of an op, roughly: the yardstick for what deserves a kernel of its
/// own, and for what is worth evaluating at compile time.
int64_t operation_count(const Op& op);

/// Whether every result element is accumulated from many operand elements, in a loop of its own.
bool accumulates(const Op& op);

/// All definitions, in the order of the reference.
std::span<const OpDefinition> op_definitions();
/// Null where there is no op of that name.
const OpDefinition* find_op(std::string_view name);

/// Whether the op has an attribute of that name, and the value the kind it must have.
Status check_attribute(const OpDefinition& definition, std::string_view name,
                       const Attribute& value);

/// Checks counts, attribute names and kinds, then infer(): the result types, or what is wrong.
Expected<std::vector<Type>> check_op(const Op& op, std::span<const Type> declared);

// The files that define ops, each adding its own; op_definitions() is their concatenation.
void add_elementwise_ops(std::vector<OpDefinition>& ops);
void add_source_ops(std::vector<OpDefinition>& ops);
void add_movement_ops(std::vector<OpDefinition>& ops);
void add_indexing_ops(std::vector<OpDefinition>& ops);
void add_reduction_ops(std::vector<OpDefinition>& ops);
void add_window_reduction_ops(std::vector<OpDefinition>& ops);
void add_contraction_ops(std::vector<OpDefinition>& ops);
void add_convolution_ops(std::vector<OpDefinition>& ops);
void add_random_ops(std::vector<OpDefinition>& ops);
void add_structured_ops(std::vector<OpDefinition>& ops);

}  // namespace kiln::ir
