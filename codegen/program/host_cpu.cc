#include "codegen/program/host_cpu.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/TargetParser/Host.h>

#include <algorithm>
#include <vector>

namespace kiln::codegen {

HostCpu host_cpu() {
  std::vector<std::string> features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    if (feature.second) features.push_back("+" + feature.first().str());
  }
  std::sort(features.begin(), features.end());
  HostCpu host{llvm::sys::getProcessTriple(), llvm::sys::getHostCPUName().str(), ""};
  for (const std::string& feature : features) {
    if (!host.features.empty()) host.features += ',';
    host.features += feature;
  }
  return host;
}

}  // namespace kiln::codegen
