#include "tests/cli/command.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/data/npy.h"

namespace kiln::tests {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

void redirect(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(file, descriptor);
  close(file);
}

// AddressSanitizer says on the first change of stacks, which is Halide's, that it knows little of
// such: not the program's words. A program that becomes another one says so twice.
std::string without_sanitizers_words(std::string err) {
  while (err.starts_with("==") && err.find("WARNING: ASan") < err.find('\n'))
    err.erase(0, err.find('\n') + 1);
  return err;
}

}  // namespace

std::string temporary(const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) /
      ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::create_directories(folder);
  return folder / name;
}

std::string write_temporary(const std::string& name, const std::string& text) {
  std::string path = temporary(name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string save_temporary(const std::string& name, const runtime::Array& array) {
  std::string path = temporary(name);
  EXPECT_TRUE(runtime::save_npy(path, array));
  return path;
}

bool exists(const std::string& path) { return std::filesystem::exists(path); }

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string kiln() { return std::filesystem::absolute("frontend/cli/kiln"); }

CommandResult run_command(const std::vector<std::string>& words,
                          const std::vector<std::string>& environment) {
  const std::string out = temporary("stdout"), err = temporary("stderr");
  std::vector<std::string> variables = environment;
  // The kernel cache of all tests together.
  variables.push_back("KILN_CACHE=" + ::testing::TempDir() + "/cache");
  std::vector<char*> arguments = pointers(words);
  std::vector<char*> entries = pointers(variables);
  const pid_t child = fork();
  if (child == 0) {
    redirect(out, STDOUT_FILENO);
    redirect(err, STDERR_FILENO);
    execve(arguments[0], arguments.data(), entries.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(out),
          without_sanitizers_words(read_file(err))};
}

void expect_mistake(const std::vector<std::string>& words, const std::string& says) {
  const CommandResult result = run_command(words);
  EXPECT_EQ(result.status, 2) << result.out;
  EXPECT_THAT(result.err, ::testing::StartsWith("error: "));
  EXPECT_THAT(result.err, ::testing::HasSubstr(says));
}

}  // namespace kiln::tests
