// What an executable knows of Keras's files: a second table of the compiler's, beside kiln_model
// (runtime/base/abi.h).
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Where Keras's files keep the model's variables. Each line is a name, a tab, and numbers with
/// spaces between them: indices of kiln_model::variables in the order of the file. The symbol
/// `kiln_file_layout` is in executables of Keras's models alone.
typedef struct {
  const char* objects;  ///< of .weights.h5: "layers/dense\t0 1"; "optimizer"; "random_states"
  const char* layers;   ///< of older files, in the model's order: "dense\t0 1"
  /// Keras's classes of optimizers, one a line, that of the model first; null: it has none.
  const char* optimizers;
} kiln_file_layout;

#ifdef __cplusplus
}
#endif
