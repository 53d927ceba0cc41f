#include "codegen/target.h"

#include <Halide.h>
#include <fmt/format.h>

#include <limits>
#include <string_view>

#include "codegen/program/host_cpu.h"
#include "runtime/device/device.h"

namespace kiln::codegen {
namespace {

using Feature = Halide::Target::Feature;

/// What kiln's runtime stands for.
void set_own_features(Halide::Target& target) {
  for (Feature feature :
       {Feature::NoRuntime, Feature::NoAsserts, Feature::NoBoundsQuery, Feature::UserContext}) {
    target.set_feature(feature);
  }
}

void set_host(Target& target) {
  HostCpu cpu = host_cpu();
  target.triple = std::move(cpu.triple);
  target.cpu = std::move(cpu.cpu);
  target.features = std::move(cpu.features);
}

/// What a device has whose memory is its own. The code around its kernels does not depend on what
/// more the host's CPU can do.
Target device_target(kiln_device_kind device, std::initializer_list<Feature> features) {
  const Halide::Target host = Halide::get_host_target();
  Halide::Target halide(host.os, host.arch, host.bits);
  set_own_features(halide);
  for (Feature feature : features) halide.set_feature(feature);
  Target target;
  target.device = device;
  target.halide = halide.to_string();
  target.has_own_memory = true;
  target.has_constant_tables = false;
  set_host(target);
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

Feature cuda_feature(int capability) {
  if (capability >= 86) return Feature::CUDACapability86;
  if (capability >= 80) return Feature::CUDACapability80;
  return capability >= 75 ? Feature::CUDACapability75 : Feature::CUDACapability70;
}

}  // namespace

std::string Target::key() const {
  return fmt::format(
      "{} {} {} {} {} vector={}x{} cache={} threads={} block={} shared={} grid={} load={} "
      "facts={}{}"
      "{}{}{}",
      runtime::device_kind_name(device), halide, triple, cpu, features, vector_registers,
      vector_bytes, nearest_cache_bytes, threads, block_threads, shared_bytes, grid_blocks_yz,
      wide_load, int{has_vector_code}, int{has_own_memory}, int{has_constant_tables},
      int{has_half_floats}, int{has_bfloat16_code});
}

std::string Target::display_name() const {
  std::string name = halide;
  for (std::string_view own : {"-no_runtime", "-no_asserts", "-no_bounds_query", "-user_context"}) {
    if (size_t at = name.find(own); at != std::string::npos) name.erase(at, own.size());
  }
  return name;
}

Target host_target(int threads) {
  Halide::Target host = Halide::get_host_target();
  set_own_features(host);
  Target target;
  target.halide = host.to_string();
  set_host(target);
  const bool avx512 = host.has_feature(Feature::AVX512_Skylake);
  const bool avx = host.has_feature(Feature::AVX);
  target.vector_bytes = avx512 ? 64 : avx ? 32 : 16;
  target.vector_registers = avx512 || host.arch == Halide::Target::ARM ? 32 : 16;
  target.threads = threads;
  return target;
}

Target opencl_target() {
  Target target = device_target(KILN_OPENCL, {Feature::OpenCL, Feature::CLDoubles});
  // What the runtime asks of a device; the standard itself promises less.
  target.block_threads = runtime::kOpenClBlockThreads;
  target.shared_bytes = runtime::kOpenClLocalBytes;
  target.grid_blocks_yz = std::numeric_limits<int>::max();
  target.wide_load = kWideLoad;
  // Halide 21 fails on some comparisons of vectors; drivers make vectors of their own.
  target.has_vector_code = false;
  target.has_half_floats = false;
  return target;
}

Target cuda_target(int capability) {
  Target target = device_target(KILN_CUDA, {Feature::CUDA, cuda_feature(capability)});
  target.block_threads = kCudaBlockThreads;
  target.shared_bytes = kCudaSharedBytes;
  target.grid_blocks_yz = kCudaGridBlocksYz;
  target.wide_load = kWideLoad;
  target.has_bfloat16_code = false;
  return target;
}

Target target_for(kiln_device_kind device, int threads, int cuda_capability) {
  switch (device) {
    case KILN_OPENCL:
      return opencl_target();
    case KILN_CUDA:
      return cuda_target(cuda_capability);
    default:
      return host_target(threads);
  }
}

}  // namespace kiln::codegen
