// Training on a device through OpenCL, PoCL's or another, as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::HasSubstr;

const std::string kDigits = "digits:train=320,test=50,seed=3";

class OnOpenCl : public ::testing::Test {
 protected:
  void SetUp() override {
    if (run({"devices"}).out.find("opencl:0") == std::string::npos)
      GTEST_SKIP() << "NO OPENCL DEVICE: nothing is tested here; install pocl-opencl-icd";
  }

  static CommandResult run(std::vector<std::string> words,
                           std::vector<std::string> environment = {}) {
    words.insert(words.begin(), kiln());
    environment.push_back("POCL_CACHE_DIR=" + ::testing::TempDir() + "/pocl");
    environment.push_back("PATH=/usr/bin:/bin");  // PoCL links kernels with `ld`
    return run_command(words, environment);
  }

  static CommandResult fit(const std::string& device, std::vector<std::string> more,
                           const std::vector<std::string>& environment = {}) {
    more.insert(more.begin(), {"fit", "mnist_mlp", "--data", kDigits, "--device", device});
    return run(more, environment);
  }

  static void expect_near(const runtime::Array& actual, const runtime::Array& expected,
                          const std::string& what) {
    ASSERT_EQ(actual.name(), expected.name()) << what;
    if (expected.type != KILN_F32) return;
    for (int64_t i = 0; i < expected.element_count(); ++i) {
      ASSERT_NEAR(actual.as<float>()[i], expected.as<float>()[i], 1e-4) << what << "[" << i << "]";
    }
  }
};

TEST_F(OnOpenCl, FitAndPredictGiveTheNumbersOfTheCpu) {
  for (const std::string device : {"cpu", "opencl"}) {
    const CommandResult trained =
        fit(device, {"--epochs", "2", "--save", temporary(device + ".npz")});
    ASSERT_EQ(trained.status, 0) << trained.err;
    const bool says_so = trained.out.find("device: opencl:0 (") != std::string::npos;
    EXPECT_EQ(says_so, device == "opencl") << trained.out;
    const CommandResult predicted =
        run({"predict", "mnist_mlp", "--data", kDigits, "--weights", temporary("cpu.npz"),
             "--device", device, "-o", temporary(device + ".npy")});
    ASSERT_EQ(predicted.status, 0) << predicted.err;
  }
  expect_near(*runtime::load_npy(temporary("opencl.npy")), *runtime::load_npy(temporary("cpu.npy")),
              "predictions");
  const auto expected = *runtime::load_npz(temporary("cpu.npz"));
  const auto actual = *runtime::load_npz(temporary("opencl.npz"));
  for (const runtime::NamedArray& named : expected)
    expect_near(*runtime::find_array(actual, named.name), named.array, named.name);
}

TEST_F(OnOpenCl, AnExecutableForBothTrainsAsKilnDoesOnEither) {
  const std::string model = temporary("model");
  const CommandResult compiled =
      run({"compile", "mnist_mlp", "--device", "cpu,opencl", "-o", model});
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  for (const std::string device : {"cpu", "opencl"}) {
    const std::vector<std::string> saved = {temporary("kiln_" + device + ".npz"),
                                            temporary("model_" + device + ".npz")};
    ASSERT_EQ(fit(device, {"--save", saved[0]}).status, 0);
    const CommandResult trained =
        run_command({model, "fit", "--data", kDigits, "--device", device, "--save", saved[1]},
                    {"POCL_CACHE_DIR=" + ::testing::TempDir() + "/pocl", "PATH=/usr/bin:/bin"});
    ASSERT_EQ(trained.status, 0) << trained.err;
    EXPECT_TRUE(read_file(saved[0]) == read_file(saved[1])) << device;
  }
  const CommandResult refused = run_command({model, "fit", "--data", kDigits, "--device", "cuda"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("has no code for cuda"));
}

TEST(Inspect, KernelsAreLaunchesAndSource) {
  const CommandResult launches =
      run_command({kiln(), "inspect", "mnist_mlp", "--function", "predict_step", "--kernels"});
  ASSERT_EQ(launches.status, 0) << launches.err;
  EXPECT_THAT(launches.out, HasSubstr("predict_step on opencl:\n  contraction mnist_mlp/dense\n"));
  EXPECT_THAT(launches.out, HasSubstr("blocks of 16x16x1   threads, 12544 bytes local"));
  EXPECT_THAT(launches.out, HasSubstr(" bytes of temporaries\n"));
  const CommandResult source = run_command({kiln(), "inspect", "mnist_mlp", "--function",
                                            "predict_step", "--source", "--device", "cuda"});
  EXPECT_THAT(source.out, HasSubstr(".visible .entry"));
  const CommandResult refused =
      run_command({kiln(), "inspect", "mnist_mlp", "--kernels", "--device", "cpu"});
  EXPECT_EQ(refused.status, 2);
}

TEST_F(OnOpenCl, TooLittleMemoryIsOneErrorThatSaysWhatTakesIt) {
  const CommandResult result = fit("opencl", {}, {"KILN_DEVICE_MEMORY=1"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("MiB, the device has 1.0 MiB by KILN_DEVICE_MEMORY\n"
                                    "note: state 1.3 MiB, arena "));
  EXPECT_THAT(result.err, HasSubstr(", temporaries "));
  EXPECT_THAT(result.err, HasSubstr("a smaller batch size needs less"));
}

TEST_F(OnOpenCl, ExamplesThatDoNotFitTrainToTheSameBits) {
  const std::vector<std::string> words = {"--epochs", "2", "--validation-split", "0.22", "--save"};
  for (const std::string memory : {"3", "300"}) {
    std::vector<std::string> more = words;
    more.push_back(temporary(memory + ".npz"));
    const CommandResult result = fit("opencl", more, {"KILN_DEVICE_MEMORY=" + memory});
    ASSERT_EQ(result.status, 0) << result.err;
  }
  EXPECT_TRUE(read_file(temporary("3.npz")) == read_file(temporary("300.npz")));
}

// PoCL's compiler ends the process where it cannot write its files; kiln's own are shorter.
TEST_F(OnOpenCl, ADriverThatEndsTheProgramIsOneError) {
  const std::string cache = "KILN_CACHE=" + temporary("cache");
  ASSERT_EQ(fit("opencl", {}, {cache}).status, 0) << "fills the cache of kernels";
  const std::string command = kiln() + " fit mnist_mlp --device opencl --data " + kDigits;
  const CommandResult result =
      run_command({"/bin/sh", "-c", "trap '' XFSZ; ulimit -f 850; exec " + command},
                  {cache, "PATH=/usr/bin:/bin", "POCL_CACHE_DIR=" + temporary("empty_pocl")});
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_THAT(result.err, HasSubstr("error: opencl:0 ("));
}

TEST_F(OnOpenCl, ADeviceThatIsNotThereIsOneError) {
  const CommandResult result = fit("opencl:77", {});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("error: opencl:77: there is no such device\nnote: there "));
}

}  // namespace
}  // namespace kiln::tests
