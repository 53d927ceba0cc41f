// How long each phase of a compilation takes, cold and warm, and how large the executable is:
//   bazel run //tests/codegen:compile_time -- FILE.kir [threads]
// The file holds a module before the passes.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "codegen/cache.h"
#include "codegen/compile.h"
#include "codegen/link.h"
#include "codegen/loaded_code.h"
#include "codegen/temporary_directory.h"
#include "ir/parser.h"
#include "passes/pass.h"

namespace kiln {
namespace {

class Stopwatch {
 public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_)
        .count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Expected<ir::Module> planned_module(const std::string& path) {
  const auto text = codegen::read_bytes(path);
  if (!text) return Diagnostic{path, "cannot read this file", ""};
  KILN_ASSIGN(ir::Module module, ir::parse_module(*text, path));
  KILN_TRY(passes::run_pipeline(module));
  return module;
}

/// The object code, then what is made of it.
Status measure(const ir::Module& module, const char* what, int threads) {
  codegen::CompileStatistics statistics;
  const Stopwatch compiling;
  KILN_ASSIGN(const auto code,
              codegen::compile(module, {{codegen::host_target(threads)}}, &statistics));
  fmt::print(
      "{}: compile {:.2f} ms ({} of {} kernels cached; plan {:.2f}, kernels {:.2f}, program "
      "{:.2f})\n",
      what, compiling.milliseconds(), statistics.cache_hits, statistics.kernels,
      statistics.plan_seconds * 1e3, statistics.kernels_seconds * 1e3,
      statistics.program_seconds * 1e3);
  const Stopwatch linking_library;
  KILN_ASSIGN(const std::string library, codegen::link_shared_object(code));
  fmt::print("{}: link to load {:.2f} ms, {} bytes\n", what, linking_library.milliseconds(),
             library.size());
  const Stopwatch loading;
  KILN_ASSIGN(const auto loaded, codegen::LoadedCode::load(library));
  fmt::print("{}: load {:.2f} ms\n", what, loading.milliseconds());
  const Stopwatch linking;
  KILN_ASSIGN(const std::string executable, codegen::link_executable(code));
  fmt::print("{}: link an executable {:.2f} ms, {} bytes\n", what, linking.milliseconds(),
             executable.size());
  return ok();
}

Status run(const std::string& path, int threads) {
  const Stopwatch front;
  KILN_ASSIGN(const ir::Module module, planned_module(path));
  fmt::print("text to planned module {:.2f} ms\n", front.milliseconds());
  KILN_ASSIGN(const auto scratch, codegen::TemporaryDirectory::create());
  setenv("KILN_CACHE", scratch.file("cache").c_str(), 1);
  for (const char* what : {"cold", "warm", "warm"}) KILN_TRY(measure(module, what, threads));
  return ok();
}

}  // namespace
}  // namespace kiln

int main(int argc, char** argv) {
  const kiln::Status status = kiln::run(argc > 1 ? argv[1] : "", argc > 2 ? std::atoi(argv[2]) : 2);
  if (!status) fmt::print(stderr, "{}\n", status.error().to_string());
  return status ? 0 : 1;
}
