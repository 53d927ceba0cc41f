// The C interface of a model's library: what its functions are called and what they take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/program/plan.h"
#include "ir/module.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// Where the variables are that no function of a library changes. The others are in its state, which
/// is the caller's.
enum class WeightStorage {
  constant,  ///< in the library
  given,     ///< in memory that the caller gives with each call
  in_state,  ///< in the state, with the others: the library trains
};

/// A tensor that a function takes or gives.
struct LibraryTensor {
  std::string name;  ///< in C: "pixels"
  std::string path;  ///< what the step function calls it: "x/pixels"
  ir::Type type;
  size_t index = 0;  ///< among the step function's inputs, or its outputs
};

/// A parameter of a C function.
struct Parameter {
  enum class Kind {
    tensor,     ///< a pointer to its elements
    value,      ///< a scalar
    structure,  ///< a pointer to a structure of tensors' addresses, or of scalars
    weights,    ///< a pointer to the block of the weights
    state,      ///< a pointer to the block of the variables that functions change
    arena,      ///< a pointer to the memory for temporaries
  };
  Kind kind = Kind::tensor;
  std::string name;  ///< in C: "x"
  bool is_output = false;
  std::string structure = {};               ///< its type's name behind the library's: "inputs"
  std::vector<LibraryTensor> tensors = {};  ///< of a tensor or a value one, of a structure several
};

/// A C function and the step function that it calls.
struct LibraryFunction {
  std::string name;  ///< behind the library's: "predict"
  const FunctionPlan* plan = nullptr;
  std::vector<Parameter> parameters;
};

/// The whole.
struct LibraryInterface {
  std::string name;  ///< the prefix of all that the library defines: "mnist"
  WeightStorage weights = WeightStorage::constant;
  int64_t weight_bytes = 0;  ///< of their block; 0: there is none
  int64_t state_bytes = 0;   ///< likewise
  /// NAME_reset is there: it sets the states of recurrent layers to zero. (Where there is NAME_init,
  /// that sets all.)
  bool has_reset = false;
  /// Of the memory for temporaries: first what the step functions need, then, from
  /// `scratch_offset` on, what their kernels take beside their buffers.
  int64_t arena_bytes = 0;
  int64_t scratch_offset = 0;
  std::vector<LibraryFunction> functions;
  /// NAME_self_test is there; where in the arena it has the outputs that it compares.
  bool has_self_test = false;
  int64_t self_test_offset = 0;
  /// Among the variables are counters of metrics, which NAME_reset_metrics sets to zero.
  bool has_metrics = false;
};

/// The interface for a planned module. `name`: a C identifier. `carries_weights`: values for the
/// variables come with the library. `scratch_bytes`: the most that one of its kernels takes beside
/// its buffers.
LibraryInterface library_interface(const ir::Module& module, const ModulePlan& plan,
                                   std::string name, bool carries_weights, int64_t scratch_bytes);

/// Makes room in the arena for the outputs of NAME_self_test. The interface's one function takes no
/// variables of the caller's.
void add_self_test(LibraryInterface& interface);

/// The names of all that the library defines for others.
std::vector<std::string> library_symbols(const LibraryInterface& interface, bool names_classes);

/// The text as a C identifier that is no keyword of C or C++: "conv-1/kernel" as "conv_1_kernel".
std::string c_identifier(std::string_view text);
/// Whether the text is one as it stands.
bool is_c_identifier(std::string_view text);

/// The C type of a tensor's elements: "float"; 16-bit floats are their bits, "uint16_t".
std::string_view c_type(ir::ElementType element);

}  // namespace kiln::codegen
