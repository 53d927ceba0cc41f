// Training that is killed again and again ends with the bits of training that is not: real
// processes, SIGKILL at random moments.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kExamples = 12000;

class Resume : public testing::Test {
 protected:
  void SetUp() override {
    program_ = std::filesystem::absolute("tests/runtime/program/fake_executable");
    folder_ = test_path(testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    Array x = allocate(KILN_F32, {kExamples, 2});
    Array y = allocate(KILN_F32, {kExamples, 1});
    for (int64_t i = 0; i < kExamples; ++i) {
      x.as<float>()[2 * i] = static_cast<float>(i % 97) / 97;
      x.as<float>()[2 * i + 1] = static_cast<float>(i % 89) / 89;
      y.as<float>()[i] = static_cast<float>(i % 7) + 3 * x.as<float>()[2 * i];
    }
    ASSERT_TRUE(save_npy(path("x.npy"), x));
    ASSERT_TRUE(save_npy(path("y.npy"), y));
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  // The command whose results are in `out`.
  std::vector<std::string> command(const std::string& out) const {
    std::filesystem::create_directories(path(out));
    const std::string in = path(out) + "/";
    return {program_,
            "fit",
            "--data",
            path("x.npy") + "," + path("y.npy"),
            "--epochs=12",
            "--validation-split=0.25",
            "--seed=5",
            "--verbose=2",
            "--threads=1",
            "--early-stopping=patience=4,restore_best_weights",
            "--reduce-lr=patience=1,factor=0.5",
            "--checkpoint=" + in + "best.npz,save_best_only",
            "--csv-log=" + in + "log.csv",
            "--history=" + in + "history.json",
            "--save=" + in + "weights.npz"};
  }

  pid_t start(std::vector<std::string> words, int64_t file_limit = 0) const {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child != 0) return child;
    const int log = open(path("log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (file_limit > 0) {
      // What a full disk does: writing fails. (The signal would end the program first.)
      signal(SIGXFSZ, SIG_IGN);
      const rlimit limit = {static_cast<rlim_t>(file_limit), static_cast<rlim_t>(file_limit)};
      setrlimit(RLIMIT_FSIZE, &limit);
    }
    execv(arguments[0], arguments.data());
    _exit(127);
  }

  // The exit status, or 128 + the signal.
  static int wait_for(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  int run(const std::vector<std::string>& words, int64_t file_limit = 0) const {
    return wait_for(start(words, file_limit));
  }

  std::string log() const { return read_test_file(path("log")); }

  void expect_same_results(const std::string& a, const std::string& b) const {
    for (const char* name : {"/weights.npz", "/best.npz", "/log.csv", "/history.json"}) {
      const std::string expected = read_test_file(path(a + name));
      EXPECT_FALSE(expected.empty()) << name;
      EXPECT_TRUE(expected == read_test_file(path(b + name))) << name << " differs\n" << log();
    }
  }

  std::string program_, folder_;
};

// The words with another, in place of the one that gives the same option ("--seed=5").
std::vector<std::string> with(std::vector<std::string> words, const std::string& word) {
  const std::string option = word.substr(0, word.find('=')) + "=";
  std::erase_if(words, [&](const std::string& other) { return other.starts_with(option); });
  words.push_back(word);
  return words;
}

TEST_F(Resume, KilledAtAnyMomentEndsWithTheSameBits) {
  ASSERT_EQ(run(command("straight")), 0) << log();
  std::mt19937 random(11);
  for (const char* frequency : {"", ",save_freq=600", ",save_freq=2250"}) {
    const std::string out = "killed" + std::to_string(std::string(frequency).size());
    const std::vector<std::string> words =
        with(command(out), "--backup=" + path(out) + "/backup" + frequency);
    int kills = 0;
    int status = -1;
    // Each time a little longer, so that the training ends also on a slow machine.
    for (int attempt = 1; status != 0 && attempt < 400; ++attempt) {
      const pid_t child = start(words);
      usleep(static_cast<useconds_t>(random() % (2000 * attempt)));
      kill(child, SIGKILL);
      status = wait_for(child);
      ASSERT_TRUE(status == 0 || status == 128 + SIGKILL) << log();
      kills += status == 0 ? 0 : 1;
    }
    ASSERT_EQ(status, 0);
    EXPECT_GE(kills, 5);
    expect_same_results("straight", out);
    EXPECT_FALSE(std::filesystem::exists(path(out) + "/backup")) << "it is removed at the end";
  }
}

TEST_F(Resume, CtrlCKeepsTheCheckpointAndEndsWith130) {
  ASSERT_EQ(run(command("straight")), 0);
  const std::vector<std::string> words =
      with(command("stopped"), "--backup=" + path("stopped/backup"));
  int stops = 0;
  int status = -1;
  for (int attempt = 1; status != 0 && attempt < 200; ++attempt) {
    const pid_t child = start(words);
    usleep(static_cast<useconds_t>(3000 * attempt));
    kill(child, SIGINT);
    status = wait_for(child);
    // Before and behind the training a signal ends the program as ever.
    ASSERT_TRUE(status == 0 || status == 130) << status << log();
    if (log().find("error: interrupted in epoch ") != std::string::npos) {
      ++stops;
      EXPECT_NE(log().find("note: the same command goes on from there"), std::string::npos);
      EXPECT_TRUE(std::filesystem::exists(path("stopped/backup/latest.npz")));
    }
  }
  ASSERT_EQ(status, 0) << log();
  EXPECT_GE(stops, 1);
  expect_same_results("straight", "stopped");
}

// The checkpoint of a shorter run.
class Checkpoint : public Resume {
 protected:
  void SetUp() override {
    Resume::SetUp();
    words_ = with(command("run"), "--backup=" + path("backup") + ",save_freq=1000");
    std::vector<std::string> stopped = words_;
    stopped.back() += ",delete_checkpoint=false";
    ASSERT_EQ(run(with(stopped, "--epochs=3")), 0) << log();
    ASSERT_TRUE(std::filesystem::exists(checkpoint()));
  }

  std::string checkpoint() const { return path("backup/latest.npz"); }

  std::string error_of(const std::vector<std::string>& words) {
    EXPECT_EQ(run(words), 2);
    const size_t start = log().find("error: ");
    return start == std::string::npos ? "no error" : log().substr(start);
  }

  std::vector<std::string> words_;
};

TEST_F(Checkpoint, ALongerRunGoesOnFromIt) {
  ASSERT_EQ(run(command("straight")), 0);
  ASSERT_EQ(run(words_), 0) << log();
  EXPECT_NE(log().find("going on in epoch 4, after step 0, from "), std::string::npos) << log();
  expect_same_results("straight", "run");
}

TEST_F(Checkpoint, OfAnotherRunIsRefused) {
  auto refused = [&](const std::string& option, const std::string& message) {
    const std::string error = error_of(with(words_, option));
    EXPECT_EQ(error, "error: " + checkpoint() + ": is the checkpoint of another run: " + message +
                         "\nnote: remove the file to train from the beginning, or give this run "
                         "another directory\n");
  };
  refused("--seed=6", "its seed is 5, here it is 6");
  refused("--no-shuffle", "its shuffle is 1, here it is 0");
  refused("--validation-split=0.5", "its number of examples is 9000, here it is 6000");
  refused("--steps-per-epoch=7", "its steps_per_epoch is 0, here it is 7");
  refused("--terminate-on-nan",
          "its callbacks are ReduceLROnPlateau, EarlyStopping, ModelCheckpoint, CSVLogger, "
          "BackupAndRestore, those here ReduceLROnPlateau, EarlyStopping, ModelCheckpoint, "
          "CSVLogger, TerminateOnNaN, BackupAndRestore");
}

TEST_F(Checkpoint, OfAnotherModelIsRefused) {
  auto arrays = load_npz(checkpoint());
  ASSERT_TRUE(arrays);
  for (NamedArray& named : *arrays) {
    if (named.name == "variables/linear/bias") named.name = "variables/dense/bias";
  }
  ASSERT_TRUE(save_npz(checkpoint(), *arrays));
  EXPECT_EQ(error_of(words_).find("error: " + checkpoint() +
                                  ": is the checkpoint of another run: it has no variable "
                                  "\"linear/bias\""),
            0u)
      << log();
}

TEST_F(Checkpoint, ADamagedOneIsRefused) {
  const std::string whole = read_test_file(checkpoint());
  for (const size_t length : {size_t{0}, size_t{10}, whole.size() / 2, whole.size() - 1}) {
    std::filesystem::resize_file(checkpoint(), length);
    const std::string error = error_of(words_);
    EXPECT_EQ(error.find("error: " + checkpoint() + ": cannot go on from it: "), 0u) << error;
    EXPECT_NE(error.find("note: remove the file to train from the beginning"), std::string::npos);
    FILE* file = std::fopen(checkpoint().c_str(), "wb");
    std::fwrite(whole.data(), 1, whole.size(), file);
    std::fclose(file);
  }
  std::string flipped = whole;
  flipped[whole.size() / 3] = static_cast<char>(flipped[whole.size() / 3] ^ 0x10);
  FILE* file = std::fopen(checkpoint().c_str(), "wb");
  std::fwrite(flipped.data(), 1, flipped.size(), file);
  std::fclose(file);
  EXPECT_EQ(error_of(words_).find("error: " + checkpoint()), 0u) << log();
}

TEST_F(Checkpoint, WhatWritersThatWereKilledLeftIsRemoved) {
  const std::string abandoned = checkpoint() + ".tmp4242";
  std::filesystem::copy_file(checkpoint(), abandoned);
  ASSERT_EQ(run(words_), 0) << log();
  EXPECT_FALSE(std::filesystem::exists(abandoned));
}

TEST_F(Resume, AFullDiskIsOneErrorAndKeepsTheOldCheckpoint) {
  // Room for the CSV, not for the checkpoint.
  const std::vector<std::string> words = with(command("full"), "--backup=" + path("backup"));
  EXPECT_EQ(run(words, 1000), 2) << log();
  EXPECT_NE(log().find("cannot write: File too large"), std::string::npos) << log();
  EXPECT_FALSE(std::filesystem::exists(path("backup/latest.npz")));
  EXPECT_TRUE(std::filesystem::is_empty(path("backup"))) << "no temporary file is left";
}

TEST_F(Resume, ADirectoryThatCannotBeMadeIsAnErrorBeforeTraining) {
  EXPECT_EQ(run(with(command("wrong"), "--backup=" + path("x.npy") + "/backup")), 2);
  EXPECT_EQ(log().find("Epoch 1"), std::string::npos) << log();
  EXPECT_NE(log().find("error: " + path("x.npy") + ": cannot make the directory"),
            std::string::npos)
      << log();
}

}  // namespace
}  // namespace kiln::runtime
