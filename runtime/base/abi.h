// The one interface between compiled code and the runtime: a constant table that describes the
// model, and its step functions. The compiler emits the table as the symbol `kiln_model` (as
// machine code that is linked, or in memory); the runtime is generic and reads nothing else.
//
// Memory: a model runs on a few blocks, all aligned to KILN_ALIGNMENT bytes, in the memory of the
// device that its code is for.
//   state      every variable (weights, optimizer slots, metric counters) at its constant offset;
//   it
//              lives as long as the model and is shared by all functions;
//   arena      the temporaries of one call, at offsets that the memory planner chose; one block, as
//              large as the largest function needs, is reused by every call;
//   constants  a copy of kiln_model::constants, or these bytes themselves;
//   temporaries
//              not on a CPU: what kernels of several launches keep from one to the next, reused by
//              every kernel.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KILN_ABI_VERSION 6
#define KILN_ALIGNMENT 64

/// Element types, in the order of ir::ElementType.
typedef enum {
  KILN_F32 = 0,
  KILN_F64 = 1,
  KILN_F16 = 2,
  KILN_BF16 = 3,
  KILN_I8 = 4,
  KILN_I16 = 5,
  KILN_I32 = 6,
  KILN_I64 = 7,
  KILN_U8 = 8,
  KILN_I1 = 9,  ///< one byte, 0 or 1
} kiln_element_type;

/// A named, dense, row-major tensor.
typedef struct {
  const char* name;
  int32_t element_type;  ///< kiln_element_type
  int32_t rank;
  const int64_t* dims;
} kiln_tensor;

/// What a variable is for: which ones are saved, counted in the summary, reset between epochs.
typedef enum {
  KILN_TRAINABLE = 0,        ///< a weight that the optimizer updates
  KILN_NON_TRAINABLE = 1,    ///< a weight that it does not (frozen, or a moving average)
  KILN_OPTIMIZER = 2,        ///< an optimizer slot, its step count, its learning rate
  KILN_METRIC = 3,           ///< a counter of a metric; all zero at the start of an epoch
  KILN_RANDOM_STATE = 4,     ///< of a layer's random generator; no weight
  KILN_RECURRENT_STATE = 5,  ///< what a batch leaves to the next one; no weight, in no file
} kiln_variable_role;

/// A variable: `tensor.name` is its path, "dense/kernel".
typedef struct {
  kiln_tensor tensor;
  int32_t role;    ///< kiln_variable_role
  int64_t offset;  ///< bytes from the start of the state block
} kiln_variable;

/// Kinds of devices that code is made for.
typedef enum {
  KILN_CPU = 0,     ///< this machine's processor: code runs on a pool of threads
  KILN_OPENCL = 1,  ///< kernels in OpenCL C, which the device's driver compiles
  KILN_CUDA = 2,    ///< kernels in PTX, likewise
} kiln_device_kind;

/// Runs one function. `context` is what its kernels run on: a runtime::ThreadPool on a CPU, else a
/// runtime::Device. The blocks are addresses in the device's memory; `inputs` and `outputs`, arrays
/// of the host, hold the address of one dense buffer per input and output, which are distinct and
/// aligned to KILN_ALIGNMENT. Returns 0, or the code of the kernel that failed. On a CPU all is
/// done then; other devices may still be working.
typedef int32_t (*kiln_run)(void* context, void* state, void* arena, const void* constants,
                            const void* const* inputs, void* const* outputs);

/// One compiled function. The functions of a trainable model, by name:
///   init(seed: i64)                     sets every variable: weights from their initializers,
///                                       slots to zero
///   train_step(x..., y..., w..., count) one optimizer step on a batch; updates the metrics
///   test_step(x..., y..., w..., count)  loss and metrics of a batch; changes nothing but the
///                                       metrics and recurrent states
///   predict_step(x...)                  the model's outputs; changes nothing but recurrent states
///   finalize()                          only where the optimizer averages weights: fit ends with
///   it
/// x: one for each of the model's inputs, [batch, ...], called "x", or "x/NAME" where there are
/// several. y: one for each output that has a loss, likewise. w: sample weights of these outputs,
/// f32 [batch] or [batch, ...], or none at all: see kiln_model. count: i32 scalar, 1..batch: rows
/// from `count` on are padding and count for nothing, in the loss, the gradients and the metrics
/// (the short last batch is exact).
/// Outputs of train_step and test_step are f32 scalars: `batch_loss` (this batch alone), then the
/// running means since the metrics were last zeroed, by Keras's names: `loss`, `accuracy`, ...
typedef struct {
  const char* name;
  int64_t batch;  ///< rows in one call; 0 where the function takes no batch (init)
  int32_t input_count;
  const kiln_tensor* inputs;
  int32_t output_count;
  const kiln_tensor* outputs;
  int64_t arena_bytes;
  int64_t arena_lower_bound;  ///< the largest sum of bytes that are live at once
  int32_t kernel_count;
  const kiln_run* run;  ///< one per target of the model
} kiln_function;

/// A kind of device that the model has code for.
typedef struct {
  int32_t device;           ///< kiln_device_kind
  const char* name;         ///< "x86-64-linux-avx2-fma-..."
  int64_t temporary_bytes;  ///< the most that a kernel takes between its own launches; 0 on a CPU
} kiln_target;

/// One of the model's inputs.
typedef struct {
  const char* name;        ///< in data: "words"
  int64_t index_limit;     ///< x holds integers in [0, index_limit), of which a layer looks up what
                           ///< belongs to each; 0: x holds any numbers
  const char* text_rules;  ///< how texts become x's numbers (runtime/data/text/text_rules.h); null
                           ///< or "": data holds the numbers themselves
} kiln_input;

/// One of the model's outputs.
typedef struct {
  const char* name;  ///< in data and logs: "digit"
  /// Keras's name of its loss; "" where it has none, and so takes no labels.
  const char* loss;
  int64_t label_classes;  ///< y holds integers in [0, label_classes); 0: y is compared as it is
} kiln_output;

/// The whole model.
typedef struct {
  int32_t abi_version;  ///< KILN_ABI_VERSION
  const char* name;
  const char* summary;  ///< Keras's table of layers, many lines
  int32_t input_count;
  const kiln_input* inputs;  ///< in the order of predict_step's inputs
  int32_t output_count;
  const kiln_output* outputs;  ///< in the order of predict_step's outputs
  int64_t state_bytes;
  int32_t variable_count;
  const kiln_variable* variables;
  int64_t constants_bytes;
  const void* constants;  ///< tensors that no function changes
  int32_t function_count;
  const kiln_function* functions;
  int32_t target_count;  ///< at least one
  const kiln_target* targets;
} kiln_model;

/// What an executable of a trained model carries: training goes on from it, evaluation and
/// prediction use it. The symbol `kiln_checkpoint` is in such executables alone.
typedef struct {
  /// For each of the model's variables its value, dense; null where `init` gives it.
  const void* const* values;
  const char* class_names;  ///< one a line, that of class 0 first; null: not known
  const char* vocabulary;   ///< one word a line, the most frequent first; null: there is none
} kiln_checkpoint;

#ifdef __cplusplus
}
#endif
