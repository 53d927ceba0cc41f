// Stands in for the code generators: whatever is asked of them, kiln-codegen does the whole command.
#include <cstdio>
#include <cstdlib>

#include "codegen/generators.h"
#include "codegen/handover.h"
#include "codegen/kernels/compile.h"
#include "codegen/library/emit_library.h"
#include "codegen/library/library_file.h"
#include "codegen/link.h"
#include "codegen/machine.h"
#include "codegen/program/checkpoint.h"
#include "codegen/program/emit_program.h"
#include "codegen/program/file_layout.h"

namespace kiln::codegen {
namespace {

[[noreturn]] void become_code_generator() {
  std::fprintf(stderr, "%s\n", hand_over("kiln-codegen").to_string().c_str());
  std::exit(2);
}

}  // namespace

void require_generators() { become_code_generator(); }

const Machine& this_machine() {
  static const std::optional<Machine> machine = remembered_machine();
  if (!machine) become_code_generator();
  return *machine;
}

Expected<int64_t> compile_kernel(const ir::Op&, const std::string&, const Target&,
                                 const std::string&) {
  become_code_generator();
}

Expected<DeviceCode> device_code(const ir::Op&, const Target&) { become_code_generator(); }

Expected<std::string> emit_program(const ProgramSource&) { become_code_generator(); }

Expected<std::string> emit_checkpoint(const Checkpoint&, const Target&) { become_code_generator(); }

Expected<std::string> emit_file_layout(const FileLayout&, const Target&) {
  become_code_generator();
}

Expected<std::string> emit_library(const LibrarySource&) { become_code_generator(); }

Expected<std::string> join_objects(const ObjectCode&, const std::vector<std::string>&) {
  become_code_generator();
}

Expected<std::string> static_library(const std::string&, const std::string&) {
  become_code_generator();
}

Expected<ObjectSizes> sizes_of(const std::string&) { become_code_generator(); }

Expected<std::string> link_executable(const ObjectCode&) { become_code_generator(); }

Expected<std::string> link_shared_object(const ObjectCode&) { become_code_generator(); }

Expected<std::string> link_shared_library(const ObjectCode&, const std::vector<std::string>&,
                                          const std::string&, bool) {
  become_code_generator();
}

}  // namespace kiln::codegen
