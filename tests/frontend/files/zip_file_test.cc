// Zip archives: read without trust, written reproducibly.
#include "frontend/keras/files/zip_file.h"

#include <zip.h>

#include "tests/frontend/files/support.h"

namespace kiln::keras {
namespace {

constexpr uint64_t kAnySize = uint64_t{1} << 40;

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string archive_of(const std::string& text) {
  const std::string path = scratch_path("archive.zip");
  must(write_zip(path, {{"a.txt", std::as_bytes(std::span(text))}, {"empty", {}}}));
  return path;
}

TEST(ZipFile, ReadsWhatItWrites) {
  const std::string path = archive_of("some text");
  const ZipFile archive = must(ZipFile::open(path));
  EXPECT_EQ(text_of(must(archive.read("a.txt", kAnySize))), "some text");
  EXPECT_TRUE(must(archive.read("empty", kAnySize)).empty());
  EXPECT_TRUE(archive.has("empty"));
  EXPECT_FALSE(archive.has("other"));
  EXPECT_NE(error_of(archive.read("other", kAnySize)).find("other is not in the archive"),
            std::string::npos);
}

TEST(ZipFile, TheSamePartsGiveTheSameBytes) {
  const std::string first = read_bytes(archive_of("some text"));
  EXPECT_EQ(read_bytes(archive_of("some text")), first);
}

TEST(ZipFile, AnEntryOverTheLimitIsRefused) {
  const ZipFile archive = must(ZipFile::open(archive_of("some text")));
  EXPECT_NE(error_of(archive.read("a.txt", 8)).find("claims to hold 9 bytes"), std::string::npos);
}

TEST(ZipFile, AChangedByteIsNoticed) {
  std::string bytes = read_bytes(archive_of("some text"));
  bytes[bytes.find("some text")] = 'S';
  const std::string path = scratch_path("damaged.zip");
  write_bytes(path, bytes);
  const ZipFile archive = must(ZipFile::open(path));
  EXPECT_NE(error_of(archive.read("a.txt", kAnySize)).find("cannot be unpacked"),
            std::string::npos);
}

TEST(ZipFile, CutAndChangedFilesAreSurvived) {
  const std::string bytes = read_bytes(archive_of("some text"));
  const std::string path = scratch_path("damaged.zip");
  const auto try_to_read = [&](const std::string& damaged) {
    write_bytes(path, damaged);
    const auto archive = ZipFile::open(path);
    return archive && archive->read("a.txt", kAnySize);
  };
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(try_to_read(bytes.substr(0, size))) << size;
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      try_to_read(damaged);
    }
  }
}

/// 300 MB of zeros in 300 KB.
TEST(ZipFile, RefusesBombs) {
  const std::string path = scratch_path("bomb.zip");
  const std::string zeros(300 << 20, '\0');
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  zip_file_add(archive, "a.txt", zip_source_buffer(archive, zeros.data(), zeros.size(), 0), 0);
  ASSERT_EQ(zip_close(archive), 0);
  EXPECT_NE(error_of(must(ZipFile::open(path)).read("a.txt", kAnySize))
                .find("claims to hold 314572800 bytes"),
            std::string::npos);
}

TEST(ZipFile, WhatIsNoArchiveIsAnError) {
  EXPECT_NE(error_of(ZipFile::open(scratch_path("absent"))).find("absent"), std::string::npos);
  EXPECT_NE(error_of(ZipFile::open(data_path("mlp.weights.h5"))).find("is not a zip archive"),
            std::string::npos);
}

}  // namespace
}  // namespace kiln::keras
