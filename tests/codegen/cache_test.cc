// The cache of objects: hits, damage, writers side by side, and what a key depends on.
#include "codegen/cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "codegen/compile.h"
#include "codegen/machine.h"
#include "codegen/temporary_directory.h"
#include "ir/parser.h"
#include "tests/codegen/mlp.h"

namespace kiln::tests {
namespace {

namespace fs = std::filesystem;
using codegen::Cache;

const codegen::ObjectFile kObject = {"one",
                                     std::string("\x7f"
                                                 "ELF") +
                                         std::string(5000, 'x'),
                                     640};

class CacheTest : public testing::Test {
 protected:
  CacheTest() : directory_(std::move(*codegen::TemporaryDirectory::create())) {
    setenv("KILN_CACHE", directory_.path().c_str(), 1);
  }

  codegen::ObjectCode compile(codegen::CompileStatistics& statistics, std::string text = kMlp,
                              int threads = 1) {
    auto code =
        codegen::compile(*ir::parse_module(text), {{codegen::host_target(threads)}}, &statistics);
    EXPECT_TRUE(code) << code.error().to_string();
    return std::move(*code);
  }

  codegen::TemporaryDirectory directory_;
};

void overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(ContentHash, IsOfThePartsAndTheirLengths) {
  // $ printf 3:abc | xxh128sum
  EXPECT_EQ(codegen::content_hash({"abc"}), "e65c44bb7aba03e4df313f512e822ad8");
  EXPECT_NE(codegen::content_hash({"ab", "c"}), codegen::content_hash({"a", "bc"}));
}

TEST_F(CacheTest, TheMachineIsRemembered) {
  EXPECT_FALSE(codegen::remembered_machine());
  codegen::remember_machine(codegen::this_machine());
  EXPECT_EQ(codegen::remembered_machine(), codegen::this_machine());
}

TEST_F(CacheTest, KeepsObjects) {
  const Cache cache(directory_.file("a/b"));
  EXPECT_FALSE(cache.find("one"));
  EXPECT_TRUE(cache.store(kObject));
  EXPECT_EQ(cache.find("one"), kObject);
  EXPECT_FALSE(cache.find("two"));
}

TEST_F(CacheTest, DamagedEntriesAreAbsent) {
  const Cache cache(directory_.path());
  ASSERT_TRUE(cache.store(kObject));
  const std::string whole = *codegen::read_bytes(cache.path("one"));
  std::string flipped = whole;
  flipped[2000] ^= 1;
  std::string other_number = whole;
  other_number[kObject.bytes.size() + 16] ^= 1;
  for (const std::string& damaged : {flipped, other_number, whole.substr(0, 3000), whole + "x",
                                     whole.substr(0, 10), std::string()}) {
    overwrite(cache.path("one"), damaged);
    EXPECT_FALSE(cache.find("one")) << damaged.size();
  }
  EXPECT_TRUE(cache.store(kObject));
  EXPECT_EQ(cache.find("one"), kObject);
}

TEST_F(CacheTest, WithoutAFolderNothingIsKept) {
  EXPECT_FALSE(Cache().store(kObject));
  EXPECT_FALSE(Cache().find("one"));
  overwrite(directory_.file("file"), "");
  EXPECT_FALSE(Cache(directory_.file("file")).store(kObject));
}

TEST_F(CacheTest, WhatWasNotUsedGoesFirst) {
  const Cache cache = Cache(directory_.path()).limited_to(2 * 6000);
  const auto store = [&](const std::string& name, int minutes_ago) {
    codegen::ObjectFile object = kObject;
    object.name = name;
    EXPECT_TRUE(cache.store(object));
    fs::last_write_time(cache.path(name),
                        fs::file_time_type::clock::now() - std::chrono::minutes(minutes_ago));
  };
  store("one", 3);
  store("two", 2);
  EXPECT_TRUE(cache.find("one")) << "which makes it younger than the other";
  store("three", 0);
  EXPECT_TRUE(cache.find("one"));
  EXPECT_FALSE(cache.find("two"));
  EXPECT_TRUE(cache.find("three"));
}

TEST_F(CacheTest, WritersSideBySide) {
  const Cache cache(directory_.path());
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        EXPECT_TRUE(cache.store(kObject));
        EXPECT_EQ(cache.find("one"), kObject);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_.path()), {}), 1)
      << "temporary files were left";
}

TEST_F(CacheTest, FolderFollowsTheEnvironment) {
  EXPECT_EQ(Cache::of_user("kernels").directory(), directory_.path() + "/kernels");
  unsetenv("KILN_CACHE");
  setenv("XDG_CACHE_HOME", "/x", 1);
  EXPECT_EQ(Cache::of_user("kernels").directory(), "/x/kiln/kernels");
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/h", 1);
  EXPECT_EQ(Cache::of_user("kernels").directory(), "/h/.cache/kiln/kernels");
  unsetenv("HOME");
  EXPECT_EQ(Cache::of_user("kernels").directory(), "");
}

TEST_F(CacheTest, SecondCompilationFindsEverything) {
  codegen::CompileStatistics first, second;
  const auto cold = compile(first), warm = compile(second);
  EXPECT_EQ(first.cache_hits, 0);
  EXPECT_EQ(first.kernels, 5);
  EXPECT_FALSE(first.program_cached);
  EXPECT_EQ(second.cache_hits, second.kernels);
  EXPECT_TRUE(second.program_cached);
  ASSERT_EQ(warm.objects.size(), cold.objects.size());
  for (size_t i = 0; i < cold.objects.size(); ++i)
    EXPECT_TRUE(warm.objects[i] == cold.objects[i]) << cold.objects[i].name;
}

TEST_F(CacheTest, DamagedKernelsAreCompiledAgain) {
  codegen::CompileStatistics statistics;
  const auto code = compile(statistics);
  overwrite(Cache::of_user("kernels").path(code.objects[1].name), "junk");
  fs::resize_file(Cache::of_user("kernels").path(code.objects[0].name), 100);
  compile(statistics);
  EXPECT_EQ(statistics.cache_hits, statistics.kernels - 1);
  EXPECT_FALSE(statistics.program_cached);
  compile(statistics);
  EXPECT_EQ(statistics.cache_hits, statistics.kernels);
}

TEST_F(CacheTest, KeysDependOnCodeNotOnLocations) {
  codegen::CompileStatistics statistics;
  compile(statistics);
  std::string text = kMlp;
  text.replace(text.find("small/dense/grad"), 16, "elsewhere");
  compile(statistics, text);
  EXPECT_EQ(statistics.cache_hits, statistics.kernels);
  EXPECT_TRUE(statistics.program_cached);
  text.replace(text.find("dense<0.01>"), 11, "dense<0.02>");
  compile(statistics, text);
  EXPECT_EQ(statistics.cache_hits, statistics.kernels - 1);
  EXPECT_FALSE(statistics.program_cached);
  compile(statistics, kMlp, 3);
  EXPECT_EQ(statistics.cache_hits, 0);
}

}  // namespace
}  // namespace kiln::tests
