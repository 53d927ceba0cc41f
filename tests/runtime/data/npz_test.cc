#include "runtime/data/npz.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

// numpy.savez_compressed(FILE, x=numpy.arange(6, dtype="f4").reshape(3, 2), y=numpy.array([2, 0,
// 1]))
constexpr const char* kCompressed =
    "504b03042d000000080000002100ccca9cbdffffffffffffffff05001400782e6e707901001000980000000000"
    "000055000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498"
    "179f5f94920a12774bcc294e058a17672416a402f91ac63a0a469a3a0ab50a64032e063068b007120e4004c40d"
    "40bcc00100504b03042d0000000800000021008a1ace13ffffffffffffffff05001400792e6e70790100100098"
    "000000000000004a000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a1aea3a09e96"
    "5f54529498179f5f94920a12774bcc294e058a17672416a402f91ac63a9a3a0ab50a14002e260654c008a50150"
    "4b01022d032d000000080000002100ccca9cbd5500000098000000050000000000000000000000800100000000"
    "782e6e7079504b01022d032d0000000800000021008a1ace134a00000098000000050000000000000000000000"
    "80018c000000792e6e7079504b05060000000002000200660000000d0100000000";

// numpy.savez(FILE, x=numpy.arange(3, dtype="u1"))
constexpr const char* kStored =
    "504b03042d00000000000000210048ea66ecffffffffffffffff05001400782e6e707901001000830000000000"
    "00008300000000000000934e554d5059010076007b276465736372273a20277c7531272c2027666f727472616e"
    "5f6f72646572273a2046616c73652c20277368617065273a2028332c292c207d20202020202020202020202020"
    "202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
    "20200a000102504b01022d032d00000000000000210048ea66ec83000000830000000500000000000000000000"
    "00800100000000782e6e7079504b0506000000000100010033000000ba0000000000";

// Offsets into kStored.
constexpr size_t kCentral = 186;
constexpr size_t kEnd = 237;

Expected<std::vector<NamedArray>> load(const std::string& bytes) {
  return load_npz(write_test_file("arrays.npz", bytes));
}

std::string number(uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 255);
  return bytes;
}

std::string with_number(std::string bytes, size_t offset, uint64_t value, int size) {
  return bytes.replace(offset, static_cast<size_t>(size), number(value, size));
}

Array ramp(kiln_element_type type, std::vector<int64_t> dims) {
  const Array array = allocate(type, std::move(dims));
  for (int64_t i = 0; i < array.bytes(); ++i) array.as<uint8_t>()[i] = static_cast<uint8_t>(i);
  return array;
}

TEST(Npz, ReadsWhatNumPyCompressed) {
  const auto arrays = load(from_hex(kCompressed));
  ASSERT_TRUE(arrays) << arrays.error().to_string();
  ASSERT_EQ(arrays->size(), 2u);
  const Array* x = find_array(*arrays, "x");
  ASSERT_NE(x, nullptr);
  EXPECT_EQ(x->name(), "3x2xf32");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(x->as<float>()[i], static_cast<float>(i));
  EXPECT_EQ(find_array(*arrays, "y")->name(), "3xi64");
  EXPECT_EQ(find_array(*arrays, "z"), nullptr);
}

TEST(Npz, ReadsWhatNumPyStored) {
  const auto arrays = load(from_hex(kStored));
  ASSERT_TRUE(arrays) << arrays.error().to_string();
  ASSERT_EQ(arrays->size(), 1u);
  EXPECT_EQ((*arrays)[0].array.as<uint8_t>()[2], 2);
}

TEST(Npz, ReadsZip64SizesInTheDirectory) {
  // As kStored, with the sizes and the offset in a ZIP64 extra field, and a ZIP64 end record.
  const std::string bytes = from_hex(kStored);
  std::string central = bytes.substr(kCentral, kEnd - kCentral);
  central = with_number(central, 20, 0xffffffffffffffff, 8);
  central = with_number(central, 30, 28, 2);
  central = with_number(central, 42, 0xffffffff, 4);
  central += number(1, 2) + number(24, 2) + number(131, 8) + number(131, 8) + number(0, 8);
  std::string end = "PK\x06\x06" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8);
  end += number(1, 8) + number(1, 8) + number(central.size(), 8) + number(kCentral, 8);
  end += "PK\x06\x07" + number(0, 4) + number(kCentral + central.size(), 8) + number(1, 4);
  end +=
      "PK\x05\x06" + number(0, 4) + number(0xffffffff, 4) + number(~uint64_t{0}, 8) + number(0, 2);
  const std::string zip64 = bytes.substr(0, kCentral) + central + end;
  const auto arrays = load(zip64);
  ASSERT_TRUE(arrays) << arrays.error().to_string();
  EXPECT_EQ((*arrays)[0].array.as<uint8_t>()[2], 2);
  expect_truncations_fail("damaged.npz", zip64, load_npz);
  expect_flips_survive("damaged.npz", zip64, load_npz);
}

TEST(Npz, ComesBackAsItWasSavedAndInPlace) {
  const std::vector<NamedArray> arrays = {{"dense/kernel", ramp(KILN_F32, {3, 2})},
                                          {"d\xc3\xa9p\xc3\xb4t", ramp(KILN_BF16, {5})},
                                          {"step", ramp(KILN_I64, {})},
                                          {"empty", ramp(KILN_U8, {0, 3})}};
  const std::string path = test_path("saved.npz");
  ASSERT_TRUE(save_npz(path, arrays));
  const auto back = load_npz(path);
  ASSERT_TRUE(back) << back.error().to_string();
  ASSERT_EQ(back->size(), arrays.size());
  for (size_t i = 0; i < arrays.size(); ++i) {
    const Array& array = arrays[i].array;
    EXPECT_EQ((*back)[i].name, arrays[i].name);
    EXPECT_EQ((*back)[i].array.name(), array.name());
    EXPECT_EQ(
        std::memcmp((*back)[i].array.data(), array.data(), static_cast<size_t>(array.bytes())), 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>((*back)[i].array.data()) % KILN_ALIGNMENT, 0u);
  }
}

TEST(Npz, ReadsNothingButWhatIsWanted) {
  const std::string path = test_path("some.npz");
  const Array large = ramp(KILN_F32, {1000});
  ASSERT_TRUE(save_npz(path, {{"large", large}, {"small", ramp(KILN_F32, {3})}}));
  std::string bytes = read_test_file(path);
  bytes[1000] ^= 1;  // in the first array: its checksum is wrong now
  const std::string damaged = write_test_file("some.npz", bytes);
  EXPECT_FALSE(load_npz(damaged));
  const auto arrays = load_npz_if(damaged, [](const std::string& name) { return name == "small"; });
  ASSERT_TRUE(arrays) << arrays.error().to_string();
  ASSERT_EQ(arrays->size(), 1u);
  EXPECT_EQ((*arrays)[0].array.name(), "3xf32");
}

TEST(Npz, SavesTheSameBytesForTheSameArrays) {
  const std::string first = test_path("first.npz"), second = test_path("second.npz");
  ASSERT_TRUE(save_npz(first, {{"x", ramp(KILN_F32, {3})}}));
  ASSERT_TRUE(save_npz(second, {{"x", ramp(KILN_F32, {3})}}));
  EXPECT_EQ(read_test_file(first), read_test_file(second));
}

TEST(Npz, HoldsMoreArraysThanZipCounts) {
  std::vector<NamedArray> arrays;
  for (int i = 0; i < 65536; ++i) arrays.push_back({std::to_string(i), ramp(KILN_U8, {1})});
  const std::string path = test_path("many.npz");
  ASSERT_TRUE(save_npz(path, arrays));
  const auto back = load_npz(path);
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(back->size(), 65536u);
  EXPECT_EQ(back->back().name, "65535");
}

TEST(Npz, AnEmptyArchiveHoldsNothing) {
  const std::string path = test_path("empty.npz");
  ASSERT_TRUE(save_npz(path, {}));
  const auto arrays = load_npz(path);
  ASSERT_TRUE(arrays) << arrays.error().to_string();
  EXPECT_TRUE(arrays->empty());
}

TEST(Npz, RefusesToSaveANameTwice) {
  const Array array = ramp(KILN_U8, {1});
  expect_error(save_npz(test_path("twice.npz"), {{"x", array}, {"x", array}}),
               "two arrays are called 'x'");
}

TEST(Npz, SaysWhatIsWrong) {
  const std::string bytes = from_hex(kStored);
  expect_error(load("not a zip archive at all"), "is not an .npz file");
  expect_error(load(bytes.substr(0, bytes.size() - 1)), "has no end record");
  expect_error(load(with_number(bytes, kEnd + 16, 5, 4)), "has no entry where one should be");
  expect_error(load(with_number(bytes, kEnd + 10, 2, 2)), "has no entry where one should be");
  expect_error(load(with_number(bytes, kCentral + 42, 0xfffffff0, 4)),
               "does not begin where the directory says");
  expect_error(load(with_number(bytes, kCentral + 20, 1 << 20, 4)),
               "larger together than the file");
  expect_error(load(with_number(bytes, kCentral + 24, 130, 4)), "has two sizes");
  expect_error(load(with_number(bytes, kCentral + 10, 14, 2)), "unknown compression method 14");
  expect_error(load(with_number(bytes, kCentral + 8, 1, 2)), "is encrypted");
  expect_error(load(with_number(bytes, kCentral - 1, 9, 1)), "does not match its checksum");
}

TEST(Npz, AnEntryThatClaimsToExpandWithoutLimitIsRefused) {
  const std::string bytes = from_hex(kCompressed);
  const size_t central = 0x10d;
  expect_error(load(with_number(bytes, central + 24, 0xfffffff0, 4)),
               "more than its 85 compressed bytes can hold");
}

TEST(Npz, EntriesThatOverlapAreRefused) {
  // Both entries of the directory point to the whole of the data: 2 * 85 bytes of compressed data.
  const std::string bytes = from_hex(kStored);
  const std::string central = bytes.substr(kCentral, kEnd - kCentral);
  std::string archive = bytes.substr(0, kCentral);
  for (char name = 'a'; name < 'd'; ++name) {
    std::string copy = central;
    copy[46] = name;
    archive += copy;
  }
  std::string end = with_number(bytes.substr(kEnd), 10, 3, 2);
  expect_error(load(archive + end), "larger together than the file");
}

TEST(Npz, DamageIsADiagnostic) {
  for (const char* hex : {kCompressed, kStored}) {
    expect_truncations_fail("damaged.npz", from_hex(hex), load_npz);
    expect_flips_survive("damaged.npz", from_hex(hex), load_npz);
  }
  const std::string path = test_path("own.npz");
  ASSERT_TRUE(save_npz(path, {{"x", ramp(KILN_F32, {2})}, {"y", ramp(KILN_I32, {2})}}));
  expect_truncations_fail("damaged.npz", read_test_file(path), load_npz);
}

}  // namespace
}  // namespace kiln::runtime
