// The program of a generated executable: the compiler's table, and the runtime's commands.
#include "runtime/program/commands.h"

namespace kiln::runtime {
// The symbols that the compiler emits, the second one for trained models alone. They stand in this
// namespace because in C++ a variable and a type must not share a name in the same one.
extern "C" const ::kiln_model kiln_model;
extern "C" const ::kiln_checkpoint kiln_checkpoint __attribute__((weak));
}  // namespace kiln::runtime

int main(int argc, char** argv) {
  const kiln::runtime::Program program{kiln::runtime::kiln_model, &kiln::runtime::kiln_checkpoint};
  return kiln::runtime::run_main(program, argc, argv);
}
