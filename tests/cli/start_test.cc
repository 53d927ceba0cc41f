// kiln and kiln-codegen: who does what, and what may go wrong between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const std::string kData = "digits:train=64,test=10";

/// A copy of the kiln command alone, with a cache of its own.
class Start : public testing::Test {
 protected:
  Start() {
    fs::create_directories(folder_);
    fs::copy_file(fs::canonical(kiln()), kiln_);
  }
  ~Start() override { fs::remove_all(folder_); }

  void add_code_generator() const {
    fs::create_symlink(fs::canonical(kiln()).parent_path() / "kiln-codegen", codegen_);
  }

  CommandResult run(std::vector<std::string> words, const std::string& cache = "cache") const {
    words.insert(words.begin(), kiln_);
    return run_command(words, {"KILN_CACHE=" + folder_ + "/" + cache});
  }

  std::string missing() const {
    return "error: " + codegen_ +
           ": cannot start kiln's code generator: No such file or directory\n"
           "note: it belongs beside the kiln command; install kiln again\n";
  }

  const std::string folder_ =
      temporary(testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string kiln_ = folder_ + "/kiln", codegen_ = folder_ + "/kiln-codegen";
  const std::string program_ = folder_ + "/program";
};

TEST_F(Start, WhatIsCompiledAlreadyNeedsNoCodeGenerator) {
  const std::vector<std::string> commands[] = {
      {"compile", "mnist_mlp", "-o", program_},
      {"fit", "mnist_mlp", "--data", kData, "--save", folder_ + "/weights.npz"},
      {"evaluate", "mnist_mlp", "--data", kData, "--weights", folder_ + "/weights.npz"},
      {"predict", "mnist_mlp", "--data", kData, "--weights", folder_ + "/weights.npz"},
      {"devices"},
      {"--version"},
  };
  std::vector<std::string> cold;
  add_code_generator();
  for (const auto& command : commands) {
    const CommandResult result = run(command);
    ASSERT_EQ(result.status, 0) << result.err;
  }
  const std::string program = read_file(program_), weights = read_file(folder_ + "/weights.npz");
  fs::remove(codegen_);
  for (const auto& command : commands) {
    const CommandResult result = run(command);
    EXPECT_EQ(result.status, 0) << result.err;
  }
  EXPECT_TRUE(read_file(program_) == program);
  EXPECT_TRUE(read_file(folder_ + "/weights.npz") == weights);
}

TEST_F(Start, AMissingCodeGeneratorIsAnError) {
  const CommandResult result = run({"compile", "mnist_mlp", "-o", program_});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err, missing());
  EXPECT_EQ(result.out, "");
  EXPECT_FALSE(exists(program_));
  // Other mistakes come first: they need none.
  EXPECT_THAT(run({"compile", "mnist_mlq", "-o", program_}).err,
              HasSubstr("mnist_mlq: there is no such file"));
  EXPECT_EQ(run({"inspect", "mnist_mlp"}).status, 0);
}

TEST_F(Start, WithoutTheCacheCodeIsGenerated) {
  add_code_generator();
  ASSERT_EQ(run({"compile", "mnist_mlp", "-o", program_}).status, 0);
  fs::remove(codegen_);
  EXPECT_EQ(run({"compile", "mnist_mlp", "-o", program_, "--no-cache"}).err, missing());
}

TEST_F(Start, ACodeGeneratorOfAnotherBuildIsAnError) {
  fs::create_symlink(kiln_, codegen_);
  const CommandResult result = run({"compile", "mnist_mlp", "-o", program_});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err, "error: " + kiln_ +
                            ": is not of the same build as kiln\n"
                            "note: install kiln again\n");
  const CommandResult handed_over =
      run_command({kiln_, "--version"}, {"KILN_HANDOVER=0123 456", "KILN_CACHE=" + folder_});
  EXPECT_EQ(handed_over.status, 2);
  EXPECT_EQ(handed_over.err, result.err);
}

TEST_F(Start, ACacheThatCannotBeWrittenCostsTimeAlone) {
  add_code_generator();
  write_temporary("a_file", "");
  for (int i = 0; i < 2; ++i) {
    const CommandResult result = run({"compile", "mnist_mlp", "-o", program_}, "../a_file");
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("0 of them from the cache"));
  }
}

TEST_F(Start, AFullDiskIsAnError) {
  add_code_generator();
  // A program is longer than the files that this shell lets its commands write.
  const std::string command =
      "trap '' XFSZ; ulimit -f 100; exec " + kiln_ + " compile mnist_mlp -o " + program_;
  const CommandResult result =
      run_command({"/bin/bash", "-c", command}, {"KILN_CACHE=" + folder_ + "/cache"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err, HasSubstr("is the disk full?"));
  EXPECT_FALSE(exists(program_));
}

TEST_F(Start, ModelsComeThroughPipes) {
  add_code_generator();
  const std::string command = kiln_ + " inspect mnist_mlp > " + folder_ + "/m.kir; mkfifo " +
                              folder_ + "/pipe.kir; cat " + folder_ + "/m.kir > " + folder_ +
                              "/pipe.kir & exec " + kiln_ + " compile " + folder_ +
                              "/pipe.kir -o " + program_;
  const CommandResult result = run_command(
      {"/bin/bash", "-c", command}, {"PATH=/usr/bin:/bin", "KILN_CACHE=" + folder_ + "/cache"});
  EXPECT_EQ(result.status, 0) << result.err;
}

TEST_F(Start, TimingsBeginWithTheCommand) {
  add_code_generator();
  for (const char* rows : {"cold", "warm"}) {
    const CommandResult result = run({"compile", "mnist_mlp", "-o", program_, "--timings"});
    EXPECT_THAT(result.out, HasSubstr("\nstart  ")) << rows;
    EXPECT_THAT(result.out, HasSubstr("\nlink  ")) << rows;
  }
}

}  // namespace
}  // namespace kiln::tests
