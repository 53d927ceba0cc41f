#include <Halide.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/Host.h>

#include <algorithm>
#include <vector>

#include "codegen/machine.h"

namespace kiln::codegen {
namespace {

std::string sorted_features() {
  std::vector<std::string> features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    if (feature.second) features.push_back("+" + feature.first().str());
  }
  std::sort(features.begin(), features.end());
  std::string text;
  for (const std::string& feature : features) text += (text.empty() ? "" : ",") + feature;
  return text;
}

Machine ask() {
  using Feature = Halide::Target::Feature;
  const Halide::Target host = Halide::get_host_target();
  Machine machine;
  machine.halide_system = Halide::Target(host.os, host.arch, host.bits).to_string();
  machine.halide = host.to_string();
  machine.triple = llvm::sys::getProcessTriple();
  machine.cpu = llvm::sys::getHostCPUName().str();
  machine.features = sorted_features();
  const bool avx512 = host.has_feature(Feature::AVX512_Skylake);
  const bool avx = host.has_feature(Feature::AVX);
  machine.vector_bytes = avx512 ? 64 : avx ? 32 : 16;
  machine.vector_registers = avx512 || host.arch == Halide::Target::ARM ? 32 : 16;
  return machine;
}

}  // namespace

const Machine& this_machine() {
  static const Machine machine = ask();
  return machine;
}

}  // namespace kiln::codegen
