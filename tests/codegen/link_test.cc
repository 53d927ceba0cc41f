// Executables and shared libraries: they link, and run without anything around them.
#include "codegen/link.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "codegen/cache.h"
#include "codegen/compile.h"
#include "codegen/loaded_code.h"
#include "codegen/temporary_directory.h"
#include "ir/parser.h"
#include "runtime/device/halide_runtime.h"
#include "runtime/device/kernel_calls.h"
#include "tests/codegen/fusion_case.h"
#include "tests/codegen/mlp.h"
#include "tests/runtime/device/environment_entry.h"

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
  void write_program(const std::string& bytes) const {
    std::ofstream(output_, std::ios::binary) << bytes;
    fs::permissions(output_, fs::perms::owner_all);
  }

  codegen::TemporaryDirectory directory_ = std::move(*codegen::TemporaryDirectory::create());
  std::string output_ = directory_.file("model");
};

TEST_F(LinkTest, ExecutableRunsByItself) {
  const auto bytes = codegen::link_executable(small_model());
  ASSERT_TRUE(bytes) << bytes.error().to_string();
  write_program(*bytes);
  const auto [status, text] = run(output_, "info", directory_.file("log"));
  EXPECT_EQ(status, 0) << text;
  EXPECT_NE(text.find("dense/kernel"), std::string::npos) << text;
  EXPECT_LT(bytes->size(), 1780000u);
  EXPECT_EQ(bytes->find("libOpenCL"), std::string::npos) << "a driver is linked in";
  RecordProperty("executable_bytes", static_cast<int>(bytes->size()));
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
  const auto linked = codegen::link_executable(*code);
  EXPECT_TRUE(linked) << linked.error().to_string();
}

TEST_F(LinkTest, WhatIsMissingIsNamed) {
  auto code = small_model();
  code.objects.pop_back();
  testing::internal::CaptureStderr();
  const auto linked = codegen::link_executable(code);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_FALSE(linked);
  EXPECT_NE(linked.error().message.find("undefined symbol"), std::string::npos)
      << linked.error().message;
}

TEST_F(LinkTest, LinkedFilesAreKept) {
  const runtime::EnvironmentEntry cache("KILN_CACHE", directory_.file("cache"));
  const ir::Module module = std::move(*ir::parse_module(kMlp));
  const codegen::CompileOptions options{{codegen::host_target(2)}};
  for (const auto compile : {codegen::compile_executable, codegen::compile_shared_object}) {
    fs::remove_all(directory_.file("cache"));
    codegen::CompileStatistics cold, warm, again;
    const auto first = compile(module, options, &cold);
    ASSERT_TRUE(first) << first.error().to_string();
    EXPECT_EQ(cold.cache_hits, 0);
    // The linked file is all that is needed.
    fs::remove_all(directory_.file("cache/kernels"));
    const auto second = compile(module, options, &warm);
    EXPECT_EQ(warm.cache_hits, warm.kernels);
    EXPECT_TRUE(warm.program_cached);
    EXPECT_TRUE(*second == *first);
    for (const auto& entry : fs::directory_iterator(directory_.file("cache/linked")))
      fs::resize_file(entry.path(), 1000);
    const auto third = compile(module, options, &again);
    EXPECT_EQ(again.cache_hits, 0);
    EXPECT_TRUE(*third == *first);
  }
}

TEST_F(LinkTest, OtherTargetsAreOtherFiles) {
  const runtime::EnvironmentEntry cache("KILN_CACHE", directory_.file("cache"));
  const ir::Module module = std::move(*ir::parse_module(kMlp));
  codegen::CompileStatistics statistics;
  ASSERT_TRUE(codegen::compile_shared_object(module, {{codegen::host_target(2)}}));
  ASSERT_TRUE(codegen::compile_shared_object(module, {{codegen::host_target(3)}}, &statistics));
  EXPECT_EQ(statistics.cache_hits, 0);
}

TEST(LoadedCode, FindsAllThatTheRuntimeHas) {
  ASSERT_TRUE(codegen::LoadedCode::load(*codegen::link_shared_object(small_model())));
  for (const auto list : {runtime::halide_runtime_symbols(), runtime::kernel_call_symbols()}) {
    for (const runtime::Symbol& symbol : list)
      EXPECT_EQ(dlsym(RTLD_DEFAULT, symbol.name), symbol.address) << symbol.name;
  }
}

TEST(LoadedCode, ManyAreLoadedSideBySide) {
  const std::string bytes = *codegen::link_shared_object(small_model());
  const auto first = codegen::LoadedCode::load(bytes);
  ASSERT_TRUE(first);
  const std::string name = first->model()->functions[0].name;
  for (int i = 0; i < 3; ++i) {
    const auto other = codegen::LoadedCode::load(bytes);
    ASSERT_TRUE(other);
    EXPECT_NE(other->model(), first->model());
  }
  EXPECT_EQ(first->model()->functions[0].name, name);
}

TEST(LoadedCode, DamageIsAnError) {
  const auto loaded = codegen::LoadedCode::load("junk");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().to_string(), "error: cannot load the compiled code: file too short");
}

TEST(LoadedCode, MissingKernelsAreAnError) {
  auto code = small_model();
  const std::string missing = code.objects.back().name;
  code.objects.pop_back();
  const auto bytes = codegen::link_shared_object(code);
  ASSERT_TRUE(bytes) << bytes.error().to_string();
  const auto loaded = codegen::LoadedCode::load(*bytes);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("undefined symbol: " + missing), std::string::npos)
      << loaded.error().message;
}

}  // namespace
}  // namespace kiln::tests
