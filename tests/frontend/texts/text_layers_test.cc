// Layers of texts: what they give, compiled, is Keras's; mistakes are errors.
#include <fmt/format.h>

#include "frontend/keras/files/model_json.h"
#include "frontend/kiln.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/data/text/text_hash.h"
#include "tests/frontend/must.h"
#include "tests/frontend/recorded.h"

namespace kiln::keras {
namespace {

using ::testing::HasSubstr;

const std::string kData = "tests/frontend/texts/data/";

/// The texts or integers of a recorded case.
Array data_of(const Json& data) {
  auto dims = data["shape"].get<std::vector<int64_t>>();
  if (data["values"][0].is_string())
    return runtime::text_array(data["values"].get<std::vector<std::string>>(), std::move(dims));
  const auto numbers = data["values"].get<std::vector<int64_t>>();
  return runtime::copy_of(KILN_I64, std::move(dims), numbers.data());
}

class TextLayers : public ::testing::TestWithParam<Recorded> {};

TEST_P(TextLayers, GiveWhatKerasGives) {
  const Json& recorded = GetParam().json;
  const std::string definition = recorded["model"].dump();
  const keras::Model read = must(parse_model(definition));
  kiln::Model model(read);
  const Json& x = recorded["x"];
  const Array y = must(x.is_array() ? model.predict({data_of(x[0]), data_of(x[1])})
                                    : model.predict(data_of(x)));
  const std::vector<double> wanted = values_of(recorded["y"]);
  EXPECT_EQ(y.dims, recorded["y"]["shape"].get<std::vector<int64_t>>());
  ASSERT_EQ(y.element_count(), static_cast<int64_t>(wanted.size()));
  const Array own = runtime::convert(y, KILN_F64);
  for (int64_t i = 0; i < own.element_count(); ++i)
    EXPECT_NEAR(own.as<double>()[i], wanted[static_cast<size_t>(i)], 1e-6) << "element " << i;
}

TEST_P(TextLayers, AreWrittenAsTheyAreRead) {
  const Model read = must(parse_model(GetParam().json["model"].dump()));
  const std::string written = must(to_json(read));
  EXPECT_EQ(must(to_json(must(parse_model(written)))), written);
  const Json config = Json::parse(written)["config"]["layers"].back()["config"];
  for (const auto& [key, value] :
       GetParam().json["model"]["config"]["layers"].back()["config"].items()) {
    if (key == "dtype" || (key == "ngrams" && value.is_number()) || key == "oov_method") continue;
    EXPECT_EQ(config.value(key, Json()), value) << key;
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, TextLayers,
                         ::testing::ValuesIn(recorded_file(kData + "layers.json")),
                         [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(RecordedPairs, TextLayers,
                         ::testing::ValuesIn(recorded_file(kData + "pairs.json")),
                         [](const auto& info) { return info.param.name; });

TEST(TextHashes, AreTensorFlows) {
  const std::vector<Recorded> cases = recorded_file(kData + "hashes.json");
  ASSERT_GT(cases.size(), 70u);
  for (const Recorded& recorded : cases) {
    const auto text = recorded.json["text"].get<std::string>();
    const uint64_t limit = uint64_t{1} << 62;
    EXPECT_EQ(runtime::farm_fingerprint(text) % limit, recorded.json["farm"].get<uint64_t>())
        << text;
    EXPECT_EQ(runtime::sip_hash({123456789, 987654321}, text) % limit,
              recorded.json["sip"].get<uint64_t>())
        << text;
  }
}

Input strings() { return Input({.shape = {1}, .dtype = "string"}); }

Array colors() { return runtime::text_array({"red", "blue"}); }

TEST(TextErrors, AnUnknownTextWithoutAPlace) {
  Sequential definition({strings(), StringLookup({.vocabulary = {"red"}, .num_oov_indices = 0})});
  kiln::Model model(definition);
  EXPECT_THAT(error_of(model.predict(colors())),
              HasSubstr("row 1 (counted from 0) holds \"blue\", which is not in the model's "
                        "vocabulary"));
}

TEST(TextErrors, NumbersForTexts) {
  Sequential definition({strings(), StringLookup({.vocabulary = {"red"}})});
  kiln::Model model(definition);
  EXPECT_THAT(error_of(model.predict(runtime::allocate(KILN_F32, {2, 1}))),
              HasSubstr("holds numbers (2x1xf32), but the model takes texts"));
}

TEST(TextErrors, TextsForNumbers) {
  Sequential definition({Input({1}), Dense(1)});
  kiln::Model model(definition);
  EXPECT_THAT(error_of(model.predict(colors())), HasSubstr("holds texts (2 texts)"));
}

TEST(TextErrors, ModelsThatMakeNoSense) {
  const auto error = [](const keras::Model& definition) {
    kiln::Model model(definition);
    return error_of(model.predict(colors()));
  };
  EXPECT_THAT(error(Sequential({strings(), Dense(1)})),
              HasSubstr("\"dense\" reads it, which takes numbers, not texts"));
  EXPECT_THAT(error(Sequential({Input({1}, "int32"), Embedding(3, 2), Flatten(),
                                StringLookup({.vocabulary = {"red"}})})),
              HasSubstr("but gets what \"flatten\" computes"));
  EXPECT_THAT(error(Sequential({strings(), StringLookup({.vocabulary = {}})})),
              HasSubstr("has no vocabulary"));
  EXPECT_THAT(error(Sequential({strings(), StringLookup({.vocabulary = {"a", "a"}})})),
              HasSubstr("the vocabulary has \"a\" twice"));
  EXPECT_THAT(error(Sequential({strings(), StringLookup({.vocabulary = {"a"}, .invert = true})})),
              HasSubstr("gives texts (invert=True)"));
  EXPECT_THAT(error(Sequential(
                  {strings(), TextVectorization({.vocabulary = {"a"}, .output_mode = "tf_idf"})})),
              HasSubstr("has no idf_weights"));
  EXPECT_THAT(error(Sequential(
                  {strings(), TextVectorization({.vocabulary = {"a"}, .standardize = "upper"})})),
              HasSubstr("standardize \"upper\" is not supported"));
}

TEST(TextErrors, TwoLayersThatDisagreeOnAnInput) {
  const auto x = Callable<Input>(InputOptions{.shape = {1}, .dtype = "string"});
  const auto a = Callable<StringLookup>(StringLookupOptions{.vocabulary = {"red"}})(x);
  const auto b = Callable<StringLookup>(StringLookupOptions{.vocabulary = {"blue"}})(x);
  kiln::Model model({x}, {a, b});
  EXPECT_THAT(error_of(model.predict_all(colors())),
              HasSubstr("\"string_lookup\" and \"string_lookup_1\" make different numbers of its "
                        "texts"));
  const auto y = Callable<Input>(InputOptions{.shape = {1}, .dtype = "int32"});
  const auto crossed = Callable<HashedCrossing>(HashedCrossingOptions{.num_bins = 3})({x, y});
  kiln::Model crossing({x, y}, {a, crossed});
  EXPECT_THAT(error_of(crossing.predict_all({colors(), colors()})),
              HasSubstr("\"string_lookup\" and \"hashed_crossing\" make different numbers of its "
                        "texts"));
}

TEST(TextErrors, CrossingsOfWhatIsNoPair) {
  const auto crossing = Callable<HashedCrossing>(HashedCrossingOptions{.num_bins = 3});
  const auto texts = Callable<Input>(InputOptions{.shape = {1}, .dtype = "string"});
  const auto numbers = Callable<Input>(InputOptions{.shape = {1}});
  const auto floats = Callable<Rescaling>(2)(numbers);
  kiln::Model of_floats({texts, numbers}, {crossing({texts, floats})});
  EXPECT_THAT(
      error_of(of_floats.predict({colors(), runtime::allocate(KILN_F32, {2, 1})})),
      HasSubstr("layer \"hashed_crossing\": crosses integers and texts, but gets floats from "
                "\"rescaling\""));
  kiln::Model of_one({texts}, {crossing(texts)});
  EXPECT_THAT(error_of(of_one.predict(colors())), HasSubstr("crosses two inputs, gets 1"));
  kiln::Model with_dense({texts}, {crossing({texts, texts}), Callable<Dense>(1)(texts)});
  EXPECT_THAT(error_of(with_dense.predict_all(colors())),
              HasSubstr("\"dense\" reads it, which takes numbers, not texts as "
                        "\"hashed_crossing\" does"));
}

}  // namespace
}  // namespace kiln::keras
