#include "codegen/target.h"

#include <Halide.h>
#include <fmt/format.h>

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

/// The code around a GPU's kernels does not depend on what more the host's CPU can do.
Target gpu_target(kiln_device_kind device, std::initializer_list<Feature> features) {
  const Halide::Target host = Halide::get_host_target();
  Halide::Target halide(host.os, host.arch, host.bits);
  set_own_features(halide);
  for (Feature feature : features) halide.set_feature(feature);
  Target target;
  target.device = device;
  target.halide = halide.to_string();
  // CUDA's devices have more of both.
  target.block_threads = runtime::kOpenClBlockThreads;
  target.local_bytes = runtime::kOpenClLocalBytes;
  set_host(target);
  return target;
}

}  // namespace

std::string Target::key() const {
  return fmt::format("{} {} {} {} {} threads={} block={} local={}",
                     runtime::device_kind_name(device), halide, triple, cpu, features, threads,
                     block_threads, local_bytes);
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

Target opencl_target() { return gpu_target(KILN_OPENCL, {Feature::OpenCL, Feature::CLDoubles}); }

Target cuda_target(int capability) {
  const Feature feature = capability >= 86   ? Feature::CUDACapability86
                          : capability >= 80 ? Feature::CUDACapability80
                          : capability >= 75 ? Feature::CUDACapability75
                                             : Feature::CUDACapability70;
  return gpu_target(KILN_CUDA, {Feature::CUDA, feature});
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
