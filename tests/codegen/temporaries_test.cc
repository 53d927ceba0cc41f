// What kernels of several launches take between them: known when a model is compiled, allocated
// before it runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "codegen/cache.h"
#include "frontend/compiler.h"
#include "frontend/keras/model/built_in_models.h"
#include "passes/pass.h"
#include "runtime/model/memory_need.h"
#include "runtime/model/session.h"
#include "runtime/training/step_runner.h"
#include "tests/codegen/loaded_module.h"
#include "tests/runtime/device/environment_entry.h"
#include "tests/runtime/device/opencl_test.h"

namespace kiln::tests {
namespace {

constexpr int64_t kBatch = 32;

/// The products of this model are cut into pieces, whose sums go from one launch to the next.
codegen::ObjectCode compiled(codegen::CompileStatistics* statistics = nullptr) {
  auto module = keras::lower(*keras::example("mnist_mlp"), {.batch = kBatch});
  EXPECT_TRUE(module) << module.error().to_string();
  EXPECT_TRUE(passes::run_pipeline(*module));
  auto code = codegen::compile(
      *module, {{codegen::host_target(kKernelTasks), codegen::opencl_target()}}, statistics);
  EXPECT_TRUE(code) << code.error().to_string();
  return std::move(*code);
}

/// The most that a kernel takes.
int64_t most_temporaries(const codegen::ObjectCode& code) {
  return std::ranges::max(code.objects, {}, &codegen::ObjectFile::temporary_bytes).temporary_bytes;
}

TEST(Temporaries, TheModelsTableTellsWhatTheLargestKernelTakes) {
  const codegen::ObjectCode code = compiled();
  const codegen::LoadedCode loaded = load(code);
  EXPECT_EQ(loaded.model()->targets[0].temporary_bytes, 0);
  EXPECT_GT(loaded.model()->targets[1].temporary_bytes, 0);
  EXPECT_EQ(loaded.model()->targets[1].temporary_bytes, most_temporaries(code));
}

TEST(Temporaries, AreKnownOfKernelsInTheCache) {
  const runtime::EnvironmentEntry cache("KILN_CACHE", ::testing::TempDir() + "/cache");
  const codegen::ObjectCode cold = compiled();
  std::ofstream(codegen::Cache::of_user("kernels").path(cold.objects[0].name)) << "junk";
  codegen::CompileStatistics statistics;
  const codegen::ObjectCode warm = compiled(&statistics);
  EXPECT_EQ(statistics.cache_hits, statistics.kernels);
  EXPECT_FALSE(statistics.program_cached);
  EXPECT_TRUE(warm.objects[0] == cold.objects[0]) << "the programs differ";
}

class OnOpenCl : public runtime::OpenClTest {};

TEST_F(OnOpenCl, ASessionTakesTheMemoryThatWasCheckedAndItsKernelsNoMore) {
  const codegen::LoadedCode loaded = load(compiled());
  auto session = runtime::Session::create(loaded.model(), 1, {KILN_OPENCL, 0});
  ASSERT_TRUE(session) << session.error().to_string();
  const runtime::MemoryNeed need = runtime::memory_need(*loaded.model(), session->target());
  EXPECT_EQ(need.temporaries, session->target().temporary_bytes);
  EXPECT_EQ(session->device()->allocated_bytes(),
            need.state + need.arena + need.temporaries + need.constants);

  const runtime::Examples examples(runtime::allocate(KILN_F32, {kBatch, 784}),
                                   runtime::allocate(KILN_I32, {kBatch}));
  auto runner = runtime::StepRunner::create(*session, "train_step", examples, "");
  ASSERT_TRUE(runner) << runner.error().to_string();
  const int64_t before = session->device()->allocated_bytes();
  EXPECT_LE(before, need.total());
  ASSERT_TRUE(session->initialize(1));
  ASSERT_TRUE(runner->step(0));
  const auto metrics = runner->metrics();
  ASSERT_TRUE(metrics) << metrics.error().to_string();
  EXPECT_EQ(session->device()->allocated_bytes(), before);
}

}  // namespace
}  // namespace kiln::tests
