// .keras archives: what Keras wrote is read, goes on training, and comes back from kiln's own
// files.
#include "frontend/keras/files/archive.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>

#include "frontend/keras/files/legacy_h5.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/files/weights_h5.h"
#include "runtime/data/zip_writer.h"
#include "tests/frontend/files/running.h"
#include "tests/frontend/files/support.h"

namespace kiln::keras {
namespace {

namespace fs = std::filesystem;
using runtime::Array;
using runtime::NamedArray;

std::string written() {
  const std::string path = scratch_path("written.keras");
  must(write_archive(path, small_mlp(), small_weights(), small_adam_state()));
  return path;
}

/// An archive of these entries.
void write_entries(const std::string& path,
                   const std::vector<std::pair<std::string, std::span<const std::byte>>>& entries) {
  runtime::ZipWriter archive = must(runtime::ZipWriter::create(path));
  for (const auto& [name, bytes] : entries) must(archive.add(name, {bytes}));
  must(archive.finish());
}

class KerasMlp : public ::testing::Test {
 protected:
  const Array& array(const std::string& name) const { return *runtime::find_array(arrays_, name); }
  const std::vector<NamedArray> arrays_ = must(runtime::load_npz(data_path("mlp.npz")));
};

TEST_F(KerasMlp, PredictsAsInKeras) {
  Running model(must(read_archive(data_path("mlp.keras"))), 8);
  EXPECT_TRUE(near(model.predict(array("x")), array("predict"), 1e-6));
}

TEST_F(KerasMlp, GoesOnTrainingFromTheOptimizersState) {
  const SavedModel saved = must(read_archive(data_path("mlp.keras")));
  EXPECT_TRUE(saved.has_optimizer);
  Running model(saved, 8);
  for (int step = 0; step < 2; ++step) model.train(array("x"), array("y"));
  for (size_t i = 0; i < saved.weights.size(); ++i) {
    const std::string& name = saved.weights[i].name;
    EXPECT_TRUE(near(model.variable(name), array("more_" + std::to_string(i)), 1e-6)) << name;
  }
  EXPECT_TRUE(near(model.predict(array("x")), array("more_predict"), 1e-6));
}

TEST_F(KerasMlp, ComesBackFromKilnsOwnFile) {
  const SavedModel first = must(read_archive(data_path("mlp.keras")));
  const std::string path = scratch_path("again.keras");
  must(write_archive(path, first.model, first.weights, first.optimizer));
  const SavedModel second = must(read_archive(path));
  EXPECT_TRUE(same(second.weights, first.weights));
  EXPECT_TRUE(same(second.optimizer, first.optimizer));
  EXPECT_EQ(must(to_json(second.model)), must(to_json(first.model)));
}

/// Layers with moving averages, random states and parts of their own.
class KerasModel : public ::testing::TestWithParam<const char*> {
 protected:
  const std::string name_ = GetParam();
  const SavedModel saved_ = must(read_archive(data_path(name_ + ".keras")));
  const std::vector<NamedArray> arrays_ = must(runtime::load_npz(data_path(name_ + ".npz")));
  const Array& array(const std::string& name) const { return *runtime::find_array(arrays_, name); }
};

TEST_P(KerasModel, PredictsAsInKeras) {
  EXPECT_TRUE(saved_.has_optimizer);
  Running model(saved_, 8);
  EXPECT_TRUE(near(model.predict(array("x")), array("predict"), 1e-6));
}

TEST_P(KerasModel, ComesBackFromKilnsOwnFile) {
  const std::string path = scratch_path(name_ + "_again.keras");
  must(write_archive(path, saved_.model, saved_.weights, saved_.optimizer));
  const SavedModel second = must(read_archive(path));
  EXPECT_TRUE(same(second.weights, saved_.weights));
  EXPECT_TRUE(same(second.optimizer, saved_.optimizer));
  EXPECT_EQ(must(to_json(second.model)), must(to_json(saved_.model)));
}

INSTANTIATE_TEST_SUITE_P(Files, KerasModel,
                         ::testing::Values("normalized", "attention", "spectral"),
                         [](const auto& info) { return std::string(info.param); });

/// The values in the order in which graph.npz has them.
std::vector<NamedArray> numbered(const std::vector<NamedArray>& arrays, const std::string& kind) {
  std::vector<NamedArray> result = arrays;
  for (size_t i = 0; i < result.size(); ++i) result[i].name = kind + "_" + std::to_string(i);
  return result;
}

/// The values are those of graph.npz.
void expect_graph_values(const SavedModel& saved) {
  EXPECT_TRUE(saved.has_optimizer);
  std::vector<NamedArray> values = numbered(saved.weights, "weight");
  for (const NamedArray& named : numbered(saved.optimizer, "optimizer")) values.push_back(named);
  const std::vector<NamedArray> expected = must(runtime::load_npz(data_path("graph.npz")));
  ASSERT_EQ(values.size(), expected.size());
  for (const NamedArray& named : values) {
    const runtime::Array* array = runtime::find_array(expected, named.name);
    ASSERT_NE(array, nullptr) << named.name;
    EXPECT_TRUE(same({{"", runtime::convert(named.array, array->type)}}, {{"", *array}}))
        << named.name;
  }
}

TEST(Archive, NestedModelsKeepWeightsAndOptimizerInKerasOrder) {
  const SavedModel saved = must(read_archive(data_path("graph.keras")));
  expect_graph_values(saved);
  const std::string path = scratch_path("graph_again.keras");
  must(write_archive(path, saved.model, saved.weights, saved.optimizer));
  const SavedModel again = must(read_archive(path));
  EXPECT_TRUE(same(again.weights, saved.weights));
  EXPECT_TRUE(same(again.optimizer, saved.optimizer));
}

TEST(LegacyH5, HoldsModelWeightsAndOptimizer) {
  const SavedModel saved = must(read_legacy_h5(data_path("graph.h5")));
  expect_graph_values(saved);
  EXPECT_EQ(must(to_json(saved.model)),
            must(to_json(must(read_archive(data_path("graph.keras"))).model)));
}

TEST(LegacyH5, WeightsAloneAreNoModel) {
  EXPECT_EQ(error_of(read_legacy_h5(data_path("plain.weights.h5"))),
            "error: " + data_path("plain.weights.h5") +
                ": holds no model\nnote: save the whole model, or give its definition, and this "
                "file as --weights");
}

TEST(LegacyH5, CutAndChangedFilesAreSurvived) {
  const std::string bytes = read_bytes(data_path("graph.h5"));
  const std::string path = scratch_path("damaged.h5");
  for (size_t size = 0; size < bytes.size(); size += 511) {
    write_bytes(path, bytes.substr(0, size));
    ASSERT_FALSE(read_legacy_h5(path)) << "cut off at byte " << size;
  }
  for (size_t i = 0; i < bytes.size(); i += 97) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0xff);
    write_bytes(path, damaged);
    if (const auto result = read_legacy_h5(path); !result) {
      EXPECT_EQ(result.error().where.rfind(path, 0), 0u)
          << "byte " << i << ": " << result.error().to_string();
    }
  }
}

// Keras keeps what adapt() found beside the definition; kiln's own files have it in it.
TEST(Archive, VocabulariesAreOfTheArchive) {
  const std::vector<NamedArray> arrays = must(runtime::load_npz(data_path("lookup.npz")));
  const Array &x = *runtime::find_array(arrays, "x"), &y = *runtime::find_array(arrays, "predict");
  const SavedModel first = must(read_archive(data_path("lookup.keras")));
  EXPECT_TRUE(near(Running(first, x.rows()).predict(x), y, 1e-6));
  const std::string path = scratch_path("lookup.keras");
  must(write_archive(path, first.model, first.weights, first.optimizer));
  EXPECT_TRUE(near(Running(must(read_archive(path)), x.rows()).predict(x), y, 1e-6));
}

TEST(Archive, AnOptimizerThatNeverTrainedHasNoState) {
  const SavedModel saved = must(read_archive(data_path("untrained.keras")));
  EXPECT_FALSE(saved.has_optimizer);
  EXPECT_TRUE(saved.optimizer.empty());
  EXPECT_EQ(saved.weights.size(), 4u);
  ASSERT_TRUE(saved.model.compile_options);
}

TEST(Archive, KeepsTheLearningRateThatTrainingHasComeTo) {
  const SavedModel saved = must(read_archive(written()));
  EXPECT_TRUE(same(saved.optimizer, small_adam_state()));
  EXPECT_EQ(saved.model.compile_options->optimizer.get()->learning_rate.value(), 0.25);
}

TEST(Archive, TheSameModelGivesTheSameBytes) {
  const std::string first = read_bytes(written());
  EXPECT_EQ(read_bytes(written()), first);
}

TEST(Archive, ErrorsNameTheFileAndTheLayer) {
  const std::string path = scratch_path("foreign.keras");
  const std::string config = must(to_json(small_mlp()));
  Model other = small_mlp();
  other.layers[1] = std::make_shared<Dense>(6);
  other.layers[1]->name = "first";
  std::vector<NamedArray> weights = {{"first/kernel", floats({4, 6}, std::vector<float>(24))},
                                     {"first/bias", floats({6}, std::vector<float>(6))},
                                     {"second/kernel", floats({6, 3}, std::vector<float>(18))},
                                     {"second/bias", floats({3}, std::vector<float>(3))}};
  const std::vector<std::byte> values = must(format_weights_h5(path, other, weights, {}));
  write_entries(path,
                {{"config.json", std::as_bytes(std::span(config))}, {"model.weights.h5", values}});
  const std::string error = error_of(read_archive(path));
  EXPECT_NE(error.find(path + ": model.weights.h5: layer \"first\": "), std::string::npos) << error;
  EXPECT_NE(error.find("is 4x6xf32, the model has 4x5xf32"), std::string::npos) << error;
}

TEST(Archive, APartThatIsMissingIsAnError) {
  const std::string path = scratch_path("partial.keras");
  const std::string config = must(to_json(small_mlp()));
  write_entries(path, {{"config.json", std::as_bytes(std::span(config))}});
  EXPECT_NE(error_of(read_archive(path)).find("model.weights.h5 is not in the archive"),
            std::string::npos);
  write_entries(path, {{"other", {}}});
  EXPECT_NE(error_of(read_archive(path)).find("config.json is not in the archive"),
            std::string::npos);
}

/// 300 MB of zeros would be 300 KB of the archive.
TEST(Archive, AnEntryThatClaimsToBeHugeIsRefused) {
  const std::string path = scratch_path("bomb.keras");
  const std::vector<std::byte> packed(300 << 10);
  write_entries(path, {{"config.json", packed}});
  std::string bytes = read_bytes(path);
  const size_t record = bytes.rfind("PK\x01\x02");  // of the central directory
  const uint32_t size = 300 << 20;
  bytes[record + 10] = 8;  // deflated
  std::memcpy(bytes.data() + record + 24, &size, sizeof size);
  write_bytes(path, bytes);
  EXPECT_NE(error_of(read_archive(path)).find("config.json claims to hold 314572800 bytes"),
            std::string::npos);
}

TEST(Archive, CutAndChangedFilesAreSurvived) {
  const std::string bytes = read_bytes(data_path("mlp.keras"));
  const std::string path = scratch_path("damaged.keras");
  for (size_t size = 0; size < bytes.size(); size += 211) {
    write_bytes(path, bytes.substr(0, size));
    ASSERT_FALSE(read_archive(path)) << "cut off at byte " << size;
  }
  for (size_t i = 0; i < bytes.size(); i += 41) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0xff);
    write_bytes(path, damaged);
    if (const auto result = read_archive(path); !result) {
      EXPECT_EQ(result.error().where.rfind(path, 0), 0u)
          << "byte " << i << ": " << result.error().to_string();
    }
  }
}

/// The golden cases, beside the checkout or where KILN_SHARED says; empty: there are none.
fs::path golden_folder() {
  if (const char* shared = std::getenv("KILN_SHARED")) return fs::path(shared) / "golden";
  std::error_code error;
  // Under Bazel a test's data are links into the checkout: the way out of the sandbox.
  const fs::path data = fs::canonical(data_path("mlp.npz"), error);
  if (error) return {};
  const fs::path golden =
      data.parent_path().parent_path().parent_path().parent_path().parent_path() / "shared" /
      "golden";
  return fs::is_directory(golden, error) ? golden : fs::path();
}

/// Every golden case whose definition kiln can read: its archive must be readable, too.
TEST(Archive, ReadsTheGoldenCases) {
  if (golden_folder().empty())
    GTEST_SKIP() << "no golden cases: set KILN_SHARED to the folder that holds golden/";
  int read = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(golden_folder())) {
    if (!fs::exists(entry.path() / "model.keras")) continue;
    const auto model = read_model((entry.path() / "model.json").string());
    if (!model) {
      std::printf("not supported yet: %s\n", model.error().to_string().c_str());
      continue;
    }
    const SavedModel saved = must(read_archive((entry.path() / "model.keras").string()));
    std::vector<NamedArray> initial =
        must(runtime::load_npz((entry.path() / "initial.npz").string()));
    ASSERT_EQ(saved.weights.size(), initial.size()) << entry.path();
    for (size_t i = 0; i < initial.size(); ++i) initial[i].name = saved.weights[i].name;
    EXPECT_TRUE(same(saved.weights, initial)) << entry.path();
    ++read;
  }
  EXPECT_GE(read, 11);
}

}  // namespace
}  // namespace kiln::keras
