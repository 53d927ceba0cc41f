#include "codegen/kernels/gpu/device_code.h"

#include "codegen/kernels/gpu/temporaries.h"

namespace kiln::codegen {
namespace {

int constant(const Halide::Expr& expression) {
  const auto value = Halide::Internal::as_const_int(Halide::Internal::simplify(expression));
  return value ? static_cast<int>(*value) : 0;
}

/// Finds the calls of halide_opencl_run and halide_cuda_run: (context, state, entry, blocks in x,
/// y, z, threads in x, y, z, bytes of local memory, ...).
class LaunchFinder : public Halide::Internal::IRVisitor {
 public:
  explicit LaunchFinder(std::vector<Launch>& launches) : launches_(launches) {}

 private:
  using Halide::Internal::IRVisitor::visit;

  void visit(const Halide::Internal::Call* call) override {
    IRVisitor::visit(call);
    if (call->name != "halide_opencl_run" && call->name != "halide_cuda_run") return;
    Launch& launch = launches_.emplace_back();
    const size_t first = call->args.size() - 11;  // the context is not always among them
    if (const auto* entry = call->args[first].as<Halide::Internal::StringImm>())
      launch.entry = entry->value;
    for (size_t d = 0; d < 3; ++d) {
      launch.blocks[d] = constant(call->args[first + 1 + d]);
      launch.threads[d] = constant(call->args[first + 4 + d]);
    }
    launch.local_bytes = constant(call->args[first + 7]);
  }

  std::vector<Launch>& launches_;
};

/// Finds loads and stores; those in kernels are no longer part of the module's functions.
class HostAccessFinder : public Halide::Internal::IRVisitor {
 public:
  bool found = false;

 private:
  using Halide::Internal::IRVisitor::visit;

  void visit(const Halide::Internal::Load* load) override {
    found = found || load->param.defined();
    IRVisitor::visit(load);
  }
  void visit(const Halide::Internal::Store* store) override {
    found = found || store->param.defined();
    IRVisitor::visit(store);
  }
};

}  // namespace

bool reads_on_host(const Halide::Module& module) {
  HostAccessFinder finder;
  for (const Halide::Internal::LoweredFunc& function : module.functions())
    function.body.accept(&finder);
  return finder.found;
}

DeviceCode read_device_code(const Halide::Module& module) {
  DeviceCode code;
  LaunchFinder finder(code.launches);
  for (const Halide::Internal::LoweredFunc& function : module.functions())
    function.body.accept(&finder);
  const Halide::Buffer<> source = module.get_device_code_buffer();
  if (source.defined()) {
    const auto* text = static_cast<const char*>(source.data());
    code.source.assign(text, strnlen(text, source.size_in_bytes()));
  }
  code.temporary_bytes = temporary_bytes(module);
  return code;
}

}  // namespace kiln::codegen
