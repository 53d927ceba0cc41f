#include "tests/benchmarks/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kiln::benchmarks {
namespace {

void print_roofs(const codegen::Roofs& roofs) {
  fmt::print("{} thread{}: FMA {:.0f} GFLOP/s; divisions {:.1f}, square roots {:.1f} G/s;",
             roofs.threads, roofs.threads > 1 ? "s" : "", roofs.flops_per_second * 1e-9,
             roofs.divisions_per_second * 1e-9, roofs.roots_per_second * 1e-9);
  const char* separator = " ";
  for (const codegen::MemoryLevel& level : roofs.levels) {
    fmt::print("{}{} {:.0f}", separator, level.name, level.bytes_per_second * 1e-9);
    separator = ", ";
  }
  fmt::print(" GB/s\n");
}

void print_kernel(const KernelResult& kernel) {
  const double roof = 1e6 * kernel.roof.seconds;
  fmt::print("    {:>10.2f} {:>10.2f} {:>6.0f} %  {:<8} {:>9.3f} {:>9.3f} {:>7} x {:<12} {}\n",
             kernel.alone, roof, kernel.alone > 0 ? 100 * roof / kernel.alone : 0, kernel.roof.name,
             kernel.arithmetic.flops * 1e-6, kernel.bytes * 1e-6, kernel.calls, kernel.kind,
             kernel.location);
}

void print_kernels(const Result& result) {
  if (result.kernels.empty()) return;
  fmt::print("    {:>10} {:>10} {:>8}  {:<8} {:>9} {:>9} {:>7}   kernel\n", "us alone", "roof us",
             "of roof", "binds", "MFLOP", "MB", "calls");
  double alone = 0;
  for (const KernelResult& kernel : result.kernels) {
    print_kernel(kernel);
    alone += kernel.alone;
  }
  fmt::print("    {:>10.2f} {:>10.2f} together\n", alone, result.roof_microseconds());
}

}  // namespace

void print_head(const Report& report) {
  fmt::print("{} ({}), {} cores; {}{}{}\n", report.machine.processor, report.machine.cpu,
             report.machine.cores, report.date, report.commit.empty() ? "" : ", commit ",
             report.commit);
  for (const codegen::Roofs& roofs : report.roofs) print_roofs(roofs);
}

void print_columns(bool with_peer) {
  fmt::print("{:<13} {:<8}{:>6} {:>8} {:>12} {:>7} {:>12} {:>8}", "model", "step", "batch",
             "threads", "us", "spread", "roof us", "of roof");
  if (with_peer) fmt::print(" {:>12} {:>7} {:>7}", "peer us", "spread", "peer/us");
  fmt::print("  binds\n");
}

void print_result(const Result& result) {
  fmt::print("{:<13} {:<8}{:>6} {:>8} {:>12.1f} {:>5.0f} % {:>12.1f} {:>6.0f} %", result.model,
             name_of(result.mode), result.batch, result.threads, result.ours.median,
             100 * result.ours.spread(), result.roof_microseconds(), 100 * result.of_roof());
  if (result.theirs) {
    fmt::print(" {:>12.1f} {:>5.0f} % {:>7.2f}", result.theirs->median,
               100 * result.theirs->spread(), result.theirs->median / result.ours.median);
  }
  fmt::print("  {}\n", show_bounds(result.roof));
  print_kernels(result);
  std::fflush(stdout);
}

std::string show_bounds(const codegen::FunctionBound& bound) {
  std::vector<std::pair<double, std::string>> shares;
  for (const auto& [name, seconds] : bound.seconds_by_bound)
    shares.emplace_back(seconds / bound.seconds, name);
  std::sort(shares.rbegin(), shares.rend());
  std::string text;
  for (const auto& [share, name] : shares) {
    if (share >= 0.005)
      text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ", name, 100 * share);
  }
  return text;
}

}  // namespace kiln::benchmarks
