#include "runtime/data/idx.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

std::string idx(char type, std::vector<uint32_t> dims, const std::string& data) {
  std::string bytes = {0, 0, type, static_cast<char>(dims.size())};
  for (const uint32_t dim : dims) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(dim >> shift & 255);
  }
  return bytes + data;
}

std::string gzip(const std::string& bytes) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Expected<Array> load(const std::string& bytes) {
  return load_idx(write_test_file("data-idx", bytes));
}

TEST(Idx, ReadsBytesPlainAndCompressed) {
  const std::string bytes = idx(0x08, {2, 2, 3}, "abcdefghijkl");
  for (const std::string& file : {bytes, gzip(bytes)}) {
    const auto array = load(file);
    ASSERT_TRUE(array) << array.error().to_string();
    EXPECT_EQ(array->name(), "2x2x3xu8");
    EXPECT_EQ(array->as<char>()[11], 'l');
  }
}

TEST(Idx, ReadsSeveralGzipMembersAsOne) {
  const std::string bytes = idx(0x08, {4}, "abcd");
  const auto array = load(gzip(bytes.substr(0, 6)) + gzip(bytes.substr(6)));
  ASSERT_TRUE(array) << array.error().to_string();
  EXPECT_EQ(array->as<char>()[3], 'd');
}

TEST(Idx, TurnsBigEndianNumbers) {
  const auto shorts = load(idx(0x0b, {2}, std::string("\x01\x02\xff\xfe", 4)));
  ASSERT_TRUE(shorts);
  EXPECT_EQ(shorts->as<int16_t>()[0], 0x0102);
  EXPECT_EQ(shorts->as<int16_t>()[1], -2);
  const auto words = load(idx(0x0c, {1}, std::string("\x01\x02\x03\x04", 4)));
  ASSERT_TRUE(words);
  EXPECT_EQ(words->as<int32_t>()[0], 0x01020304);
  const auto floats = load(gzip(idx(0x0d, {1}, std::string("\x3f\xc0\x00\x00", 4))));
  ASSERT_TRUE(floats);
  EXPECT_EQ(floats->as<float>()[0], 1.5f);
  const auto doubles = load(idx(0x0e, {1}, std::string("\x3f\xf8\x00\x00\x00\x00\x00\x00", 8)));
  ASSERT_TRUE(doubles);
  EXPECT_EQ(doubles->as<double>()[0], 1.5);
  const auto bytes = load(idx(0x09, {1}, "\xff"));
  ASSERT_TRUE(bytes);
  EXPECT_EQ(bytes->as<int8_t>()[0], -1);
}

TEST(Idx, SaysWhatIsWrong) {
  expect_error(load("PNG and so on"), "is not an IDX file");
  expect_error(load(idx(0x07, {1}, "a")), "is not an IDX file");
  expect_error(load(idx(0x08, {}, "")), "is not an IDX file");
  expect_error(load(idx(0x08, std::vector<uint32_t>(9, 1), "a")), "9 dimensions");
  expect_error(load(idx(0x08, {2, 3}, "abcde")), "6 bytes, but 5 follow at byte 12");
  expect_error(load(idx(0x08, {2}, "abc")), "2 bytes, but 3 follow at byte 8");
  expect_error(load(idx(0x0e, {~0u, ~0u, ~0u}, "")), "impossible shape");
  expect_error(load(idx(0x08, {~0u, 1000}, "")), "4294967295000 bytes, but 0 follow");
}

TEST(Idx, SaysWhatIsWrongInCompressedFiles) {
  const std::string bytes = idx(0x08, {4}, "abcd");
  expect_error(load(gzip(idx(0x08, {~0u, 1000}, "abcd"))), "compressed bytes can hold");
  expect_error(load(gzip(bytes + "e")), "goes on behind its expected end");
  expect_error(load(gzip(bytes.substr(0, 11))), "the data ends early once decompressed");
  expect_error(load(gzip(bytes) + "x"), "something else follows");
  std::string wrong_checksum = gzip(bytes);
  wrong_checksum[wrong_checksum.size() - 8] ^= 1;
  expect_error(load(wrong_checksum), "incorrect data check");
}

TEST(Idx, AGzipBombIsReadNoFurtherThanItsHeaderSays) {
  const std::string zeros(10000000, '\0');
  expect_error(load(gzip(idx(0x08, {16}, zeros))), "goes on behind its expected end");
}

TEST(Idx, DamageIsADiagnostic) {
  for (const std::string& bytes : {idx(0x08, {2, 3}, "abcdef"), idx(0x0c, {2}, "abcdefgh"),
                                   gzip(idx(0x0b, {2, 20}, std::string(80, 'x')))}) {
    expect_truncations_fail("damaged-idx", bytes, load_idx);
    expect_flips_survive("damaged-idx", bytes, load_idx);
  }
}

}  // namespace
}  // namespace kiln::runtime
