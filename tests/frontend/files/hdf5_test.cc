// The part of HDF5 that Keras's weights use: read without trust, written as h5py would.
#include <hdf5.h>

#include <algorithm>

#include "frontend/keras/files/hdf5_writer.h"
#include "runtime/data/hdf5/reader.h"
#include "tests/frontend/files/support.h"

namespace kiln::keras {
namespace {

using runtime::Array;
using runtime::Hdf5Contents;
using runtime::Hdf5Dataset;

Expected<Hdf5Contents> read(const std::string& bytes) {
  return runtime::read_hdf5("x.h5", std::as_bytes(std::span(bytes)));
}

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Hdf5, ReadsWhatItWrites) {
  const std::vector<Hdf5Group> groups = {
      {"vars", "model", {}},
      {"layers/dense/vars", "a name", {floats({2, 3}, {1, 2, 3, 4, 5, 6}), floats({}, {7})}},
      {"optimizer/vars", "", {integer(-3), floats({0, 4}, {})}}};
  const std::string bytes = text_of(must(write_hdf5("x.h5", groups)));
  const Hdf5Contents contents = must(read(bytes));
  ASSERT_EQ(contents.datasets.size(), 4u);
  const Hdf5Dataset& matrix = contents.datasets.at("layers/dense/vars/0");
  EXPECT_EQ(matrix.type, KILN_F32);
  EXPECT_EQ(matrix.dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::memcmp(matrix.values.data(), groups[1].members[0].data(), 24), 0);
  EXPECT_TRUE(contents.datasets.at("layers/dense/vars/1").dims.empty());
  EXPECT_EQ(contents.datasets.at("optimizer/vars/0").type, KILN_I64);
  EXPECT_TRUE(contents.datasets.at("optimizer/vars/1").values.empty());
  EXPECT_EQ(contents.names.at("layers/dense/vars"), "a name");
  EXPECT_EQ(contents.names.count("optimizer/vars"), 0u);
}

TEST(Hdf5, ManyGroupsMakeDeepTrees) {
  std::vector<Hdf5Group> groups;
  for (int i = 0; i < 700; ++i) {
    const std::string name = "dense_" + std::to_string(i);
    groups.push_back({"layers/" + name + "/vars", name, {floats({1}, {static_cast<float>(i)})}});
  }
  const std::string bytes = text_of(must(write_hdf5("x.h5", groups)));
  const Hdf5Contents contents = must(read(bytes));
  ASSERT_EQ(contents.datasets.size(), 700u);
  for (int i = 0; i < 700; ++i) {
    const std::string name = "dense_" + std::to_string(i);
    float value = -1;
    std::memcpy(&value, contents.datasets.at("layers/" + name + "/vars/0").values.data(), 4);
    EXPECT_EQ(value, static_cast<float>(i));
    EXPECT_EQ(contents.names.at("layers/" + name + "/vars"), name);
  }
}

TEST(Hdf5, TheSameGroupsGiveTheSameBytes) {
  const std::vector<Hdf5Group> groups = {{"layers/dense/vars", "d", {floats({2}, {1, 2})}}};
  EXPECT_EQ(must(write_hdf5("x.h5", groups)), must(write_hdf5("x.h5", groups)));
}

TEST(Hdf5, ReadsWhatH5pyWrote) {
  const std::string bytes = read_bytes(data_path("mlp.weights.h5"));
  const Hdf5Contents contents = must(read(bytes));
  EXPECT_EQ(contents.datasets.size(), 14u);
  EXPECT_EQ(contents.names.at("layers/dense/vars"), "first");
  EXPECT_EQ(contents.names.at("optimizer/vars"), "adam");
}

TEST(Hdf5, ACutFileIsAnError) {
  const std::string bytes = read_bytes(data_path("mlp.weights.h5"));
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(read(bytes.substr(0, size))) << "cut off at byte " << size;
  }
}

/// May be read or refused, but never more than that.
TEST(Hdf5, EveryChangedByteIsSurvived) {
  const std::string bytes = read_bytes(data_path("mlp.weights.h5"));
  std::string damaged = bytes;
  int refused = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int change : {0x01, 0x10, 0x80, 0xff}) {
      damaged[i] = static_cast<char>(bytes[i] ^ change);
      if (!read(damaged)) ++refused;
    }
    damaged[i] = bytes[i];
  }
  EXPECT_GT(refused, 1000);
}

/// Words that are addresses, counts or sizes elsewhere in the file make cycles and overlaps.
TEST(Hdf5, EveryWordMayPointAnywhere) {
  const std::string bytes = read_bytes(data_path("plain.weights.h5"));
  std::string damaged = bytes;
  for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    for (const uint64_t word :
         {uint64_t{0}, uint64_t{96}, uint64_t{136}, uint64_t{680}, uint64_t{800}, uint64_t{1} << 31,
          uint64_t{1} << 63, ~uint64_t{0} - 7}) {
      std::memcpy(damaged.data() + i, &word, 8);
      (void)read(damaged).operator bool();
    }
    bytes.copy(damaged.data() + i, 8, i);
  }
}

/// A file made with all of HDF5 at hand.
template <typename Fill>
std::string made_with_hdf5(Fill fill) {
  const std::string path = scratch_path("made.h5");
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  fill(file);
  H5Fclose(file);
  return read_bytes(path);
}

void make_dataset(hid_t file, hid_t type, hid_t properties) {
  const hsize_t dims[] = {8};
  const hid_t space = H5Screate_simple(1, dims, nullptr);
  H5Dclose(H5Dcreate2(file, "values", type, space, H5P_DEFAULT, properties, H5P_DEFAULT));
  H5Sclose(space);
}

TEST(Hdf5, RefusesSoftLinks) {
  const std::string bytes = made_with_hdf5(
      [](hid_t file) { H5Lcreate_soft("/elsewhere", file, "link", H5P_DEFAULT, H5P_DEFAULT); });
  EXPECT_NE(error_of(read(bytes)).find("\"link\" is a link to another place"), std::string::npos);
}

TEST(Hdf5, RefusesExternalLinks) {
  const std::string bytes = made_with_hdf5([](hid_t file) {
    H5Lcreate_external("/etc/passwd", "/", file, "link", H5P_DEFAULT, H5P_DEFAULT);
  });
  EXPECT_NE(error_of(read(bytes)).find("external"), std::string::npos);
}

TEST(Hdf5, RefusesValuesInOtherFiles) {
  const std::string bytes = made_with_hdf5([](hid_t file) {
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(properties, "/etc/passwd", 0, 32);
    make_dataset(file, H5T_IEEE_F32LE, properties);
    H5Pclose(properties);
  });
  EXPECT_NE(error_of(read(bytes)).find("keeps its values in another file"), std::string::npos);
}

/// A dataset in chunks, and what it holds: i - 10 at place i.
struct Chunked {
  hsize_t dims[2], chunk[2];
  bool is_filled = true;

  template <typename Number>
  std::vector<Number> numbers() const {
    std::vector<Number> numbers;
    for (hsize_t i = 0; i < dims[0] * dims[1]; ++i)
      numbers.push_back(static_cast<Number>(static_cast<double>(i) - 10));
    return numbers;
  }

  /// `add_filters`: what h5py would be asked for.
  template <typename Number>
  std::string file(hid_t type, void (*add_filters)(hid_t properties)) const {
    return made_with_hdf5([&](hid_t file) {
      const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
      H5Pset_chunk(properties, 2, chunk);
      add_filters(properties);
      // Chunks that are larger than the dataset are for those that may grow.
      const hsize_t most[2] = {std::max(dims[0], chunk[0]), std::max(dims[1], chunk[1])};
      const hid_t space = H5Screate_simple(2, dims, most);
      const hid_t set =
          H5Dcreate2(file, "values", type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
      const std::vector<Number> values = numbers<Number>();
      if (is_filled) H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dclose(set);
      H5Sclose(space);
      H5Pclose(properties);
    });
  }
};

constexpr void (*kPlain)(hid_t) = [](hid_t) {};
constexpr void (*kDeflated)(hid_t) = [](hid_t properties) { H5Pset_deflate(properties, 9); };
constexpr void (*kShuffled)(hid_t) = [](hid_t properties) {
  H5Pset_shuffle(properties);
  H5Pset_deflate(properties, 4);
};

template <typename Number>
void expect_numbers(const Chunked& chunked, hid_t type) {
  for (const auto add_filters : {kPlain, kDeflated, kShuffled}) {
    const std::string bytes = chunked.file<Number>(type, add_filters);
    const Hdf5Contents contents = must(read(bytes));
    const Hdf5Dataset& values = contents.datasets.at("values");
    const std::vector<Number> expected = chunked.numbers<Number>();
    ASSERT_EQ(values.values.size(), expected.size() * sizeof(Number));
    EXPECT_EQ(std::memcmp(values.values.data(), expected.data(), values.values.size()), 0);
  }
}

TEST(Hdf5, ReadsChunksPackedOrNot) {
  for (const Chunked& chunked : {Chunked{{7, 5}, {3, 2}}, Chunked{{7, 5}, {7, 5}},
                                 Chunked{{6, 4}, {3, 4}}, Chunked{{3, 5}, {8, 1}}}) {
    expect_numbers<float>(chunked, H5T_IEEE_F32LE);
    expect_numbers<double>(chunked, H5T_IEEE_F64LE);
    expect_numbers<int64_t>(chunked, H5T_STD_I64LE);
    expect_numbers<int8_t>(chunked, H5T_STD_I8LE);
  }
}

TEST(Hdf5, ManyChunksMakeDeepTrees) { expect_numbers<float>({{150, 40}, {1, 2}}, H5T_IEEE_F32LE); }

TEST(Hdf5, RefusesOtherFiltersByName) {
  const std::string bytes = Chunked{{4, 4}, {2, 2}}.file<float>(
      H5T_IEEE_F32LE, [](hid_t properties) { H5Pset_fletcher32(properties); });
  EXPECT_NE(
      error_of(read(bytes)).find("\"values\" is kept by a filter that kiln has not: fletcher32"),
      std::string::npos);
}

/// HDF5 gives zeros for them.
TEST(Hdf5, RefusesChunksThatWereNeverWritten) {
  const std::string bytes = Chunked{{4, 4}, {2, 2}, false}.file<float>(H5T_IEEE_F32LE, kDeflated);
  EXPECT_NE(error_of(read(bytes)).find("\"values\" has chunks that were never written"),
            std::string::npos);
}

TEST(Hdf5, EveryChangedByteOfChunksIsSurvived) {
  for (const auto add_filters : {kPlain, kShuffled}) {
    const std::string bytes = Chunked{{7, 5}, {3, 2}}.file<float>(H5T_IEEE_F32LE, add_filters);
    std::string damaged = bytes;
    for (size_t i = 0; i < bytes.size(); ++i) {
      for (const int change : {0x01, 0x10, 0x80, 0xff}) {
        damaged[i] = static_cast<char>(bytes[i] ^ change);
        (void)read(damaged).operator bool();
      }
      damaged[i] = bytes[i];
      ASSERT_FALSE(read(bytes.substr(0, i))) << "cut off at byte " << i;
    }
  }
}

/// HDF5 stores nothing for it, and would give zeros of any size.
TEST(Hdf5, RefusesValuesThatWereNeverWritten) {
  const std::string bytes =
      made_with_hdf5([](hid_t file) { make_dataset(file, H5T_IEEE_F32LE, H5P_DEFAULT); });
  EXPECT_NE(error_of(read(bytes)).find("\"values\" has no values"), std::string::npos);
}

TEST(Hdf5, TypesThatKilnDoesNotHaveAreKnownAsSuch) {
  const std::string bytes = made_with_hdf5([](hid_t file) {
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY);
    make_dataset(file, H5T_IEEE_F32BE, properties);
    H5Pclose(properties);
  });
  EXPECT_EQ(must(read(bytes)).datasets.at("values").type, std::nullopt);
}

TEST(Hdf5, RefusesAGroupInItself) {
  const std::string bytes = made_with_hdf5([](hid_t file) {
    const hid_t group = H5Gcreate2(file, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    for (const char* name : {"b", "c"}) {
      H5Lcreate_hard(file, "a", group, name, H5P_DEFAULT, H5P_DEFAULT);
    }
    H5Gclose(group);
  });
  EXPECT_NE(error_of(read(bytes)).find("a/b"), std::string::npos);
}

TEST(Hdf5, RefusesNewerFormats) {
  const std::string path = scratch_path("latest.h5");
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  H5Fclose(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access));
  H5Pclose(access);
  EXPECT_NE(error_of(read(read_bytes(path))).find("of another format than Keras's"),
            std::string::npos);
}

TEST(Hdf5, TypesThatItCannotWriteAreErrors) {
  const Array half = runtime::allocate(KILN_F16, {2});
  EXPECT_NE(
      error_of(write_hdf5("x.h5", {{"vars", "", {half}}})).find("\"vars/0\", 2xf16, could not"),
      std::string::npos);
}

}  // namespace
}  // namespace kiln::keras
