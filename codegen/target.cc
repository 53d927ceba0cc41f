#include "codegen/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/device/device.h"

namespace kiln::codegen {
namespace {

void set_host(Target& target, const Machine& machine) {
  target.triple = machine.triple;
  target.cpu = machine.cpu;
  target.features = machine.features;
}

/// What a device has whose memory is its own. The code around its kernels does not depend on what
/// more the host's CPU can do. `features`: Halide's.
Target device_target(kiln_device_kind device, std::string_view features) {
  Target target;
  target.device = device;
  target.halide = fmt::format("{}-{}", this_machine().halide_system, features);
  target.has_own_memory = true;
  target.has_constant_tables = false;
  set_host(target, this_machine());
  return target;
}

// "Technical Specifications per Compute Capability" in the CUDA C++ Programming Guide: the same
// from compute capability 7.0 on. A block may share more where its launch asks the driver first;
// kiln's do not.
constexpr int kCudaBlockThreads = 1024;
constexpr int kCudaSharedBytes = 48 * 1024;
constexpr int kCudaGridBlocksYz = 65535;
/// 128 bits: vectors of four 32-bit values, in PTX as in OpenCL C.
constexpr int kWideLoad = 4;

/// The compute capabilities that Halide has names for.
constexpr int kCudaCapabilities[] = {86, 80, 75, 70};

int known_capability(int capability) {
  const auto* const known = std::find_if(std::begin(kCudaCapabilities), std::end(kCudaCapabilities),
                                         [&](int each) { return each <= capability; });
  return known != std::end(kCudaCapabilities) ? *known : kCudaCapabilities[3];
}

}  // namespace

std::string Target::key() const {
  return fmt::format(
      "{} {} {} {} {} vector={}x{} cache={} threads={} block={} shared={} grid={} load={} "
      "facts={}{}"
      "{}{}{}{}{}",
      runtime::device_kind_name(device), halide, triple, cpu, features, vector_registers,
      vector_bytes, nearest_cache_bytes, threads, block_threads, shared_bytes, grid_blocks_yz,
      wide_load, int{has_vector_code}, int{has_own_memory}, int{has_constant_tables},
      int{has_half_floats}, int{has_bfloat16_code}, int{has_double_constants},
      int{is_freestanding});
}

Target host_target(int threads, const Machine& machine) {
  Target target;
  target.halide = machine.halide;
  set_host(target, machine);
  target.vector_bytes = machine.vector_bytes;
  target.vector_registers = machine.vector_registers;
  target.threads = threads;
  return target;
}

Target freestanding_target(int tasks, const Machine& machine) {
  Target target = host_target(tasks, machine);
  target.is_freestanding = true;
  return target;
}

Target opencl_target() {
  Target target = device_target(KILN_OPENCL, "cl_doubles-opencl");
  // What the runtime asks of a device; the standard itself promises less.
  target.block_threads = runtime::kOpenClBlockThreads;
  target.shared_bytes = runtime::kOpenClLocalBytes;
  target.grid_blocks_yz = std::numeric_limits<int>::max();
  target.wide_load = kWideLoad;
  // Halide 21 fails on some comparisons of vectors; drivers make vectors of their own.
  target.has_vector_code = false;
  target.has_half_floats = false;
  target.has_double_constants = false;
  return target;
}

Target cuda_target(int capability) {
  Target target = device_target(
      KILN_CUDA, fmt::format("cuda-cuda_capability_{}", known_capability(capability)));
  target.block_threads = kCudaBlockThreads;
  target.shared_bytes = kCudaSharedBytes;
  target.grid_blocks_yz = kCudaGridBlocksYz;
  target.wide_load = kWideLoad;
  target.has_bfloat16_code = false;
  return target;
}

Target target_for(kiln_device_kind device, int threads, int cuda_capability, const Machine& cpu) {
  switch (device) {
    case KILN_OPENCL:
      return opencl_target();
    case KILN_CUDA:
      return cuda_target(cuda_capability);
    default:
      return host_target(threads, cpu);
  }
}

}  // namespace kiln::codegen
