// The example models' kernels for GPUs, without a GPU: CUDA's assembler takes them, and devices can
// launch them. Prints a table of what each takes of a multiprocessor.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "codegen/parallel.h"
#include "codegen/temporary_directory.h"
#include "frontend/keras/model/built_in_models.h"
#include "runtime/device/shared_memory.h"
#include "tests/codegen/gpu_kernels.h"
#include "tests/codegen/ptxas.h"

namespace kiln::tests {
namespace {

using codegen::Launch;

/// Ampere and Hopper; Blackwell in servers and in desktops.
constexpr std::array<std::string_view, 4> kArchitectures = {"sm_80", "sm_90", "sm_100", "sm_120"};

/// The CUDA C++ Programming Guide, "Technical Specifications per Compute Capability": the same for
/// all of these. A block may share more where its launch asks the driver first; kiln's do not.
constexpr int kThreads = 1024;
constexpr int kThreadsInZ = 64;
constexpr int kBlocksInYAndZ = 65535;
constexpr int kRegisters = 64 * 1024;
constexpr int kSharedBytes = 48 * 1024;

/// What no kernel has needed so far. More of a stack is a tile of values that has left the
/// registers.
constexpr int kSpilledBytes = 0;
constexpr int kStackBytes = 0;

/// What kiln takes for granted of devices through OpenCL.
constexpr int kOpenClThreads = 256;
constexpr int kOpenClLocalBytes = 32 * 1024;

/// One launch, and what it takes on each architecture.
struct Row {
  const GpuKernel* kernel;
  const Launch* launch;
  std::array<KernelResources, kArchitectures.size()> resources = {};
};

std::string describe(const GpuKernel& kernel) {
  return fmt::format("{} of {} in {}", kernel.kind, kernel.layer, kernel.function);
}

/// "2x2x16"
std::string times(const std::array<int, 3>& extents) {
  return fmt::format("{}", fmt::join(extents, "x"));
}

int product(const std::array<int, 3>& extents) { return extents[0] * extents[1] * extents[2]; }

int shared_bytes(const Launch& launch, const KernelResources& resources) {
  return launch.local_bytes + resources.static_shared_bytes;
}

/// A warp's registers come in units of 8 a thread.
int registers_of_block(const Launch& launch, const KernelResources& resources) {
  const auto round_up = [](int number, int unit) { return (number + unit - 1) / unit * unit; };
  return round_up(product(launch.threads), 32) * round_up(resources.registers, 8);
}

/// The model's kernels; none, and a failure, where they do not compile.
std::vector<GpuKernel> compiled(std::string_view model, const codegen::Target& target) {
  auto kernels = gpu_kernels(model, target);
  if (kernels) return std::move(*kernels);
  ADD_FAILURE() << kernels.error().to_string();
  return {};
}

/// Assembles the kernel's source, written to `path`, into its rows' resources.
void assemble_kernel(const std::string& path, const GpuKernel& kernel, std::vector<Row>& rows) {
  std::ofstream(path) << runtime::declare_shared_memory(kernel.code.source);
  for (const Launch& launch : kernel.code.launches) rows.push_back({&kernel, &launch});
  for (size_t a = 0; a < kArchitectures.size(); ++a) {
    auto resources = assemble(path, kArchitectures[a]);
    if (!resources) {
      ADD_FAILURE() << describe(kernel) << ": " << resources.error().to_string();
      continue;
    }
    for (Row& row : rows) {
      const auto found = resources->find(row.launch->entry);
      EXPECT_NE(found, resources->end()) << describe(kernel) << " lacks " << row.launch->entry;
      if (found != resources->end()) row.resources[a] = found->second;
    }
  }
}

std::vector<Row> assemble_all(const std::vector<GpuKernel>& kernels,
                              const codegen::TemporaryDirectory& scratch) {
  std::vector<std::vector<Row>> rows(kernels.size());
  codegen::for_each_in_parallel(kernels.size(), 0, [&](size_t i) {
    assemble_kernel(scratch.file(fmt::format("{}.ptx", i)), kernels[i], rows[i]);
  });
  std::vector<Row> all;
  for (const std::vector<Row>& of_kernel : rows)
    all.insert(all.end(), of_kernel.begin(), of_kernel.end());
  return all;
}

/// The largest of something over all architectures.
int largest(const Row& row, int KernelResources::*member) {
  int result = 0;
  for (const KernelResources& resources : row.resources)
    result = std::max(result, resources.*member);
  return result;
}

void print_row(const Row& row) {
  fmt::print("{:<12}  {:<11}  {:<28}  {:>9}  {:>8} ", row.kernel->function, row.kernel->kind,
             row.kernel->layer, times(row.launch->blocks), times(row.launch->threads));
  for (const KernelResources& resources : row.resources) fmt::print(" {:>6}", resources.registers);
  fmt::print("  {:>6}  {:>5}  {:>4}/{:<4}  {}\n", shared_bytes(*row.launch, row.resources[0]),
             largest(row, &KernelResources::stack_bytes),
             largest(row, &KernelResources::spill_store_bytes),
             largest(row, &KernelResources::spill_load_bytes), row.launch->entry);
}

/// The most that any row takes, for each architecture.
void print_summary(const std::vector<Row>& rows) {
  for (size_t a = 0; a < kArchitectures.size(); ++a) {
    KernelResources most;
    int shared = 0;
    for (const Row& row : rows) {
      const KernelResources& resources = row.resources[a];
      most.registers = std::max(most.registers, resources.registers);
      most.stack_bytes = std::max(most.stack_bytes, resources.stack_bytes);
      most.spill_store_bytes = std::max(most.spill_store_bytes, resources.spill_store_bytes);
      most.spill_load_bytes = std::max(most.spill_load_bytes, resources.spill_load_bytes);
      shared = std::max(shared, shared_bytes(*row.launch, resources));
    }
    fmt::print("{}: at most {} registers, {} bytes shared, {} of stack, {}/{} spilled\n",
               kArchitectures[a], most.registers, shared, most.stack_bytes, most.spill_store_bytes,
               most.spill_load_bytes);
  }
}

void print_table(std::string_view model, size_t kernels, const std::vector<Row>& rows) {
  fmt::print("\n{}: {} kernels, {} launches. Registers and stack of a thread, bytes that a block ",
             model, kernels, rows.size());
  fmt::print("shares, bytes that a thread spills (stored/loaded)\n");
  fmt::print("{:<12}  {:<11}  {:<28}  {:>9}  {:>8} ", "function", "kind", "layer", "blocks",
             "threads");
  for (std::string_view architecture : kArchitectures) fmt::print(" {:>6}", architecture);
  fmt::print("  {:>6}  {:>5}  {:>9}  {}\n", "shared", "stack", "spilled", "entry");
  for (const Row& row : rows) print_row(row);
  print_summary(rows);
}

void expect_launchable(const Row& row) {
  SCOPED_TRACE(describe(*row.kernel) + ", " + row.launch->entry);
  const auto& [x, y, z] = row.launch->blocks;
  EXPECT_GE(std::min({x, y, z}), 1);
  EXPECT_LE(std::max(y, z), kBlocksInYAndZ);
  EXPECT_GE(std::ranges::min(row.launch->threads), 1);
  EXPECT_LE(product(row.launch->threads), kThreads);
  EXPECT_LE(row.launch->threads[2], kThreadsInZ);
  for (const KernelResources& resources : row.resources) {
    EXPECT_GT(resources.registers, 0);
    EXPECT_LE(registers_of_block(*row.launch, resources), kRegisters);
    EXPECT_LE(shared_bytes(*row.launch, resources), kSharedBytes);
  }
}

void expect_in_registers(const Row& row) {
  SCOPED_TRACE(describe(*row.kernel) + ", " + row.launch->entry);
  EXPECT_LE(largest(row, &KernelResources::spill_store_bytes), kSpilledBytes);
  EXPECT_LE(largest(row, &KernelResources::spill_load_bytes), kSpilledBytes);
  EXPECT_LE(largest(row, &KernelResources::stack_bytes), kStackBytes);
}

/// A launch that asks for none of the memory that its kernel shares would read and write past its
/// end.
void expect_shared_memory_is_asked_for(const GpuKernel& kernel) {
  const bool shares = kernel.code.source.find(".shared.") != std::string::npos;
  const auto asks = [](const Launch& launch) { return launch.local_bytes > 0; };
  EXPECT_EQ(std::ranges::any_of(kernel.code.launches, asks), shares) << describe(kernel);
}

class GpuKernels : public ::testing::TestWithParam<std::string_view> {};

TEST_P(GpuKernels, AssembleForCudaDevices) {
  if (!has_ptxas()) GTEST_SKIP() << "ptxas is missing: " << kInstallPtxas;
  const std::vector<GpuKernel> kernels = compiled(GetParam(), codegen::cuda_target());
  auto scratch = codegen::TemporaryDirectory::create();
  ASSERT_TRUE(scratch) << scratch.error().to_string();
  const std::vector<Row> rows = assemble_all(kernels, *scratch);
  print_table(GetParam(), kernels.size(), rows);
  for (const Row& row : rows) {
    expect_launchable(row);
    expect_in_registers(row);
  }
  for (const GpuKernel& kernel : kernels) expect_shared_memory_is_asked_for(kernel);
}

TEST_P(GpuKernels, FitOpenClDevices) {
  for (const GpuKernel& kernel : compiled(GetParam(), codegen::opencl_target())) {
    for (const Launch& launch : kernel.code.launches) {
      SCOPED_TRACE(describe(kernel) + ", " + launch.entry);
      EXPECT_GE(std::ranges::min(launch.threads), 1);
      EXPECT_LE(product(launch.threads), kOpenClThreads);
      EXPECT_LE(launch.local_bytes, kOpenClLocalBytes);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Examples, GpuKernels, ::testing::ValuesIn(keras::example_names()),
                         [](const auto& model) { return std::string(model.param); });

}  // namespace
}  // namespace kiln::tests
