// Executables: they link, run without anything around them, and appear whole or not at all.
#include "codegen/link.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "codegen/cache.h"
#include "codegen/compile.h"
#include "codegen/temporary_directory.h"
#include "ir/parser.h"
#include "tests/codegen/fusion_case.h"
#include "tests/codegen/mlp.h"

namespace kiln::tests {
namespace {

namespace fs = std::filesystem;

codegen::ObjectCode small_model() {
  auto code = codegen::compile(*ir::parse_module(kMlp), {{codegen::host_target(2)}});
  EXPECT_TRUE(code) << code.error().to_string();
  return std::move(*code);
}

/// Runs a program with an empty environment; its exit status and output.
std::pair<int, std::string> run(const std::string& program, const char* argument,
                                const std::string& log) {
  const pid_t child = fork();
  if (child == 0) {
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, 1);
    dup2(out, 2);
    const char* argv[] = {program.c_str(), argument, nullptr};
    char* environment[] = {nullptr};
    execve(program.c_str(), const_cast<char**>(argv), environment);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {status, codegen::read_bytes(log).value_or("")};
}

class LinkTest : public testing::Test {
 protected:
  size_t files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(directory_.path()), {}));
  }

  codegen::TemporaryDirectory directory_ = std::move(*codegen::TemporaryDirectory::create());
  std::string output_ = directory_.file("model");
};

TEST_F(LinkTest, ExecutableRunsByItself) {
  const Status linked = codegen::link_executable(small_model(), output_);
  ASSERT_TRUE(linked) << linked.error().to_string();
  EXPECT_EQ(files(), 1u) << "temporary files were left";
  const auto [status, text] = run(output_, "info", directory_.file("log"));
  EXPECT_EQ(status, 0) << text;
  EXPECT_NE(text.find("dense/kernel"), std::string::npos) << text;
  EXPECT_LT(fs::file_size(output_), 1650000u);
  const auto bytes = codegen::read_bytes(output_);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->find("libOpenCL"), std::string::npos) << "a driver is linked in";
  RecordProperty("executable_bytes", static_cast<int>(fs::file_size(output_)));
}

TEST_F(LinkTest, KernelsFindTheirRuntime) {
  const ir::Type large{ir::ElementType::f32, {784, 128}};
  const FusionCase parallel{.name = "parallel",
                            .kind = "pointwise",
                            .inputs = {ir::Literal(large)},
                            .body = [](ir::Builder&, const std::vector<ir::Tensor>& x) {
                              return std::vector{ir::cosine(x[0])};
                            }};
  auto code = codegen::compile(planned_module({parallel}), {{codegen::host_target(2)}});
  ASSERT_TRUE(code) << code.error().to_string();
  const Status linked = codegen::link_executable(*code, output_);
  EXPECT_TRUE(linked) << linked.error().to_string();
}

TEST_F(LinkTest, LinksAgainOverARunningProgram) {
  const auto code = small_model();
  for (int i = 0; i < 2; ++i) {
    const Status linked = codegen::link_executable(code, output_);
    ASSERT_TRUE(linked) << linked.error().to_string();
  }
  EXPECT_EQ(run(output_, "info", directory_.file("log")).first, 0);
}

TEST_F(LinkTest, UnwritableOutputIsExplained) {
  const Status linked = codegen::link_executable(small_model(), directory_.file("no/such/folder"));
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().to_string(), "error: " + directory_.file("no/such/folder") +
                                            ": cannot write here: No such file or directory");
}

TEST_F(LinkTest, FailedLinkLeavesWhatWasThere) {
  auto code = small_model();
  ASSERT_TRUE(codegen::link_executable(code, output_));
  const auto before = codegen::read_bytes(output_);
  code.objects.pop_back();
  testing::internal::CaptureStderr();
  const Status linked = codegen::link_executable(code, output_);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_FALSE(linked);
  EXPECT_NE(linked.error().message.find("undefined symbol"), std::string::npos)
      << linked.error().message;
  EXPECT_EQ(codegen::read_bytes(output_), before);
  EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace kiln::tests
