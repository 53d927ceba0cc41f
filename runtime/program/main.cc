// The program of a generated executable: the compiler's table, and the runtime's commands.
#include "runtime/model/keras_weights.h"
#include "runtime/program/commands.h"

namespace kiln::runtime {
// The symbols that the compiler emits, the second one for trained models alone, the third one not
// for IR text. They stand in this namespace because in C++ a variable and a type must not share a
// name in the same one.
extern "C" const ::kiln_model kiln_model;
extern "C" const ::kiln_checkpoint kiln_checkpoint __attribute__((weak));
extern "C" const ::kiln_file_layout kiln_file_layout __attribute__((weak));
}  // namespace kiln::runtime

int main(int argc, char** argv) {
  using namespace kiln::runtime;
  Program program{kiln::runtime::kiln_model, &kiln::runtime::kiln_checkpoint};
  const ::kiln_file_layout* const files = &kiln::runtime::kiln_file_layout;
  if (files != nullptr) program.files = weight_files(program.model, *files);
  return run_main(program, argc, argv);
}
