// Zip archives: read without trust, written reproducibly. More of them is in npz_test.cc.
#include <span>
#include <string_view>

#include "runtime/base/abi.h"
#include "runtime/data/zip_reader.h"
#include "runtime/data/zip_writer.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

constexpr ZipKind kKind = {"an archive of texts", "the texts", "a zip program"};

/// An archive of a.txt with this text, and an empty entry.
std::string archive_of(std::string_view text) {
  const std::string path = test_path("archive.zip");
  auto writer = ZipWriter::create(path);
  const auto bytes = std::as_bytes(std::span(text));
  EXPECT_TRUE(writer->add("a.txt", {bytes.first(text.size() / 2), bytes.subspan(text.size() / 2)}));
  EXPECT_TRUE(writer->add("empty", {}));
  EXPECT_TRUE(writer->finish());
  return path;
}

Expected<std::string> read_text(const std::string& path) {
  KILN_ASSIGN(const ZipReader archive, ZipReader::open(path, kKind));
  const ZipEntry* entry = archive.find("a.txt");
  if (entry == nullptr) return Diagnostic{path, "has no a.txt", ""};
  KILN_ASSIGN(const std::shared_ptr<std::byte> bytes, archive.read(*entry));
  return std::string(reinterpret_cast<const char*>(bytes.get()), entry->size);
}

TEST(Zip, ReadsWhatItWrites) {
  const std::string path = archive_of("some text");
  EXPECT_EQ(*read_text(path), "some text");
  const auto archive = ZipReader::open(path, kKind);
  ASSERT_TRUE(archive);
  ASSERT_EQ(archive->entries().size(), 2u);
  EXPECT_EQ(archive->find("empty")->size, 0u);
  EXPECT_TRUE(archive->read(*archive->find("empty")));
  EXPECT_EQ(archive->find("other"), nullptr);
}

TEST(Zip, TheSameEntriesGiveTheSameBytes) {
  const std::string first = read_test_file(archive_of("some text"));
  EXPECT_EQ(read_test_file(archive_of("some text")), first);
}

TEST(Zip, AnEntryBeginsWhereItCanBeUsedInPlace) {
  EXPECT_EQ(read_test_file(archive_of("some text")).find("some text") % KILN_ALIGNMENT, 0u);
}

TEST(Zip, AChangedByteIsNoticed) {
  std::string bytes = read_test_file(archive_of("some text"));
  bytes[bytes.find("some text")] = 'S';
  expect_error(read_text(write_test_file("damaged.zip", bytes)), "does not match its checksum");
}

TEST(Zip, WhatIsNoArchiveIsSaid) {
  expect_error(read_text(write_test_file("text.zip", "some text")),
               "is not an archive of texts: it does not begin as a zip archive does\n"
               "note: save the texts with a zip program");
}

TEST(Zip, CutAndChangedFilesAreSurvived) {
  const std::string bytes = read_test_file(archive_of("some text"));
  expect_truncations_fail("damaged.zip", bytes, read_text);
  expect_flips_survive("damaged.zip", bytes, read_text);
}

}  // namespace
}  // namespace kiln::runtime
