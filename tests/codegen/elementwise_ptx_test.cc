// Every elementwise op in every element type as CUDA's devices get it, without a GPU: it compiles,
// and CUDA's assembler takes it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "codegen/kernels/compile.h"
#include "codegen/parallel.h"
#include "codegen/temporary_directory.h"
#include "ir/module.h"
#include "tests/codegen/elementwise_cases.h"
#include "tests/codegen/ptxas.h"

namespace kiln::tests {
namespace {

constexpr std::string_view kArchitecture = "sm_80";

/// What was said against a case's kernel; empty: nothing.
std::string objection(const ir::Op& fusion, const std::string& ptx_path) {
  auto code = codegen::device_code(fusion, codegen::cuda_target());
  if (!code) return code.error().to_string();
  if (!has_ptxas()) return "";
  std::ofstream(ptx_path) << code->source;
  const auto resources = assemble(ptx_path, kArchitecture);
  return resources ? "" : resources.error().to_string();
}

void expect_assembled(const std::vector<FusionCase>& cases) {
  const ir::Module module = planned_module(cases);
  auto scratch = codegen::TemporaryDirectory::create();
  ASSERT_TRUE(scratch) << scratch.error().to_string();
  std::vector<std::string> objections(cases.size());
  codegen::for_each_in_parallel(cases.size(), 0, [&](size_t i) {
    const ir::Op& fusion = *module.function(cases[i].name)->body.ops().front();
    objections[i] = objection(fusion, scratch->file(fmt::format("{}.ptx", i)));
  });
  for (size_t i = 0; i < cases.size(); ++i)
    EXPECT_TRUE(objections[i].empty()) << cases[i].name << ": " << objections[i];
  if (!has_ptxas()) GTEST_SKIP() << "all compile; ptxas is missing: " << kInstallPtxas;
}

TEST(ElementwisePtx, Arithmetic) { expect_assembled(arithmetic()); }
TEST(ElementwisePtx, Extremes) { expect_assembled(extremes()); }
TEST(ElementwisePtx, TranscendentalFunctions) { expect_assembled(transcendental_functions()); }
TEST(ElementwisePtx, Logic) { expect_assembled(logic()); }
TEST(ElementwisePtx, Comparisons) { expect_assembled(comparisons()); }
TEST(ElementwisePtx, Selects) { expect_assembled(selects()); }
TEST(ElementwisePtx, Conversions) { expect_assembled(conversions()); }

}  // namespace
}  // namespace kiln::tests
