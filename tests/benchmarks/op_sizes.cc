// What an op's kernel takes as its size grows: the measure of what is large enough for a kernel of
// its own (passes/fusion/cost.h) and for a task of its own (codegen/kernels/cpu/task_cost.h).
//   op_sizes [THREADS]     default: 2
// For each kind, a row a size: the work in the unit of its threshold, microseconds on one thread
// and on several. A row of one task's worth says what a task is worth; where several
// threads begin to help says what it should be.
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "codegen/compile.h"
#include "codegen/loaded_code.h"
#include "frontend/compiler.h"
#include "ir/parser.h"
#include "passes/memory/plan_memory.h"
#include "tests/benchmarks/call_time.h"
#include "tests/benchmarks/must.h"

namespace kiln {
namespace {

using benchmarks::median_microseconds;
using benchmarks::must;

/// A fusion of one op: a row of the output.
struct Case {
  std::string kind;
  std::string unit;
  int64_t work;
  std::vector<std::string> operands;  ///< their types
  std::string result;                 ///< its type
  std::string op;                     ///< of the region's arguments %a, %b, ...
};

/// What `show` writes of each number, with commas between.
template <typename Show>
std::string list(size_t count, Show show) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += (i > 0 ? ", " : "") + show(i);
  return text;
}

std::string function_text(const Case& c, size_t number) {
  const size_t n = c.operands.size();
  const auto argument = [&](size_t i) {
    return fmt::format("%{}: {} \"x{}\"", i, c.operands[i], i);
  };
  const auto inner = [&](size_t i) { return fmt::format("%{}: {}", n + 1 + i, c.operands[i]); };
  const auto name = [](size_t i) { return fmt::format("%{}", i); };
  const auto inner_name = [&](size_t i) { return fmt::format("%{}", n + 1 + i); };
  std::string text =
      fmt::format("  func @k{}({}) -> ({} \"y\") {{\n", number, list(n, argument), c.result);
  text += fmt::format("    %{} = fusion {} {{kind = \"{}\"}} : {} region({}) {{\n", n,
                      list(n, name), c.kind, c.result, list(n, inner));
  text += fmt::format("      %{} = {} : {}\n      return %{}\n    }}\n    return %{}\n  }}\n",
                      2 * n + 1, fmt::format(fmt::runtime(c.op), list(n, inner_name)), c.result,
                      2 * n + 1, n);
  return text;
}

/// Products of `rows` by 64 by 64: from a quarter of a task's worth on.
Case product(int64_t rows) {
  return {"contraction",
          "multiply-adds",
          rows * 64 * 64,
          {fmt::format("tensor<{}x64xf32>", rows), "tensor<64x64xf32>"},
          fmt::format("tensor<{}x64xf32>", rows),
          "dot_general {} {{lhs_batching = [], lhs_contracting = [1], rhs_batching = [], "
          "rhs_contracting = [0]}}"};
}

Case sum_of_rows(int64_t rows) {
  return {"reduction",
          "elements",
          rows * 64,
          {fmt::format("tensor<{}x64xf32>", rows)},
          fmt::format("tensor<{}xf32>", rows),
          "reduce {} {{dimensions = [1], reducer = \"add\"}}"};
}

Case addition(int64_t rows) {
  const std::string type = fmt::format("tensor<{}x64xf32>", rows);
  return {"pointwise", "elements", rows * 64, {type, type}, type, "add {}"};
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (int64_t rows = 8; rows <= 1024; rows *= 2) cases.push_back(product(rows));
  for (int64_t rows = 64; rows <= 8192; rows *= 2) cases.push_back(sum_of_rows(rows));
  for (int64_t rows = 64; rows <= 8192; rows *= 2) cases.push_back(addition(rows));
  return cases;
}

std::vector<double> times_of(const codegen::LoadedCode& code, size_t count, int threads) {
  runtime::Session session = must(runtime::Session::create(code.model(), threads));
  constexpr double kSeconds = 0.2;  // for each op
  std::vector<double> times;
  for (size_t i = 0; i < count; ++i)
    times.push_back(median_microseconds(session, code.model()->functions[i], kSeconds));
  return times;
}

void measure(int threads) {
  const std::vector<Case> cases = all_cases();
  std::string text = "module @op_sizes {\n";
  for (size_t i = 0; i < cases.size(); ++i) text += function_text(cases[i], i);
  ir::Module module = must(ir::parse_module(text + "}\n", "op_sizes"));
  must(passes::plan_memory(module));
  codegen::CompileOptions options;
  options.targets = {codegen::host_target(kKernelTasks)};
  const codegen::LoadedCode code =
      must(codegen::LoadedCode::load(must(codegen::compile_shared_object(module, options))));
  const std::vector<double> alone = times_of(code, cases.size(), 1);
  const std::vector<double> together = times_of(code, cases.size(), threads);
  fmt::print("{:<12} {:>9} {:<13}  1 thread  {} threads\n", "kind", "work", "", threads);
  for (size_t i = 0; i < cases.size(); ++i) {
    fmt::print("{:<12} {:>9} {:<13} {:>6.2f} us  {:>6.2f} us\n", cases[i].kind, cases[i].work,
               cases[i].unit, alone[i], together[i]);
  }
}

}  // namespace
}  // namespace kiln

int main(int argc, char** argv) { kiln::measure(argc > 1 ? std::atoi(argv[1]) : 2); }
