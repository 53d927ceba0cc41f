#include "runtime/data/npy.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>

#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

// An .npy file of format `version` with the given header text.
std::string npy(const std::string& dictionary, const std::string& data, char version = 1) {
  std::string bytes = std::string("\x93NUMPY") + version + '\0';
  const size_t size = dictionary.size();
  const int length_bytes = version == 1 ? 2 : 4;
  for (int i = 0; i < length_bytes; ++i) bytes += static_cast<char>(size >> (8 * i) & 255);
  return bytes + dictionary + data;
}

std::string npy_of(const std::string& type, const std::string& shape, const std::string& data) {
  return npy("{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n", data);
}

Expected<Array> load(const std::string& bytes) {
  return load_npy(write_test_file("array.npy", bytes));
}

template <typename T>
std::string bytes_of(std::vector<T> values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

TEST(Npy, ReadsEveryTypeOfNumber) {
  const struct {
    const char* code;
    int size;
    kiln_element_type type;
  } kCases[] = {
      {"<f4", 4, KILN_F32},  {"<f8", 8, KILN_F64}, {"<f2", 2, KILN_F16}, {"|i1", 1, KILN_I8},
      {"<i2", 2, KILN_I16},  {"<i4", 4, KILN_I32}, {"<i8", 8, KILN_I64}, {"|u1", 1, KILN_U8},
      {"<u2", 2, KILN_I32},  {"<u4", 4, KILN_I64}, {"<u8", 8, KILN_I64}, {"|b1", 1, KILN_I1},
      {"<V2", 2, KILN_BF16}, {"=f4", 4, KILN_F32},
  };
  for (const auto& test : kCases) {
    const std::string data(static_cast<size_t>(6 * test.size), '\x01');
    const auto array = load(npy_of(test.code, "(2, 3)", data));
    ASSERT_TRUE(array) << test.code << ": " << array.error().to_string();
    EXPECT_EQ(array->type, test.type) << test.code;
    EXPECT_EQ(array->dims, (std::vector<int64_t>{2, 3}));
  }
}

TEST(Npy, WidensUnsignedNumbers) {
  const auto shorts = load(npy_of("<u2", "(2,)", bytes_of<uint16_t>({65535, 7})));
  ASSERT_TRUE(shorts);
  EXPECT_EQ(shorts->as<int32_t>()[0], 65535);
  const auto words = load(npy_of("<u4", "(1,)", bytes_of<uint32_t>({0xffffffff})));
  ASSERT_TRUE(words);
  EXPECT_EQ(words->as<int64_t>()[0], 0xffffffff);
  expect_error(load(npy_of("<u8", "(2,)", bytes_of<uint64_t>({1, ~uint64_t{0}}))),
               "element 1 does not fit a signed 64-bit integer");
}

TEST(Npy, SwapsBigEndianAndTransposesFortranOrder) {
  // numpy.asfortranarray(numpy.arange(6, dtype=">i2").reshape(2, 3))
  const std::string data("\x00\x00\x00\x03\x00\x01\x00\x04\x00\x02\x00\x05", 12);
  const auto array =
      load(npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n", data));
  ASSERT_TRUE(array) << array.error().to_string();
  for (int16_t i = 0; i < 6; ++i) EXPECT_EQ(array->as<int16_t>()[i], i);
}

TEST(Npy, ReadsTexts) {
  const auto bytes = load(npy_of("|S3", "(2, 1)", std::string("ab\0xyz", 6)));
  ASSERT_TRUE(bytes) << bytes.error().to_string();
  EXPECT_EQ(bytes->name(), "2x1 texts");
  EXPECT_EQ(*bytes->texts, (std::vector<std::string>{"ab", "xyz"}));
  // "a", U+00FC, U+4E2D, U+1F600, nothing; and what is no code point.
  const auto points = load(
      npy_of("<U2", "(4,)", bytes_of<uint32_t>({'a', 0xfc, 0x4e2d, 0x1f600, 0, 0, 0xd800, 0})));
  ASSERT_TRUE(points) << points.error().to_string();
  EXPECT_EQ(*points->texts, (std::vector<std::string>{"a\xc3\xbc", "\xe4\xb8\xad\xf0\x9f\x98\x80",
                                                      "", "\xef\xbf\xbd"}));
  const auto big = load(npy_of(">U1", "(1,)", std::string("\0\0\0z", 4)));
  ASSERT_TRUE(big) << big.error().to_string();
  EXPECT_EQ(big->texts->front(), "z");
  const auto empty = load(npy_of("<U0", "(2,)", ""));
  ASSERT_TRUE(empty) << empty.error().to_string();
  EXPECT_EQ(*empty->texts, (std::vector<std::string>{"", ""}));
  expect_error(load(npy_of("<U2", "(2,)", "1234567")), "7 follow");
  expect_error(load(npy_of("|O", "(2,)", "")), "save texts as array.astype(str)");
  expect_error(load(npy_of("<U99999999999", "(2,)", "")), "are not supported");
  expect_error(load(npy_of("<U268435456", "(99999999999,)", "")), "follow");
}

TEST(Npy, ReadsVersions2And3AndScalars) {
  const std::string header = "{'shape': (), 'fortran_order': False, 'descr': '<f4'}";
  for (const char version : {2, 3}) {
    const auto array = load(npy(header, bytes_of<float>({2.5f}), version));
    ASSERT_TRUE(array) << array.error().to_string();
    EXPECT_EQ(array->rank(), 0);
    EXPECT_EQ(array->as<float>()[0], 2.5f);
  }
  expect_error(load(npy(header, "1234", 4)), "unknown .npy format version 4");
}

TEST(Npy, BooleansAreZeroOrOne) {
  const auto array = load(npy_of("|b1", "(3,)", std::string("\x00\x01\x40", 3)));
  ASSERT_TRUE(array);
  EXPECT_EQ(array->as<uint8_t>()[2], 1);
}

TEST(Npy, SaysWhatIsWrongWithTheShape) {
  expect_error(load(npy_of("<f4", "(3, 4)", "1234")), "48 bytes, but 4 follow at byte 70");
  expect_error(load(npy_of("<f4", "(1,)", "12345678")), "save each array in a file of its own");
  expect_error(load(npy_of("<f4", "(-1,)", "")), "the shape is not valid");
  expect_error(load(npy_of("<f4", "(9223372036854775807, 9)", "")), "impossible shape");
  expect_error(load(npy_of("<f4", "(0, 4611686018427387904, 8)", "")), "impossible shape");
  expect_error(load(npy_of("<f4", "(99999999999999999999,)", "")), "the shape is not valid");
  expect_error(load(npy_of("<f4", "(1000000000000,)", "1234")), "4000000000000 bytes");
}

TEST(Npy, SaysWhatIsWrongWithTheRest) {
  expect_error(load("PK\x03\x04 and so on"), "is not an .npy file");
  expect_error(load(npy_of("|O", "(1,)", "12345678")), "elements of type '|O' are not supported");
  expect_error(load(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "")),
               "the elements are structures");
  expect_error(load(npy("{'descr': '<f4', 'shape': (1,)}", "1234")), "are not all there");
  expect_error(load_npy(test_path("none.npy")), "cannot open: No such file or directory");
  expect_error(load_npy("/"), "is a directory");
  expect_error(load_npy("/dev/null"), "is not a regular file");
}

TEST(Npy, ComesBackAsItWasSaved) {
  for (const kiln_element_type type : {KILN_F32, KILN_F64, KILN_F16, KILN_BF16, KILN_I8, KILN_I16,
                                       KILN_I32, KILN_I64, KILN_U8, KILN_I1}) {
    for (const std::vector<int64_t>& dims :
         {std::vector<int64_t>{}, {1}, {7}, {2, 3}, {0, 4}, {2, 1, 5}}) {
      const Array array = allocate(type, dims);
      for (int64_t i = 0; i < array.bytes(); ++i) array.as<uint8_t>()[i] = i % 2;
      const std::string path = test_path("saved.npy");
      ASSERT_TRUE(save_npy(path, array));
      const auto back = load_npy(path);
      ASSERT_TRUE(back) << array.name() << ": " << back.error().to_string();
      EXPECT_EQ(back->name(), array.name());
      EXPECT_EQ(std::memcmp(back->data(), array.data(), static_cast<size_t>(array.bytes())), 0);
    }
  }
}

TEST(Npy, WritesTheHeaderThatNumPyWrites) {
  const std::string header = npy_header(allocate(KILN_F32, {3, 4}));
  EXPECT_EQ(header.size(), 128u);
  EXPECT_EQ(header.substr(10, 61), "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  ");
  EXPECT_NE(npy_header(allocate(KILN_U8, {3})).find("'|u1'"), std::string::npos);
  EXPECT_NE(npy_header(allocate(KILN_U8, {3})).find("'shape': (3,), }"), std::string::npos);
  EXPECT_NE(npy_header(allocate(KILN_U8, {})).find("'shape': (), }"), std::string::npos);
}

TEST(Npy, WritingToAViewLeavesTheFileAlone) {
  const std::string bytes = npy_of("|u1", "(3,)", "abc");
  const std::string path = write_test_file("view.npy", bytes);
  const auto array = load_npy(path);
  ASSERT_TRUE(array);
  array->as<char>()[0] = 'z';
  EXPECT_EQ(read_test_file(path), bytes);
}

TEST(Npy, FailedSaveLeavesNothingBehind) {
  const std::string folder = test_path("taken.npy");
  mkdir(folder.c_str(), 0755);
  expect_error(save_npy(folder, allocate(KILN_F32, {3})), "cannot rename into place");
  struct stat status;
  EXPECT_NE(stat((folder + ".tmp" + std::to_string(getpid())).c_str(), &status), 0);
}

TEST(Npy, DamageIsADiagnostic) {
  const std::string bytes = npy_of("<f4", "(2, 3)", std::string(24, 'x'));
  expect_truncations_fail("damaged.npy", bytes, load_npy);
  expect_flips_survive("damaged.npy", bytes, load_npy);
  const std::string fortran =
      npy("{'descr': '>u4', 'fortran_order': True, 'shape': (2, 3), }\n", std::string(24, 'x'), 2);
  expect_truncations_fail("damaged.npy", fortran, load_npy);
  expect_flips_survive("damaged.npy", fortran, load_npy);
}

}  // namespace
}  // namespace kiln::runtime
