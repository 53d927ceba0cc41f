#include "codegen/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_set>
#include <utility>

#include "codegen/cache.h"
#include "codegen/generators.h"
#include "codegen/kernels/buffer_alignment.h"
#include "codegen/kernels/compile.h"
#include "codegen/library/emit_library.h"
#include "codegen/library/header.h"
#include "codegen/library/library_file.h"
#include "codegen/link.h"
#include "codegen/machine.h"
#include "codegen/parallel.h"
#include "codegen/program/emit_program.h"
#include "codegen/temporary_directory.h"
#include "codegen/version.h"
#include "ir/printer.h"

namespace kiln::codegen {
namespace {

constexpr ir::PrintOptions kWithoutLocations{.locations = false};
/// Of all linked files in the cache. Those of the tutorial's models take 1 MB each, DenseNet121's 5.
constexpr int64_t kLinkedBytes = int64_t{1} << 29;

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

/// The name of the program that calls the kernels.
std::string program_name(const ProgramSource& source) {
  const std::string text = ir::print(source.module, kWithoutLocations);
  std::string targets;
  for (const auto& each : source.targets) targets += each.target.key() + "\n";
  return "program_" + content_hash({text, targets, code_version()});
}

Status collect_program(const ProgramSource& source, const Cache& cache, ObjectFile& object,
                       CompileStatistics& statistics) {
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

/// One module's way to object code or a linked file.
class Compilation {
 public:
  /// Names all kernels and the program.
  Compilation(const ir::Module& module, const ModulePlan& plan, const CompileOptions& options,
              CompileStatistics& statistics, Stopwatch stopwatch)
      : options_(options),
        source_{module, plan, {}},
        statistics_(statistics),
        stopwatch_(stopwatch) {
    if (options.use_cache) {
      objects_ = Cache::of_user("kernels");
      linked_ = Cache::of_user("linked").limited_to(kLinkedBytes);
    }
    statistics_ = {};
    for (const Target& target : options.targets) source_.targets.push_back({target});
    for (ProgramSource::ForTarget& of : source_.targets)
      statistics_.calls += name_kernels(plan, of, kernels_);
    statistics_.kernels = static_cast<int>(kernels_.size());
    statistics_.plan_seconds = stopwatch_.lap();
    program_.name = program_name(source_);
    statistics_.program_seconds = stopwatch_.lap();
  }

  Expected<ObjectCode> object_code();
  Expected<Library> library(const LibraryOptions& library);
  /// What `link` makes of it; `kind` is part of its name in the cache.
  Expected<std::string> linked(const char* kind, Expected<std::string> (*link)(const ObjectCode&));

 private:
  /// All kernels, behind an empty place for what calls them.
  Expected<ObjectCode> kernels();

  const CompileOptions& options_;
  Cache objects_;
  Cache linked_;
  ProgramSource source_;
  std::vector<Kernel> kernels_;
  ObjectFile program_;
  CompileStatistics& statistics_;
  Stopwatch stopwatch_;
};

Expected<ObjectCode> Compilation::kernels() {
  ObjectCode code;
  code.opens_drivers = std::any_of(options_.targets.begin(), options_.targets.end(),
                                   [](const Target& target) { return target.has_own_memory; });
  code.objects.resize(1 + kernels_.size());
  KILN_TRY(collect_kernels(kernels_, options_, objects_, code.objects.data() + 1, statistics_));
  for (size_t i = 0; i < kernels_.size(); ++i) {
    int64_t& most = kernels_[i].of->temporary_bytes;
    most = std::max(most, code.objects[1 + i].temporary_bytes);
  }
  statistics_.kernels_seconds = stopwatch_.lap();
  return code;
}

Expected<ObjectCode> Compilation::object_code() {
  KILN_ASSIGN(ObjectCode code, kernels());
  code.objects[0] = std::move(program_);
  KILN_TRY(collect_program(source_, objects_, code.objects[0], statistics_));
  statistics_.program_seconds += stopwatch_.lap();
  return code;
}

Expected<std::string> Compilation::linked(const char* kind,
                                          Expected<std::string> (*link)(const ObjectCode&)) {
  const FileLayout files = options_.file_layout ? *options_.file_layout : FileLayout{};
  // The program's name stands for those of its kernels, too.
  const std::string name = fmt::format("{}_{}", kind,
                                       content_hash({program_.name, build_version(), files.objects,
                                                     files.layers, files.optimizers}));
  auto found = options_.checkpoint == nullptr ? linked_.find(name) : std::nullopt;
  if (found) {
    statistics_.cache_hits = statistics_.kernels;
    statistics_.program_cached = true;
    statistics_.link_seconds = stopwatch_.lap();
    return std::move(found->bytes);
  }
  require_generators();
  if (options_.use_cache) remember_machine(this_machine());
  KILN_ASSIGN(ObjectCode code, object_code());
  if (options_.checkpoint != nullptr) {
    KILN_ASSIGN(std::string object,
                emit_checkpoint(*options_.checkpoint, options_.targets.front()));
    code.objects.push_back({"checkpoint", std::move(object)});
  }
  if (options_.file_layout != nullptr) {
    KILN_ASSIGN(std::string object, emit_file_layout(files, options_.targets.front()));
    code.objects.push_back({"file_layout", std::move(object)});
  }
  KILN_ASSIGN(std::string bytes, link(code));
  ObjectFile file{name, std::move(bytes)};
  if (options_.checkpoint == nullptr) linked_.store(file);
  statistics_.link_seconds = stopwatch_.lap();
  return std::move(file.bytes);
}

bool is_larger(const MemoryPart& a, const MemoryPart& b) { return a.bytes > b.bytes; }

/// The results of a region's ops that are in the arena.
void collect_buffers(const ir::Region& region, std::vector<MemoryPart>& buffers) {
  for (const auto& op : region.ops()) {
    const auto places = op->get_or<ir::Placements>("buffers", {});
    for (size_t i = 0; i < places.size(); ++i) {
      if (places[i].space == ir::Placement::Space::arena)
        buffers.push_back({op->location(), op->result(i)->type().bytes()});
    }
    if (op->is("scan")) collect_buffers(op->region(), buffers);
  }
}

/// What takes memory in a library.
void list_parts(const ir::Module& module, Library& library) {
  for (const ir::Variable& variable : module.variables)
    library.weights.push_back({variable.name, variable.type.bytes()});
  for (const auto& function : module.functions) collect_buffers(function->body, library.buffers);
  std::stable_sort(library.weights.begin(), library.weights.end(), is_larger);
  std::stable_sort(library.buffers.begin(), library.buffers.end(), is_larger);
}

Expected<Library> Compilation::library(const LibraryOptions& options) {
  require_generators();
  KILN_ASSIGN(ObjectCode code, kernels());
  const ProgramSource::ForTarget& target = source_.targets.front();
  LibraryInterface interface =
      library_interface(source_.module, source_.plan, options.name, options_.checkpoint != nullptr,
                        target.temporary_bytes);
  if (options.self_test) add_self_test(interface);
  LibrarySource source{source_.module, source_.plan, target, interface, options_.checkpoint};
  source.class_names = options.class_names;
  source.self_test = options.self_test ? &*options.self_test : nullptr;
  LibraryHeader header = library_header(source_.module, interface, options.class_names);
  source.abi = header.abi;
  KILN_ASSIGN(std::string program, emit_library(source));
  code.objects[0] = {interface.name, std::move(program)};
  statistics_.program_seconds += stopwatch_.lap();
  Library library;
  library.header = std::move(header.text);
  library.symbols = library_symbols(interface, !options.class_names.empty());
  library.arena_bytes = interface.arena_bytes;
  library.state_bytes = interface.state_bytes;
  library.weight_bytes = interface.weights == WeightStorage::constant ? interface.weight_bytes : 0;
  list_parts(source_.module, library);
  KILN_ASSIGN(library.object, join_objects(code, library.symbols));
  KILN_ASSIGN(const ObjectSizes sizes, sizes_of(library.object));
  library.code_bytes = sizes.code;
  library.constant_bytes = sizes.constants;
  statistics_.link_seconds = stopwatch_.lap();
  return library;
}

/// Does something with a module's compilation.
template <typename Use>
auto with_compilation(const ir::Module& module, const CompileOptions& options,
                      CompileStatistics* statistics, const Use& use)
    -> decltype(use(std::declval<Compilation&>())) {
  CompileStatistics unused;
  const Stopwatch stopwatch;
  KILN_ASSIGN(const ModulePlan plan, read_plan(module));
  Compilation compilation(module, plan, options, statistics ? *statistics : unused, stopwatch);
  return use(compilation);
}

}  // namespace

std::string kernel_name(const ir::Op& fusion, const Target& target) {
  const auto& kind = fusion.get<std::string>("kind");
  const std::string alignment = std::to_string(buffer_alignment(fusion));
  return fmt::format("{}_{}", kind,
                     content_hash({ir::print(fusion.region(), kWithoutLocations), kind, alignment,
                                   target.key(), code_version()}));
}

Expected<ObjectCode> compile(const ir::Module& module, const CompileOptions& options,
                             CompileStatistics* statistics) {
  return with_compilation(module, options, statistics,
                          [](Compilation& each) { return each.object_code(); });
}

Expected<std::string> compile_executable(const ir::Module& module, const CompileOptions& options,
                                         CompileStatistics* statistics) {
  return with_compilation(module, options, statistics, [](Compilation& each) {
    return each.linked("executable", link_executable);
  });
}

Expected<std::string> compile_shared_object(const ir::Module& module, const CompileOptions& options,
                                            CompileStatistics* statistics) {
  return with_compilation(module, options, statistics, [](Compilation& each) {
    return each.linked("shared", link_shared_object);
  });
}

Expected<Library> compile_library(const ir::Module& module, const CompileOptions& options,
                                  const LibraryOptions& library, CompileStatistics* statistics) {
  return with_compilation(module, options, statistics,
                          [&](Compilation& each) { return each.library(library); });
}

}  // namespace kiln::codegen
