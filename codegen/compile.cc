#include "codegen/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "codegen/cache.h"
#include "codegen/kernels/compile.h"
#include "codegen/parallel.h"
#include "codegen/program/emit_program.h"
#include "codegen/source_hash.h"
#include "codegen/temporary_directory.h"
#include "ir/printer.h"

namespace kiln::codegen {
namespace {

constexpr ir::PrintOptions kWithoutLocations{.locations = false};
constexpr size_t kHashDigits = 32;

/// A kernel that the module needs.
struct Kernel {
  std::string name;
  const ir::Op* fusion;
  ProgramSource::ForTarget* of;
};

/// Names each fusion's kernel for a target. Distinct kernels are added to a list, in the order of
/// first use. Returns the number of calls.
int name_kernels(const ModulePlan& plan, ProgramSource::ForTarget& of,
                 std::vector<Kernel>& distinct) {
  std::unordered_set<std::string> seen;
  int calls = 0;
  for (const FunctionPlan& function : plan.functions) {
    for_each_call(function.steps, [&](const KernelCall& call) {
      ++calls;
      const std::string name = kernel_name(*call.fusion, of.target);
      of.kernels[call.fusion] = name;
      if (seen.insert(name).second) distinct.push_back({name, call.fusion, &of});
    });
  }
  return calls;
}

Expected<ObjectFile> compile_anew(const Kernel& kernel, const TemporaryDirectory& scratch) {
  const std::string path = scratch.file(kernel.name + ".o");
  KILN_ASSIGN(const int64_t temporary_bytes,
              compile_kernel(*kernel.fusion, kernel.name, kernel.of->target, path));
  if (auto bytes = read_bytes(path))
    return ObjectFile{kernel.name, std::move(*bytes), temporary_bytes};
  return Diagnostic{path, "cannot read the kernel that was just compiled",
                    "is the disk full? TMPDIR names another folder"};
}

/// Compiles or finds all kernels; objects[i] becomes kernel i's.
Status collect_kernels(const std::vector<Kernel>& kernels, const CompileOptions& options,
                       const Cache& cache, ObjectFile* objects, CompileStatistics& statistics) {
  std::vector<size_t> missing;
  for (size_t i = 0; i < kernels.size(); ++i) {
    if (auto found = cache.find(kernels[i].name)) {
      objects[i] = std::move(*found);
    } else {
      missing.push_back(i);
    }
  }
  statistics.kernels = static_cast<int>(kernels.size());
  statistics.cache_hits = static_cast<int>(kernels.size() - missing.size());
  if (missing.empty()) return ok();
  // The longest first: none is left to one thread alone at the end.
  std::stable_sort(missing.begin(), missing.end(), [&](size_t a, size_t b) {
    return kernels[a].fusion->region().ops().size() > kernels[b].fusion->region().ops().size();
  });
  KILN_ASSIGN(const TemporaryDirectory scratch, TemporaryDirectory::create());
  std::vector<Status> outcomes(kernels.size(), ok());
  for_each_in_parallel(missing.size(), options.jobs, [&](size_t i) {
    auto object = compile_anew(kernels[missing[i]], scratch);
    if (!object) {
      outcomes[missing[i]] = object.error();
      return;
    }
    cache.store(*object);
    objects[missing[i]] = std::move(*object);
  });
  for (Status& outcome : outcomes) KILN_TRY(std::move(outcome));
  return ok();
}

Status collect_program(const ProgramSource& source, const Cache& cache, ObjectFile& object,
                       CompileStatistics& statistics) {
  const std::string text = ir::print(source.module, kWithoutLocations);
  std::string targets;
  for (const auto& each : source.targets) targets += each.target.key() + "\n";
  object.name =
      "program_" + content_hash({text, targets, kSourceHash, halide_version(), llvm_version()})
                       .substr(0, kHashDigits);
  if (auto found = cache.find(object.name)) {
    statistics.program_cached = true;
    object = std::move(*found);
    return ok();
  }
  KILN_ASSIGN(object.bytes, emit_program(source));
  cache.store(object);
  return ok();
}

/// Seconds since it was made or last asked.
class Stopwatch {
 public:
  double lap() {
    const auto before = std::exchange(start_, std::chrono::steady_clock::now());
    return std::chrono::duration<double>(start_ - before).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::string kernel_name(const ir::Op& fusion, const Target& target) {
  const auto& kind = fusion.get<std::string>("kind");
  const std::string alignment = std::to_string(buffer_alignment(fusion));
  const std::string hash = content_hash({ir::print(fusion.region(), kWithoutLocations), kind,
                                         alignment, target.key(), kSourceHash, halide_version()});
  return fmt::format("{}_{}", kind, std::string_view(hash).substr(0, kHashDigits));
}

Expected<ObjectCode> compile(const ir::Module& module, const CompileOptions& options,
                             CompileStatistics* statistics) {
  CompileStatistics unused;
  CompileStatistics& counts = statistics ? *statistics : unused;
  counts = {};
  Stopwatch stopwatch;
  const Cache cache = options.use_cache ? Cache::of_user() : Cache();
  KILN_ASSIGN(const ModulePlan plan, read_plan(module));
  ProgramSource source{module, plan, {}};
  std::vector<Kernel> kernels;
  for (const Target& target : options.targets) source.targets.push_back({target});
  for (ProgramSource::ForTarget& of : source.targets)
    counts.calls += name_kernels(plan, of, kernels);
  counts.plan_seconds = stopwatch.lap();

  ObjectCode code;
  code.opens_drivers = std::any_of(options.targets.begin(), options.targets.end(),
                                   [](const Target& target) { return target.has_own_memory; });
  code.objects.resize(1 + kernels.size());
  KILN_TRY(collect_kernels(kernels, options, cache, code.objects.data() + 1, counts));
  for (size_t i = 0; i < kernels.size(); ++i) {
    int64_t& most = kernels[i].of->temporary_bytes;
    most = std::max(most, code.objects[1 + i].temporary_bytes);
  }
  counts.kernels_seconds = stopwatch.lap();
  KILN_TRY(collect_program(source, cache, code.objects[0], counts));
  counts.program_seconds = stopwatch.lap();
  return code;
}

}  // namespace kiln::codegen
