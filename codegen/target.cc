#include "codegen/target.h"

#include <Halide.h>
#include <fmt/format.h>

#include "codegen/program/host_cpu.h"

namespace kiln::codegen {

std::string Target::key() const {
  return fmt::format("{} {} {} {} threads={}", halide, triple, cpu, features, threads);
}

Target host_target(int threads) {
  using Feature = Halide::Target::Feature;
  Halide::Target host = Halide::get_host_target();
  for (Feature feature :
       {Feature::NoRuntime, Feature::NoAsserts, Feature::NoBoundsQuery, Feature::UserContext}) {
    host.set_feature(feature);
  }
  Target target;
  target.halide = host.to_string();
  HostCpu cpu = host_cpu();
  target.triple = std::move(cpu.triple);
  target.cpu = std::move(cpu.cpu);
  target.features = std::move(cpu.features);
  const bool avx512 = host.has_feature(Feature::AVX512_Skylake);
  const bool avx = host.has_feature(Feature::AVX);
  target.vector_bytes = avx512 ? 64 : avx ? 32 : 16;
  target.vector_registers = avx512 || host.arch == Halide::Target::ARM ? 32 : 16;
  target.threads = threads;
  return target;
}

}  // namespace kiln::codegen
