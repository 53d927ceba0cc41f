#include "codegen/kernels/compile.h"

#include <Halide.h>

#include <mutex>

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/schedule.h"
#include "runtime/abi.h"

namespace kiln::codegen {

namespace {

/// Errors become exceptions; warnings (emulated half precision, for one) are nothing to tell users.
class ErrorReporter : public Halide::CompileTimeErrorReporter {
  void warning(const char*) override {}
  void error(const char* message) override { throw Halide::CompileError(message); }
};

void install_error_reporter() {
  static ErrorReporter reporter;
  static std::once_flag once;
  std::call_once(once, [] { Halide::set_custom_compile_time_error_reporter(&reporter); });
}

/// Lets kernels load and store aligned vectors.
void set_alignment(Algorithm& algorithm, int alignment) {
  for (Halide::ImageParam& input : algorithm.inputs) input.set_host_alignment(alignment);
  for (Output& output : algorithm.outputs) {
    for (Halide::OutputImageParam buffer : output.func.output_buffers())
      buffer.set_host_alignment(alignment);
  }
}

Diagnostic kernel_error(const ir::Op& fusion, std::string message) {
  while (message.ends_with('\n')) message.pop_back();
  return {fusion.location(), "cannot compile this kernel: " + message, "this is a bug in kiln"};
}

}  // namespace

Status compile_kernel(const ir::Op& fusion, const std::string& name, const Target& target,
                      const std::string& path) {
  install_error_reporter();
  try {
    Algorithm algorithm = build_algorithm(fusion.region());
    schedule(algorithm, fusion.region(), fusion.get<std::string>("kind"), target);
    set_alignment(algorithm, static_cast<int>(buffer_alignment(fusion)));
    std::vector<Halide::Argument> arguments(algorithm.inputs.begin(), algorithm.inputs.end());
    std::vector<Halide::Func> funcs;
    for (const Output& output : algorithm.outputs) funcs.push_back(output.func);
    // External without metadata: the program is the only caller and knows the kernel's arguments.
    Halide::Pipeline(funcs)
        .compile_to_module(arguments, name, Halide::Target(target.halide),
                           Halide::LinkageType::External)
        .compile({{Halide::OutputFileType::object, path}});
    return ok();
  } catch (const Halide::Error& error) {
    return kernel_error(fusion, error.what());
  } catch (const std::exception& error) {
    return kernel_error(fusion, error.what());
  }
}

int64_t buffer_alignment(const ir::Op& fusion) {
  return fusion.get_or<int64_t>("buffer_alignment", KILN_ALIGNMENT);
}

std::string halide_version() {
  return fmt::format("{}.{}.{}", HALIDE_VERSION_MAJOR, HALIDE_VERSION_MINOR, HALIDE_VERSION_PATCH);
}

}  // namespace kiln::codegen
