#include "runtime/model/session.h"

#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/base/block.h"
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
namespace {

float first_float(const Session& session, const char* variable) {
  return *session.value(*session.find_variable(variable))->as<float>();
}

TEST(Session, InitializesFromTheSeed) {
  auto session = Session::create(&fake_regression(), 1);
  ASSERT_TRUE(session) << session.error().to_string();
  EXPECT_EQ(first_float(*session, "linear/kernel"), 0) << "variables are zero before initialize()";
  ASSERT_TRUE(session->initialize(3));
  EXPECT_EQ(first_float(*session, "linear/kernel"), 3.25f);
}

TEST(Session, FindsFunctionsAndSaysWhatIsMissing) {
  auto session = Session::create(&fake_regression(), 1);
  ASSERT_TRUE(session);
  ASSERT_NE(session->find_function("train_step"), nullptr);
  EXPECT_EQ(session->find_function("train_step")->batch, kFakeBatch);
  EXPECT_EQ(session->find_function("nothing"), nullptr);

  kiln_model prediction_only = fake_regression();
  prediction_only.function_count = 1;
  auto other = Session::create(&prediction_only, 1);
  ASSERT_TRUE(other);
  auto missing = other->function("train_step");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().to_string(),
            "error: fake: the model has no function train_step\n"
            "note: it was compiled for prediction alone: compile it with an optimizer and a loss");
}

TEST(Session, WeightsAreInTheTablesOrder) {
  auto session = Session::create(&fake_regression(), 1);
  ASSERT_TRUE(session);
  const auto weights = session->weights();
  ASSERT_EQ(weights.size(), 2u);
  EXPECT_STREQ(weights[0]->tensor.name, "linear/kernel");
  EXPECT_STREQ(weights[1]->tensor.name, "linear/bias");
}

TEST(Session, ResetMetricsLeavesTheRestAlone) {
  auto session = Session::create(&fake_regression(), 1);
  ASSERT_TRUE(session);
  const std::vector<std::byte> ones(fake_regression().state_bytes, std::byte{1});
  ASSERT_TRUE(session->restore(ones));
  ASSERT_TRUE(session->reset_metrics());
  EXPECT_EQ(first_float(*session, "loss/total"), 0);
  EXPECT_EQ(first_float(*session, "loss/count"), 0);
  EXPECT_NE(first_float(*session, "linear/kernel"), 0);
  EXPECT_NE(first_float(*session, "sgd/kernel_momentum"), 0);
}

TEST(Session, SnapshotComesBack) {
  auto session = Session::create(&fake_regression(), 1);
  ASSERT_TRUE(session);
  ASSERT_TRUE(session->initialize(1));
  const auto snapshot = *session->snapshot();
  ASSERT_TRUE(session->initialize(2));
  ASSERT_TRUE(session->restore(snapshot));
  EXPECT_EQ(first_float(*session, "linear/kernel"), 1.25f);
  EXPECT_FALSE(session->restore(std::vector<std::byte>(8)));
}

TEST(Session, MemoryIsAligned) {
  auto session = Session::create(&fake_regression(), 1);
  ASSERT_TRUE(session);
  const Array first = *session->value(fake_regression().variables[0]);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(first.data()) % 64, 0u);
  for (int64_t bytes : {0, 1, 64, 5 << 20}) {
    const Block block = allocate_block(bytes);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block.get()) % 64, 0u);
  }
}

TEST(Session, RefusesAnotherInterface) {
  kiln_model model = fake_regression();
  model.abi_version = 77;
  auto session = Session::create(&model, 1);
  ASSERT_FALSE(session);
  EXPECT_NE(session.error().message.find("version 77"), std::string::npos);
}

TEST(Session, RefusesATableThatContradictsItself) {
  kiln_model model = fake_regression();
  model.state_bytes = 128;
  auto session = Session::create(&model, 1);
  ASSERT_FALSE(session);
  EXPECT_NE(session.error().message.find("optimizer/iterations"), std::string::npos);
}

TEST(Session, ReportsAFunctionThatFails) {
  kiln_function failing = fake_regression().functions[0];
  const kiln_run run = [](void*, void*, void*, const void*, const void* const*,
                          void* const*) -> int32_t { return 5; };
  failing.run = &run;
  kiln_model model = fake_regression();
  model.functions = &failing;
  model.function_count = 1;
  auto session = Session::create(&model, 1);
  ASSERT_TRUE(session);
  const Status status = session->initialize(0);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().to_string(), "error: fake: init failed with code 5");
}

}  // namespace
}  // namespace kiln::runtime
