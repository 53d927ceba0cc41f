#include "runtime/data/dataset.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <numeric>

#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/data/row_conversion.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

template <typename T>
Array array_of(kiln_element_type type, std::vector<int64_t> dims, std::vector<T> values) {
  return copy_of(type, std::move(dims), values.data());
}

Array rows_of(kiln_element_type type, std::vector<int64_t> dims) { return allocate(type, dims); }

// What a compiled model says of itself, with the shapes of x and y under a batch of 32.
class FakeModel {
 public:
  FakeModel(kiln_element_type x_type, std::vector<int64_t> x_row, kiln_element_type y_type,
            std::vector<int64_t> y_row, int64_t classes, const char* loss)
      : x_dims_(std::move(x_row)), y_dims_(std::move(y_row)) {
    x_dims_.insert(x_dims_.begin(), 32);
    y_dims_.insert(y_dims_.begin(), 32);
    inputs_[0] = {"x", x_type, static_cast<int32_t>(x_dims_.size()), x_dims_.data()};
    inputs_[1] = {"y", y_type, static_cast<int32_t>(y_dims_.size()), y_dims_.data()};
    inputs_[2] = {"count", KILN_I32, 0, nullptr};
    functions_[0].name = "predict_step";
    functions_[0].input_count = 1;
    functions_[1].name = "train_step";
    functions_[1].input_count = 3;
    for (kiln_function& function : functions_) function.inputs = inputs_;
    model_.name = "mlp";
    model_.input_count = 1;
    model_.inputs = &input_;
    output_ = {"classes", loss, classes};
    model_.output_count = 1;
    model_.outputs = &output_;
    model_.functions = functions_;
    model_.function_count = 2;
  }
  FakeModel(const FakeModel&) = delete;

  // x holds ids.
  void set_index_limit(int64_t limit) { input_.index_limit = limit; }
  // Leaves predict_step alone.
  void forget_training() { model_.function_count = 1; }

  const kiln_model& model() const { return model_; }

 private:
  std::vector<int64_t> x_dims_, y_dims_;
  kiln_tensor inputs_[3];
  kiln_function functions_[2] = {};
  kiln_input input_ = {"pixels", 0};
  kiln_output output_ = {};
  kiln_model model_ = {};
};

Dataset data_of(Array x, Array y) { return Dataset{{{"x", std::move(x)}, {"y", std::move(y)}}}; }

// A classifier of 28x28 images, taken flat, into 10 classes.
FakeModel& classifier() {
  static FakeModel model(KILN_F32, {784}, KILN_I32, {}, 10, "sparse_categorical_crossentropy");
  return model;
}

TEST(LoadDataset, Digits) {
  const auto data = load_dataset("digits:train=12,test=5,seed=7");
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(data->x().name(), "12x28x28xu8");
  EXPECT_EQ(data->y().name(), "12xu8");
  EXPECT_EQ(data->test_x().rows(), 5);
  EXPECT_EQ(data->description, "12 examples of 28x28xu8, 5 for testing, from the built-in digits");
  EXPECT_TRUE(load_dataset("digits:train=3,test=0")->test.empty());
  expect_error(load_dataset("digits:rows=3"), "digits has no option 'rows'");
  expect_error(load_dataset("digits:train=0"), "'train=0' is not valid");
  expect_error(load_dataset("digits:train=3x"), "'train=3x' is not valid");
  expect_error(load_dataset("digits:train"), "'train' is not valid");
  expect_error(load_dataset("digits:test=1000000000000"), "is not valid");
}

std::string idx_bytes(char rank_and_type, char rows) {
  if (rank_and_type == 1)
    return std::string("\0\0\x08\x01\0\0\0", 7) + rows + std::string(rows, '\1');
  return std::string("\0\0\x08\x03\0\0\0", 7) + rows + std::string("\0\0\0\x02\0\0\0\x02", 8) +
         std::string(4 * rows, 'x');
}

// A folder with the IDX files of the given names; those with "images" hold 2x2 images.
std::string idx_folder(const std::string& name, const std::vector<std::string>& files) {
  const std::string folder = test_path(name);
  mkdir(folder.c_str(), 0755);
  const std::string prefix = folder.substr(test_path("").size());
  for (const std::string& file : files) {
    const bool images = file.find("images") != std::string::npos;
    const char rows = file[0] == 't' && file[1] == '1' ? 2 : 3;
    write_test_file(prefix + "/" + file, idx_bytes(images ? 3 : 1, rows));
  }
  return folder;
}

TEST(LoadDataset, FolderOfIdxFiles) {
  const auto data =
      load_dataset(idx_folder("mnist", {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte.gz"}));
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(data->x().name(), "3x2x2xu8");
  EXPECT_EQ(data->test_x().name(), "2x2x2xu8");
  EXPECT_EQ(data->test_y().name(), "2xu8");
}

TEST(LoadDataset, FolderWithTheTestPairAlone) {
  const auto data =
      load_dataset(idx_folder("t10k", {"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"}));
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(data->x().name(), "2x2x2xu8");
  EXPECT_TRUE(data->test.empty());
}

TEST(LoadDataset, FolderThatIsIncomplete) {
  expect_error(load_dataset(idx_folder("half", {"train-images-idx3-ubyte"})),
               "train-labels-idx1-ubyte (or train-labels-idx1-ubyte.gz) is missing");
  expect_error(load_dataset(idx_folder("none", {})), "holds neither .npy files nor IDX files");
  const std::string other = test_path("other");
  mkdir(other.c_str(), 0700);
  mkdir((other + "/a").c_str(), 0700);
  write_test_file("x", "");
  ASSERT_EQ(std::rename(test_path("x").c_str(), (other + "/a/1.webp").c_str()), 0);
  expect_error(load_dataset(other), "other: holds no files that kiln reads as data, but 1 .webp");
  expect_error(
      load_dataset(idx_folder("mixed", {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-labels-idx1-ubyte"})),
      "t10k-images-idx3-ubyte (or");
}

TEST(LoadDataset, NpyFiles) {
  const std::string x = test_path("x.npy"), y = test_path("y.npy");
  ASSERT_TRUE(save_npy(x, rows_of(KILN_F32, {3, 4})));
  ASSERT_TRUE(save_npy(y, rows_of(KILN_I64, {3})));
  const auto data = load_dataset(x + "," + y);
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_TRUE(data->y().storage);
  const auto alone = load_dataset(x);
  ASSERT_TRUE(alone);
  EXPECT_FALSE(alone->y().storage);
  ASSERT_TRUE(save_npy(y, rows_of(KILN_I64, {2})));
  expect_error(load_dataset(x + "," + y), "x has 3 rows and y has 2 (x: 3x4xf32, y: 2xi64)");
  ASSERT_TRUE(save_npy(x, rows_of(KILN_F32, {0, 4})));
  expect_error(load_dataset(x), "x holds no examples: it is 0x4xf32");
}

TEST(LoadDataset, NpzFiles) {
  const std::string path = test_path("data.npz");
  const Array x = rows_of(KILN_F32, {3, 4}), y = rows_of(KILN_I64, {3});
  ASSERT_TRUE(save_npz(path, {{"x", x}, {"y", y}}));
  EXPECT_TRUE(load_dataset(path)->y().storage);
  ASSERT_TRUE(save_npz(path, {{"x_train", x}, {"y_train", y}, {"x_test", x}, {"y_test", y}}));
  const auto split = load_dataset(path);
  ASSERT_TRUE(split) << split.error().to_string();
  EXPECT_TRUE(split->test_x().storage && split->test_y().storage);
  ASSERT_TRUE(save_npz(path, {{"x", x}}));
  EXPECT_FALSE(load_dataset(path)->y().storage);
  ASSERT_TRUE(save_npz(path, {{"image", x}, {"digit", y}}));
  EXPECT_EQ(load_dataset(path)->description, "3 examples of image 4xf32, digit i64, from " + path);
}

TEST(LoadDataset, CsvFiles) {
  const std::string path = write_test_file("t.csv", "kind,a\n1,2\n0,3\n");
  EXPECT_EQ(load_dataset(path)->y().as<int32_t>()[0], 2);
  EXPECT_EQ(load_dataset(path + ":label=kind")->y().as<int32_t>()[0], 1);
  EXPECT_EQ(load_dataset(path + ":label=first")->y().as<int32_t>()[0], 1);
  EXPECT_FALSE(load_dataset(path + ":label=none")->y().storage);
  EXPECT_EQ(load_dataset(path)->description,
            "2 examples of 1xf32, from " + path + ", whose first line is a header");
  expect_error(load_dataset(path + ":label=b"), "has no column called 'b'");
  expect_error(load_dataset(path + ":lable=b"), "'lable=b' is no option of a CSV file of numbers");
  expect_error(load_dataset(path + ":label=a,header=maybe"), "'header=maybe' is no option");
  const std::string years = write_test_file("years.csv", "2019,\"20,20\"\n1,2\n");
  expect_error(load_dataset(years), "years.csv:1:2: '20,20' is not a number");
  for (const char* options :
       {":header=yes,label=first", ":label=2019,header=yes", ":label=20,20"}) {
    const auto data = load_dataset(years + options);
    ASSERT_TRUE(data) << options << ": " << data.error().to_string();
    EXPECT_EQ(data->y().as<int32_t>()[0], std::string(options) == ":label=20,20" ? 2 : 1);
  }
  const std::string plain = write_test_file("plain.csv", "0,1\n5,6\n");
  EXPECT_EQ(load_dataset(plain + ":header=no")->description,
            "2 examples of 1xf32, from " + plain + ", without a header");
}

TEST(LoadArrays, TakesThoseWithAPrefixAlone) {
  const std::string path = test_path("arrays.npz");
  const Array one = rows_of(KILN_F32, {1});
  ASSERT_TRUE(save_npz(path, {{"x", one}, {"sample_weight", one}, {"sample_weight_a", one}}));
  const auto arrays = load_arrays(path, "sample_weight");
  ASSERT_TRUE(arrays) << arrays.error().to_string();
  ASSERT_EQ(arrays->size(), 2u);
  EXPECT_EQ((*arrays)[1].name, "sample_weight_a");
  for (const char* other : {"digits", "x.npy,y.npy", "nowhere.npz"}) {
    const auto none = load_arrays(other, "sample_weight");
    EXPECT_TRUE(none && none->empty()) << other;
  }
}

TEST(LoadDataset, AnythingElseIsADiagnostic) {
  expect_error(load_dataset("nowhere"), "there is no such file or directory");
  expect_error(load_dataset(""), "there is no such file or directory");
  expect_error(load_dataset(write_test_file("data.txt", "1,2")), "not a data file that kiln knows");
}

TEST(Adapt, LeavesBytesToBatchesFlattensImagesAndWidensLabels) {
  auto loaded = load_dataset("digits:train=4,test=2");
  std::string notes;
  const auto data = adapt(*loaded, classifier().model(), &notes);
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(data->train.x[0].name(), "4x784xu8");
  EXPECT_EQ(data->train.y[0].name(), "4xi32");
  EXPECT_EQ(data->test.x[0].name(), "2x784xu8");
  EXPECT_EQ(data->test.y[0].name(), "2xi32");
  EXPECT_EQ(data->train.x[0].data(), loaded->x().data());
  EXPECT_EQ(notes,
            "x: rows of 28x28 taken as 784\n"
            "x: bytes scaled from 0..255 to 0..1 as f32\n"
            "y: u8 taken as i32\n");
}

std::vector<float> floats_of(const Array& array) {
  const Array floats = convert(array, KILN_F32);
  return {floats.as<float>(), floats.as<float>() + floats.element_count()};
}

TEST(Adapt, NumbersInAFileAreTheModels) {
  FakeModel model(KILN_F32, {2}, KILN_F32, {1}, 0, "binary_crossentropy");
  Dataset data =
      data_of(array_of<uint8_t>(KILN_U8, {2, 2}, {255, 51, 0, 1}), rows_of(KILN_U8, {2}));
  std::string notes;
  const auto plain = adapt(data, model.model(), &notes);
  ASSERT_TRUE(plain) << plain.error().to_string();
  EXPECT_EQ(floats_of(plain->train.x[0]), (std::vector<float>{255, 51, 0, 1}));
  EXPECT_EQ(notes, "x: u8 taken as f32\ny: rows of scalar taken as 1\ny: u8 taken as f32\n");
}

TEST(Adapt, ScalesWhatItIsAskedTo) {
  FakeModel model(KILN_F32, {2}, KILN_F32, {1}, 0, "binary_crossentropy");
  const Array y = rows_of(KILN_U8, {1});
  const std::vector<float> expected = {200 / 255.0f, 51 / 255.0f};
  for (const Array& x : {array_of<uint8_t>(KILN_U8, {1, 2}, {200, 51}),
                         array_of<int16_t>(KILN_I16, {1, 2}, {200, 51}),
                         array_of<float>(KILN_F32, {1, 2}, {200, 51}),
                         array_of<double>(KILN_F64, {1, 2}, {200, 51})}) {
    Dataset data = data_of(x, y);
    data.scale = 1.0 / 255;
    const auto scaled = adapt(data, model.model(), nullptr);
    ASSERT_TRUE(scaled) << scaled.error().to_string();
    EXPECT_EQ(floats_of(scaled->train.x[0]), expected) << x.name();
  }
  FakeModel words(KILN_F32, {2}, KILN_F32, {1}, 0, "binary_crossentropy");
  words.set_index_limit(500);
  Dataset ids = data_of(array_of<uint8_t>(KILN_U8, {1, 2}, {200, 51}), y);
  ids.scale = 0.5;
  expect_error(adapt(ids, words.model(), nullptr), "cannot be scaled: the model's inputs are ids");
}

// Multiplying doubles rounds as dividing floats does.
TEST(Adapt, ABytesScaleIsADivision) {
  FakeModel model(KILN_F32, {256}, KILN_F32, {1}, 0, "binary_crossentropy");
  std::vector<uint8_t> bytes(256);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  Array x = copy_of(KILN_U8, {1, 256}, bytes.data());
  x.scale = 1.0 / 255;
  const auto adapted = adapt(data_of(x, rows_of(KILN_U8, {1})), model.model(), nullptr);
  ASSERT_TRUE(adapted) << adapted.error().to_string();
  const RowConversion convert = row_conversion(adapted->train.x[0], KILN_F32);
  std::vector<float> numbers(256);
  convert(reinterpret_cast<std::byte*>(numbers.data()), x.data(), 256);
  for (int i = 0; i < 256; ++i) EXPECT_EQ(numbers[i], static_cast<float>(i) / 255.0f) << i;
  EXPECT_EQ(floats_of(x), numbers);
}

TEST(Adapt, LeavesWhatFitsAlone) {
  const Dataset data = data_of(rows_of(KILN_F32, {3, 784}), rows_of(KILN_I32, {3}));
  std::string notes;
  const auto adapted = adapt(data, classifier().model(), &notes);
  ASSERT_TRUE(adapted) << adapted.error().to_string();
  EXPECT_EQ(adapted->train.x[0].data(), data.x().data());
  EXPECT_EQ(adapted->train.y[0].data(), data.y().data());
  EXPECT_EQ(notes, "");
  EXPECT_TRUE(adapt(data, classifier().model(), nullptr));
}

TEST(Adapt, AddsAndDropsOnes) {
  FakeModel images(KILN_F32, {28, 28, 1}, KILN_F32, {1}, 0, "binary_crossentropy");
  const auto data = adapt(data_of(rows_of(KILN_F64, {3, 28, 28}), rows_of(KILN_U8, {3})),
                          images.model(), nullptr);
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(data->train.x[0].name(), "3x28x28x1xf64");
  EXPECT_EQ(data->train.y[0].name(), "3x1xf32");
  const auto flat = adapt(data_of(rows_of(KILN_F32, {3, 784}), rows_of(KILN_I64, {3, 1})),
                          classifier().model(), nullptr);
  ASSERT_TRUE(flat) << flat.error().to_string();
  EXPECT_EQ(flat->train.y[0].name(), "3xi32");
}

TEST(Adapt, RefusesOtherShapes) {
  const Array y = rows_of(KILN_I32, {3});
  expect_error(adapt(data_of(rows_of(KILN_F32, {3, 780}), y), classifier().model(), nullptr),
               "x: each row is 780xf32, but the model 'mlp' takes 784xf32");
  FakeModel color(KILN_F32, {32, 32, 3}, KILN_I32, {}, 10, "sparse_categorical_crossentropy");
  expect_error(adapt(data_of(rows_of(KILN_F32, {3, 3, 32, 32}), y), color.model(), nullptr),
               "transpose the data");
}

TEST(Adapt, RefusesDifferentLengths) {
  expect_error(adapt(data_of(rows_of(KILN_F32, {3, 784}), rows_of(KILN_I32, {2})),
                     classifier().model(), nullptr),
               "x has 3 rows and y has 2");
}

TEST(Adapt, ChecksLabels) {
  const Array x = rows_of(KILN_F32, {3, 784});
  const kiln_model& model = classifier().model();
  expect_error(
      adapt(data_of(x, array_of<int64_t>(KILN_I64, {3}, {0, 9, 10})), model, nullptr),
      "y: row 2 (counted from 0) is 10, but the model's output \"classes\" has 10 classes, "
      "0 to 9");
  expect_error(adapt(data_of(x, array_of<int64_t>(KILN_I64, {3}, {0, -1, 0})), model, nullptr),
               "row 1 (counted from 0) is -1");
  expect_error(adapt(data_of(x, array_of<float>(KILN_F32, {3}, {0, 1.5f, 0})), model, nullptr),
               "row 1 (counted from 0) is 1.5");
  expect_error(adapt(data_of(x, array_of<float>(KILN_F32, {3}, {0, 1, NAN})), model, nullptr),
               "row 2 (counted from 0) is NaN");
  FakeModel regression(KILN_F32, {784}, KILN_F32, {2}, 0, "mean_squared_error");
  expect_error(adapt(data_of(x, array_of<double>(KILN_F64, {3, 2}, {0, 0, 0, NAN, 0, 0})),
                     regression.model(), nullptr),
               "y: row 1, element 1 (counted from 0) is NaN");
}

TEST(Adapt, ChecksLabelsOfTheTestSet) {
  Dataset data = data_of(rows_of(KILN_F32, {3, 784}), rows_of(KILN_I32, {3}));
  data.test = {{"x", rows_of(KILN_F32, {1, 784})}, {"y", array_of<int32_t>(KILN_I32, {1}, {11})}};
  expect_error(adapt(data, classifier().model(), nullptr), "test y: row 0");
}

TEST(Adapt, TellsOneHotFromClassNumbers) {
  expect_error(adapt(data_of(rows_of(KILN_F32, {3, 784}), rows_of(KILN_F32, {3, 10})),
                     classifier().model(), nullptr),
               "use numpy.argmax(y, axis=-1)");
  FakeModel one_hot(KILN_F32, {784}, KILN_F32, {10}, 0, "categorical_crossentropy");
  expect_error(
      adapt(data_of(rows_of(KILN_F32, {3, 784}), rows_of(KILN_I32, {3})), one_hot.model(), nullptr),
      "use numpy.eye(10)[y], or the loss sparse_categorical_crossentropy");
}

TEST(Adapt, TokensMustBeWholeAndInRange) {
  FakeModel words(KILN_I32, {2}, KILN_F32, {1}, 0, "binary_crossentropy");
  const Array y = rows_of(KILN_U8, {1});
  const auto data =
      adapt(data_of(array_of<double>(KILN_F64, {1, 2}, {3, 4}), y), words.model(), nullptr);
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(data->train.x[0].as<int32_t>()[1], 4);
  expect_error(
      adapt(data_of(array_of<double>(KILN_F64, {1, 2}, {3, 4.5}), y), words.model(), nullptr),
      "x: row 0, element 1 (counted from 0) is 4.5, but the model takes i32");
  expect_error(adapt(data_of(array_of<int64_t>(KILN_I64, {1, 2}, {3, int64_t{1} << 40}), y),
                     words.model(), nullptr),
               "is 1.09951163e+12");
}

TEST(Adapt, IdsMustBeInTheVocabulary) {
  FakeModel words(KILN_I32, {2}, KILN_F32, {1}, 0, "binary_crossentropy");
  words.set_index_limit(5);
  const Array y = rows_of(KILN_U8, {1});
  const auto adapted = [&](double id) {
    return adapt(data_of(array_of<double>(KILN_F64, {1, 2}, {3, id}), y), words.model(), nullptr);
  };
  EXPECT_TRUE(adapted(4));
  expect_error(adapted(4.5),
               "x: row 0, element 1 (counted from 0) is 4.5, but the model takes i32");
  for (const double wrong : {5.0, -1.0, 1e12}) {
    expect_error(adapted(wrong),
                 "but the model's input \"pixels\" takes ids from a vocabulary of 5");
  }
}

TEST(Adapt, IdsAreNoPixels) {
  FakeModel words(KILN_F32, {2}, KILN_F32, {1}, 0, "binary_crossentropy");
  words.set_index_limit(5);
  const auto data =
      adapt(data_of(array_of<uint8_t>(KILN_U8, {1, 2}, {3, 4}), rows_of(KILN_U8, {1})),
            words.model(), nullptr);
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(floats_of(data->train.x[0]), (std::vector<float>{3, 4}));
}

TEST(Adapt, AModelForPredictionTakesXAlone) {
  FakeModel model(KILN_F32, {4}, KILN_I32, {}, 0, "");
  model.forget_training();
  const Dataset data{{{"x", rows_of(KILN_F64, {3, 4})}}};
  const auto adapted = adapt(data, model.model(), nullptr);
  ASSERT_TRUE(adapted) << adapted.error().to_string();
  EXPECT_EQ(adapted->train.x[0].type, KILN_F64);
  EXPECT_TRUE(adapted->train.y.empty());
}

// A model of two inputs and two outputs, one of which has no loss.
class TwoInputs {
 public:
  explicit TwoInputs(bool weighted) {
    functions_[0].name = "train_step";
    functions_[0].inputs = weighted ? kWeighted : kPlain;
    functions_[0].input_count = weighted ? 7 : 4;
    model_.name = "two";
    model_.input_count = 2;
    model_.inputs = kInputs;
    model_.output_count = weighted ? 2 : 3;
    model_.outputs = weighted ? kBoth : kOne;
    model_.functions = functions_;
    model_.function_count = 1;
  }
  TwoInputs(const TwoInputs&) = delete;
  const kiln_model& model() const { return model_; }

 private:
  static constexpr int64_t kImage[] = {32, 4}, kText[] = {32, 3}, kDigit[] = {32},
                           kStep[] = {32, 2};
  static constexpr kiln_input kInputs[] = {{"image", 0}, {"text", 5}};
  static constexpr kiln_output kOne[] = {{"score", "", 0}, {"digit", "sparse", 10}, {"p", "", 0}};
  static constexpr kiln_output kBoth[] = {{"digit", "sparse", 10}, {"step", "mse", 0}};
  static constexpr kiln_tensor kPlain[] = {{"x/image", KILN_F32, 2, kImage},
                                           {"x/text", KILN_I32, 2, kText},
                                           {"y/digit", KILN_I32, 1, kDigit},
                                           {"count", KILN_I32, 0, nullptr}};
  static constexpr kiln_tensor kWeighted[] = {{"x/image", KILN_F32, 2, kImage},
                                              {"x/text", KILN_I32, 2, kText},
                                              {"y/digit", KILN_I32, 1, kDigit},
                                              {"y/step", KILN_F32, 2, kStep},
                                              {"sample_weight/digit", KILN_F32, 1, kDigit},
                                              {"sample_weight/step", KILN_F32, 2, kStep},
                                              {"count", KILN_I32, 0, nullptr}};
  kiln_function functions_[1] = {};
  kiln_model model_ = {};
};

TEST(Adapt, FindsArraysByNameOrNumber) {
  const TwoInputs two(false);
  const Array image = rows_of(KILN_F32, {5, 4}), text = rows_of(KILN_I64, {5, 3}),
              digit = rows_of(KILN_U8, {5});
  std::string notes;
  const auto named = adapt({{{"digit", digit}, {"text", text}, {"other", digit}, {"image", image}}},
                           two.model(), &notes);
  ASSERT_TRUE(named) << named.error().to_string();
  EXPECT_EQ(named->train.x[0].name(), "5x4xf32");
  EXPECT_EQ(named->train.x[1].name(), "5x3xi32");
  ASSERT_EQ(named->train.y.size(), 1u);
  EXPECT_EQ(named->train.y[0].name(), "5xi32");
  EXPECT_NE(notes.find("passed over: other\n"), std::string::npos) << notes;
  const auto numbered =
      adapt({{{"x_0", image}, {"x_1", text}, {"y_1", digit}}}, two.model(), nullptr);
  EXPECT_TRUE(numbered) << numbered.error().to_string();
}

TEST(Adapt, NamesWhatIsMissing) {
  const TwoInputs two(false);
  const Array image = rows_of(KILN_F32, {5, 4}), text = rows_of(KILN_I64, {5, 3});
  expect_error(adapt({{{"image", image}, {"txet", text}}}, two.model(), nullptr),
               "data: has no array for the model's input \"text\"; it holds image, txet");
  expect_error(
      adapt({{{"image", image}, {"text", rows_of(KILN_I64, {4, 3})}}}, two.model(), nullptr),
      "image has 5 rows and text has 4");
  const TwoInputs both(true);
  expect_error(adapt({{{"image", image}, {"text", text}, {"digit", rows_of(KILN_U8, {5})}}},
                     both.model(), nullptr),
               "has no array for the model's output \"step\"");
}

TEST(Adapt, SampleWeightsAreForAllOutputsOrForEach) {
  const TwoInputs two(true);
  std::vector<NamedArray> arrays = {{"image", rows_of(KILN_F32, {2, 4})},
                                    {"text", rows_of(KILN_I32, {2, 3})},
                                    {"digit", rows_of(KILN_U8, {2})},
                                    {"step", rows_of(KILN_F32, {2, 2})}};
  EXPECT_TRUE(adapt({arrays}, two.model(), nullptr)->train.sample_weights.empty());
  arrays.push_back({"sample_weight", array_of<double>(KILN_F64, {2}, {3, 4})});
  const auto shared = adapt({arrays}, two.model(), nullptr);
  ASSERT_TRUE(shared) << shared.error().to_string();
  EXPECT_EQ(shared->train.sample_weights[0].name(), "2xf32");
  EXPECT_EQ(shared->train.sample_weights[1].name(), "2x2xf32");
  EXPECT_EQ(shared->train.sample_weights[1].as<float>()[3], 4);
  arrays.back().name = "sample_weight_step";
  const auto one = adapt({arrays}, two.model(), nullptr);
  ASSERT_TRUE(one) << one.error().to_string();
  EXPECT_EQ(one->train.sample_weights[0].as<float>()[1], 1);
  EXPECT_EQ(one->train.sample_weights[1].as<float>()[1], 3);
  const TwoInputs plain(false);
  arrays.back().name = "sample_weight";
  expect_error(adapt({arrays}, plain.model(), nullptr),
               "the model was compiled without sample weights");
}

// The real digits, where the environment says where they are.
TEST(LoadDataset, RealMnist) {
  const char* shared = std::getenv("KILN_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "set KILN_SHARED to the folder that holds data/mnist-t10k";
  const auto data = load_dataset(std::string(shared) + "/data/mnist-t10k");
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(data->x().name(), "10000x28x28xu8");
  EXPECT_EQ(data->y().as<uint8_t>()[0], 7);
}

}  // namespace
}  // namespace kiln::runtime
