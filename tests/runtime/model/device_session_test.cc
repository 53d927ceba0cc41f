// Sessions whose model runs on a device: all that they do on the CPU, and what can go wrong.
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"
#include "runtime/training/callbacks/backup_and_restore.h"
#include "runtime/training/callbacks/early_stopping.h"
#include "runtime/training/callbacks/terminate_on_nan.h"
#include "runtime/training/fit.h"
#include "tests/runtime/device/opencl_test.h"
#include "tests/runtime/model/fake_device_model.h"
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
namespace {

using ::testing::HasSubstr;

constexpr DeviceChoice kCpu = {KILN_CPU, 0};
constexpr DeviceChoice kOpenCl = {KILN_OPENCL, 0};

class DeviceSession : public OpenClTest {
 protected:
  DeviceSession() {
    Array x = allocate(KILN_F32, {22, 2}), y = allocate(KILN_F32, {22, 1});
    for (int i = 0; i < 22; ++i) {
      x.as<float>()[2 * i] = static_cast<float>(i % 5) / 5;
      x.as<float>()[2 * i + 1] = static_cast<float>(i % 7) / 7;
      y.as<float>()[i] = x.as<float>()[2 * i] - 2 * x.as<float>()[2 * i + 1] + 0.5f;
    }
    examples_ = Examples(x, y);
    launches_until_failure() = -1;
  }

  static Session session(const DeviceChoice& device, uint64_t seed = 0) {
    auto session = Session::create(&fake_device_regression(), 1, device);
    EXPECT_TRUE(session) << session.error().to_string();
    EXPECT_TRUE(session->initialize(seed));
    return std::move(*session);
  }

  static float kernel(const Session& session) {
    return *session.value(*session.find_variable("linear/kernel"))->as<float>();
  }

  static FitOptions options(int epochs) {
    FitOptions options;
    options.verbose = 0;
    options.epochs = epochs;
    options.validation_split = 0.25;
    return options;
  }

  Examples examples_;
};

TEST_F(DeviceSession, VariablesAreReadAndWritten) {
  Session on_device = session(kOpenCl, 3);
  ASSERT_NE(on_device.device(), nullptr);
  EXPECT_STREQ(on_device.target().name, "x86-64-linux-opencl");
  EXPECT_EQ(kernel(on_device), 3.25f);
  const float values[] = {7, 8};
  ASSERT_TRUE(on_device.set_value(*on_device.find_variable("linear/kernel"), values));
  EXPECT_EQ(kernel(on_device), 7);
}

TEST_F(DeviceSession, SnapshotsGoFromOneDeviceToAnother) {
  Session on_device = session(kOpenCl, 3), on_cpu = session(kCpu, 4);
  ASSERT_EQ(on_cpu.device(), nullptr);
  ASSERT_TRUE(on_cpu.restore(*on_device.snapshot()));
  EXPECT_EQ(kernel(on_cpu), 3.25f);
  EXPECT_EQ(*on_cpu.snapshot(), *on_device.snapshot());
  EXPECT_FALSE(on_device.restore(std::vector<std::byte>(8)));
}

TEST_F(DeviceSession, MetricsAreResetAndTheRestIsNot) {
  Session on_device = session(kOpenCl);
  const std::vector<std::byte> ones(fake_device_regression().state_bytes, std::byte{1});
  ASSERT_TRUE(on_device.restore(ones));
  ASSERT_TRUE(on_device.reset_metrics());
  EXPECT_EQ(*number_of<float>(on_device, *on_device.find_variable("loss/count")), 0);
  EXPECT_NE(kernel(on_device), 0);
}

TEST_F(DeviceSession, TrainsEvaluatesAndPredictsAsTheCpuDoes) {
  Session on_device = session(kOpenCl), on_cpu = session(kCpu);
  const auto device_history = fit(on_device, examples_, options(5));
  const auto cpu_history = fit(on_cpu, examples_, options(5));
  ASSERT_TRUE(device_history) << device_history.error().to_string();
  ASSERT_EQ(device_history->names, cpu_history->names);
  for (size_t m = 0; m < cpu_history->values.size(); ++m) {
    for (size_t epoch = 0; epoch < 5; ++epoch)
      EXPECT_NEAR(device_history->values[m][epoch], cpu_history->values[m][epoch], 1e-5)
          << cpu_history->names[m] << " " << epoch;
  }
  EvaluateOptions quiet;
  quiet.verbose = 0;
  const Metrics on_device_metrics = *evaluate(on_device, examples_, quiet);
  const Metrics on_cpu_metrics = *evaluate(on_cpu, examples_, quiet);
  for (size_t m = 0; m < on_cpu_metrics.size(); ++m)
    EXPECT_NEAR(on_device_metrics[m].value, on_cpu_metrics[m].value, 1e-5);
  const Array device_y = (*predict(on_device, examples_.x))[0];
  const Array cpu_y = (*predict(on_cpu, examples_.x))[0];
  for (int i = 0; i < 22; ++i)
    EXPECT_NEAR(device_y.as<float>()[i], cpu_y.as<float>()[i], 1e-5) << i;
}

TEST_F(DeviceSession, CallbacksSeeEachBatch) {
  Session on_device = session(kOpenCl);
  const float infinite = INFINITY;
  ASSERT_TRUE(on_device.set_value(*on_device.find_variable("linear/bias"), &infinite));
  FitOptions with_callback = options(3);
  with_callback.callbacks = {TerminateOnNaN(true)};
  const auto history = fit(on_device, examples_, with_callback);
  ASSERT_FALSE(history);
  EXPECT_THAT(history.error().message, HasSubstr("after batch 0"));
}

TEST_F(DeviceSession, TheBestWeightsComeBack) {
  Session on_device = session(kOpenCl);
  FitOptions with_callback = options(6);
  EarlyStopping stopping(
      {.monitor = "loss", .min_delta = 100, .patience = 2, .restore_best_weights = true});
  with_callback.callbacks = {stopping};
  Session first_epoch = session(kOpenCl);
  ASSERT_TRUE(fit(first_epoch, examples_, options(1)));
  ASSERT_TRUE(fit(on_device, examples_, with_callback));
  EXPECT_EQ(kernel(on_device), kernel(first_epoch));
}

TEST_F(DeviceSession, WeightsFilesAreTheSame) {
  const std::string path = ::testing::TempDir() + "/device_weights.npz";
  Session saved = session(kOpenCl);
  ASSERT_TRUE(fit(saved, examples_, options(2)));
  ASSERT_TRUE(save_weights(saved, path, SaveState::kWeightsAndOptimizer));
  for (const DeviceChoice& device : {kOpenCl, kCpu}) {
    Session loaded = session(device, 9);
    ASSERT_TRUE(load_weights(loaded, path));
    EXPECT_EQ(kernel(loaded), kernel(saved));
    EXPECT_EQ(*number_of<int64_t>(loaded, *loaded.find_variable("optimizer/iterations")), 8);
  }
}

TEST_F(DeviceSession, AfterADeviceFailedTheLastCheckpointTrainsOnToTheSameBits) {
  const std::string folder = ::testing::TempDir() + "/device_backup";
  std::filesystem::remove_all(folder);
  Session straight = session(kOpenCl);
  ASSERT_TRUE(fit(straight, examples_, options(4)));
  FitOptions with_backup = options(4);
  with_backup.callbacks = {BackupAndRestore({folder})};
  {
    Session lost = session(kOpenCl);
    launches_until_failure() = 17;
    const auto history = fit(lost, examples_, with_backup);
    ASSERT_FALSE(history);
    EXPECT_THAT(history.error().to_string(), HasSubstr("error: opencl:0 ("));
    EXPECT_THAT(history.error().to_string(), HasSubstr("a_lost_kernel"));
    EXPECT_THAT(history.error().to_string(), HasSubstr("--backup"));
    launches_until_failure() = -1;
  }
  ASSERT_TRUE(std::filesystem::exists(folder + "/latest.npz"));
  Session resumed = session(kOpenCl, 5);
  const auto history = fit(resumed, examples_, with_backup);
  ASSERT_TRUE(history) << history.error().to_string();
  EXPECT_EQ(*resumed.snapshot(), *straight.snapshot());
}

TEST_F(DeviceSession, TooLittleMemoryIsSaidBeforeAnyIsTaken) {
  const EnvironmentEntry little("KILN_DEVICE_MEMORY", "0");
  const auto refused = Session::create(&fake_device_regression(), 1, kOpenCl);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "the model needs 2.6 KiB, the device has 0 bytes by KILN_DEVICE_MEMORY");
  EXPECT_EQ(
      refused.error().note,
      "state 512 bytes, arena 256 bytes, temporaries 128 bytes, constants 0 bytes, inputs 1.3 KiB, "
      "outputs 384 bytes; a smaller batch size needs less");
}

TEST_F(DeviceSession, AMemoryLimitThatIsNoNumberIsAnError) {
  for (const char* wrong : {"4G", "-1", "x", "99999999999999"}) {
    const EnvironmentEntry limit("KILN_DEVICE_MEMORY", wrong);
    EXPECT_EQ(Session::create(&fake_device_regression(), 1, kOpenCl).error().to_string(),
              "error: KILN_DEVICE_MEMORY: \"" + std::string(wrong) + "\" is not a number of MiB");
  }
}

TEST_F(DeviceSession, ExamplesThatDoNotFitTrainToTheSameBits) {
  Session roomy = session(kOpenCl), tight = session(kOpenCl);
  const auto expected = fit(roomy, examples_, options(4));
  const EnvironmentEntry nothing_more("KILN_DEVICE_MEMORY", "0");
  const auto history = fit(tight, examples_, options(4));
  ASSERT_TRUE(expected && history);
  EXPECT_EQ(history->values, expected->values);
  EXPECT_EQ(*tight.snapshot(), *roomy.snapshot());
}

TEST_F(DeviceSession, ExamplesGoToTheDeviceOnce) {
  const auto bytes_up = [this](int epochs) {
    Session on_device = session(kOpenCl);
    EXPECT_TRUE(fit(on_device, examples_, options(epochs)));
    return on_device.device()->counters().bytes_up;
  };
  // An order of 16 rows an epoch.
  EXPECT_EQ(bytes_up(9) - bytes_up(2), 7 * 64);
}

TEST_F(DeviceSession, OnePassIsNotWorthKeepingExamples) {
  Session roomy = session(kOpenCl), tight = session(kOpenCl);
  ASSERT_TRUE(fit(roomy, examples_, options(1)));
  const EnvironmentEntry nothing_more("KILN_DEVICE_MEMORY", "0");
  ASSERT_TRUE(fit(tight, examples_, options(1)));
  EXPECT_EQ(roomy.device()->counters().bytes_up, tight.device()->counters().bytes_up);
}

TEST_F(DeviceSession, WithoutAChoiceAProcessorIsTheCpu) {
  const auto infos = list_devices(KILN_OPENCL);
  if ((*infos)[0].is_gpu) GTEST_SKIP() << "the device is a GPU, which is chosen";
  auto chosen = Session::create(&fake_device_regression(), 1);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->device(), nullptr);
}

TEST_F(DeviceSession, AModelForTheCpuAloneSaysSo) {
  const auto refused = Session::create(&fake_regression(), 1, kOpenCl);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().to_string(),
            "error: fake: has no code for opencl\n"
            "note: it has code for cpu; compile it with --device=opencl");
}

}  // namespace
}  // namespace kiln::runtime
