#include "codegen/kernels/compile.h"

#include <Halide.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <mutex>

#include "codegen/kernels/algorithm.h"
#include "codegen/kernels/bfloat16.h"
#include "codegen/kernels/buffer_alignment.h"
#include "codegen/kernels/cpu/freestanding.h"
#include "codegen/kernels/double_constants.h"
#include "codegen/kernels/expression.h"
#include "codegen/kernels/gpu/device_code.h"
#include "codegen/kernels/gpu/temporaries.h"
#include "codegen/kernels/hidden.h"
#include "codegen/kernels/schedule.h"

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

/// Lets kernels load and store aligned vectors. Elements are aligned as C aligns them.
void set_alignment(Algorithm& algorithm, int alignment) {
  auto set = [&](Halide::OutputImageParam& buffer) {
    buffer.set_host_alignment(std::max(alignment, buffer.type().bytes()));
  };
  for (Halide::ImageParam& input : algorithm.inputs) set(input);
  for (Output& output : algorithm.outputs) {
    for (Halide::OutputImageParam buffer : output.func.output_buffers()) set(buffer);
  }
}

Diagnostic kernel_error(const ir::Op& fusion, std::string message) {
  while (message.ends_with('\n')) message.pop_back();
  return {fusion.location(), "cannot compile this kernel: " + message, "this is a bug in kiln"};
}

bool is_half(const ir::Value* value) {
  const ir::ElementType element = value->type().element;
  return element == ir::ElementType::f16 || element == ir::ElementType::bf16;
}

bool has_half(const ir::Region& region) {
  for (size_t i = 0; i < region.argument_count(); ++i) {
    if (is_half(region.argument(i))) return true;
  }
  return std::any_of(region.ops().begin(), region.ops().end(),
                     [&](const auto& op) { return is_half(op->result(op->result_count() - 1)); });
}

/// Elements of a constant in a kernel that brings no tables along: it chooses among them one by
/// one. Chosen, not measured.
constexpr int64_t kMostConstants = 256;

Status check_constants(const ir::Op& fusion) {
  for (const auto& op : fusion.region().ops()) {
    if (op->is("constant") && !is_uniform(op->get<ir::Literal>("value")) &&
        op->result()->type().count() > kMostConstants) {
      return Diagnostic{
          fusion.location(),
          fmt::format("a constant of more than {} different elements stands in a GPU's "
                      "kernel",
                      kMostConstants),
          "the pass `fuse` leaves such constants outside"};
    }
  }
  return ok();
}

/// A target has no means for some values; such a kernel is refused with the layer's name.
Status check_target(const ir::Op& fusion, const Target& target) {
  if (!target.has_constant_tables) KILN_TRY(check_constants(fusion));
  if (target.has_half_floats || !has_half(fusion.region())) return ok();
  return Diagnostic{fusion.location(), "OpenCL devices do not compute with 16-bit floats",
                    "compile it for cpu or cuda, or use f32"};
}

/// With what kiln's runtime stands for.
Halide::Target halide_target(const Target& target) {
  Halide::Target halide(target.halide);
  for (const Halide::Target::Feature feature :
       {Halide::Target::NoRuntime, Halide::Target::NoAsserts, Halide::Target::NoBoundsQuery,
        Halide::Target::UserContext}) {
    halide.set_feature(feature);
  }
  return halide;
}

/// External without metadata: the program is the only caller and knows the kernel's arguments.
/// `freestanding_bytes` becomes what a freestanding kernel takes beside its buffers.
Halide::Module lower(const ir::Op& fusion, const std::string& name, const Target& target,
                     int64_t& freestanding_bytes) {
  const ir::FusionKind kind = ir::kind_of(fusion);
  Algorithm algorithm =
      build_algorithm(fusion.region(), target, choose_tiles(fusion.region(), kind, target));
  schedule(algorithm, fusion.region(), kind, target);
  set_alignment(algorithm, static_cast<int>(buffer_alignment(fusion)));
  std::vector<Halide::Argument> arguments(algorithm.inputs.begin(), algorithm.inputs.end());
  std::vector<Halide::Func> funcs;
  for (const Output& output : algorithm.outputs) funcs.push_back(output.func);
  Halide::Pipeline pipeline(funcs);
  pipeline.add_custom_lowering_pass(new Reveal);
  if (!target.has_bfloat16_code) pipeline.add_custom_lowering_pass(new Bfloat16ByBits);
  if (!target.has_double_constants) pipeline.add_custom_lowering_pass(new DoublesByBits);
  if (target.is_freestanding)
    pipeline.add_custom_lowering_pass(new cpu::Freestanding(freestanding_bytes));
  return pipeline.compile_to_module(arguments, name, halide_target(target),
                                    Halide::LinkageType::External);
}

/// Does something with the fusion's kernel and its temporary_bytes; what Halide objects to becomes a
/// Diagnostic.
Status with_lowered(const ir::Op& fusion, const std::string& name, const Target& target,
                    const std::function<void(const Halide::Module&, int64_t)>& use) {
  KILN_TRY(check_target(fusion, target));
  install_error_reporter();
  try {
    int64_t bytes = 0;
    const Halide::Module module = lower(fusion, name, target, bytes);
    if (target.has_own_memory && reads_on_host(module))
      return kernel_error(fusion, "its host would read the device's memory");
    if (target.has_own_memory) bytes = temporary_bytes(module);
    use(module, bytes);
    return ok();
  } catch (const Halide::Error& error) {
    return kernel_error(fusion, error.what());
  } catch (const std::exception& error) {
    return kernel_error(fusion, error.what());
  }
}

}  // namespace

Expected<int64_t> compile_kernel(const ir::Op& fusion, const std::string& name,
                                 const Target& target, const std::string& path) {
  int64_t bytes = 0;
  KILN_TRY(with_lowered(fusion, name, target, [&](const Halide::Module& module, int64_t taken) {
    module.compile({{Halide::OutputFileType::object, path}});
    bytes = taken;
  }));
  return bytes;
}

Expected<DeviceCode> device_code(const ir::Op& fusion, const Target& target) {
  KILN_CHECK(target.has_launches(), "the CPU's kernels have no device code");
  DeviceCode code;
  KILN_TRY(with_lowered(fusion, "kernel", target, [&](const Halide::Module& module, int64_t) {
    code = read_device_code(module);
  }));
  return code;
}

}  // namespace kiln::codegen
