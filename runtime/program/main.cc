// The program of a generated executable: the compiler's table, and the runtime's commands.
#include "runtime/program/commands.h"

namespace kiln::runtime {
// The symbol `kiln_model` that the compiler emits. It stands in this namespace because in C++ a
// variable and a type must not share a name in the same one.
extern "C" const ::kiln_model kiln_model;
}  // namespace kiln::runtime

int main(int argc, char** argv) {
  return kiln::runtime::run_main(kiln::runtime::kiln_model, argc, argv);
}
