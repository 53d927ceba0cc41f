// Every class that Keras's files name: its options are read and written, and the reference has
// them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/functions/constraints.h"
#include "frontend/keras/functions/initializers.h"
#include "frontend/keras/functions/regularizers.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/losses/losses.h"
#include "frontend/keras/metrics/list.h"
#include "frontend/keras/model/model.h"
#include "frontend/keras/optimizers/optimizers.h"
#include "frontend/keras/options/reference.h"
#include "frontend/keras/schedules/schedule.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

/// Values of options that a config must have.
Json required_value(const std::string& option) {
  if (option == "name") return "example";
  if (option == "layer")
    return must(write_model(Sequential({Input({3, 2}), LSTM(2)})))["config"]["layers"][1];
  if (option == "cell")
    return {{"class_name", "GRUCell"}, {"config", {{"name", "cell"}, {"units", 2}}}};
  if (option == "activation") return "relu";
  if (option == "equation") return "ab,bc->ac";
  if (option == "batch_shape") return {nullptr, 3};
  if (option == "padding" || option == "cropping") return nullptr;
  if (option == "boundaries") return {1, 2};
  if (option == "values") return {0.1, 0.2, 0.3};
  for (const char* list : {"dims", "target_shape", "output_shape"}) {
    if (option == list) return {2, 1};
  }
  return 1;
}

/// A config of what is required and nothing else.
Json least_config(const ClassReference& described) {
  Json config = Json::object();
  for (const OptionReference& option : described.options) {
    if (option.default_value.empty()) config[option.name] = required_value(option.name);
  }
  const int dimensions =
      described.name.back() == 'D' ? described.name[described.name.size() - 2] - '0' : 0;
  for (const char* borders : {"padding", "cropping"}) {
    if (!config.contains(borders)) continue;
    const Json pair = {1, 1};
    config[borders] = dimensions == 1 ? pair : Json(std::vector<Json>(dimensions, pair));
  }
  return config;
}

Json object(const std::string& class_name, const Json& config) {
  return {{"class_name", class_name}, {"config", config}};
}

/// The classes of a kind, with what reads a config of theirs and writes it again.
struct Kind {
  std::string name;
  std::vector<ClassReference> (*classes)();
  Json (*rewrite)(const std::string& class_name, const Json& config);
  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

const Kind kKinds[] = {
    {"layers", layer_reference,
     [](const std::string& name, const Json& config) {
       return write_layer_config(*must(read_layer(name, config, "test")));
     }},
    {"losses", loss_reference,
     [](const std::string& name, const Json& config) {
       return write_loss(must(read_loss(object(name, config), "test")))["config"];
     }},
    {"metrics", metric_reference,
     [](const std::string& name, const Json& config) {
       return write_metric(must(read_metric(object(name, config), "test")))["config"];
     }},
    {"optimizers", optimizer_reference,
     [](const std::string& name, const Json& config) {
       return write_optimizer(must(read_optimizer(object(name, config), "test")))["config"];
     }},
    {"schedules", schedule_reference,
     [](const std::string& name, const Json& config) {
       return write_schedule(must(read_schedule(object(name, config), "test")))["config"];
     }},
    {"initializers", initializer_reference,
     [](const std::string& name, const Json& config) {
       return write_initializer(must(read_initializer(object(name, config), "test")))["config"];
     }},
    {"regularizers", regularizer_reference,
     [](const std::string& name, const Json& config) {
       return write_regularizer(must(read_regularizer(object(name, config), "test")))["config"];
     }},
    {"constraints", constraint_reference,
     [](const std::string& name, const Json& config) {
       return write_constraint(must(read_constraint(object(name, config), "test")))["config"];
     }},
};

class Options : public ::testing::TestWithParam<Kind> {};

TEST_P(Options, DefaultsAreReadAndWritten) {
  for (const ClassReference& described : GetParam().classes()) {
    SCOPED_TRACE(described.name);
    const Json written = GetParam().rewrite(described.name, least_config(described));
    EXPECT_EQ(GetParam().rewrite(described.name, written).dump(), written.dump());
  }
}

TEST_P(Options, EveryWrittenOptionIsInTheReference) {
  for (const ClassReference& described : GetParam().classes()) {
    std::set<std::string> names;
    for (const OptionReference& option : described.options)
      EXPECT_TRUE(names.insert(option.name).second) << described.name << ": " << option.name;
    const Json written = GetParam().rewrite(described.name, least_config(described));
    for (const auto& [key, value] : written.items())
      EXPECT_TRUE(names.contains(key)) << described.name << ": " << key;
  }
}

TEST_P(Options, DefaultsOfTheReferenceAreWhatIsWritten) {
  for (const ClassReference& described : GetParam().classes()) {
    const Json written = GetParam().rewrite(described.name, least_config(described));
    for (const OptionReference& option : described.options) {
      if (option.default_value.empty() || !written.contains(option.name)) continue;
      const Json& value = written[option.name];
      const Json shown =
          value.is_object() && value.contains("class_name") ? value["class_name"] : value;
      // Null can stand for what other options say.
      if (option.name == "dtype" || option.name == "learning_rate") continue;
      if (option.default_value == "null") continue;
      EXPECT_EQ(shown.dump(), option.default_value) << described.name << ": " << option.name;
    }
  }
}

TEST_P(Options, EveryOptionHasAMeaning) {
  for (const ClassReference& described : GetParam().classes()) {
    EXPECT_NE(described.meaning, "") << described.name;
    const std::string text = reference_text(described);
    for (const OptionReference& option : described.options) {
      EXPECT_NE(option.meaning, "") << described.name << ": " << option.name;
      EXPECT_NE(option.type, "") << described.name << ": " << option.name;
      EXPECT_NE(text.find("\n  " + option.name + " "), std::string::npos) << option.name;
    }
  }
}

TEST_P(Options, ProgramsReadAllOfIt) {
  const std::vector<ClassReference> classes = GetParam().classes();
  const Json json = Json::parse(reference_json(classes));
  ASSERT_EQ(json.size(), classes.size());
  for (size_t i = 0; i < classes.size(); ++i) {
    EXPECT_EQ(json[i]["name"], classes[i].name);
    EXPECT_EQ(json[i]["options"].size(), classes[i].options.size()) << classes[i].name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Options, ::testing::ValuesIn(kKinds),
                         [](const auto& info) { return info.param.name; });

/// The model's definition with that optimizer and loss.
std::string definition(OptimizerChoice optimizer, Loss loss, int64_t seed = 1) {
  Sequential model({Input({3, 2}), SimpleRNN({.units = 2, .dropout = 0.5, .seed = seed})});
  model.compile({.optimizer = std::move(optimizer), .loss = std::move(loss)});
  return must(definition_of(model));
}

TEST(Definition, HasWhatFilesDoNotHave) {
  SGD all, no_biases;
  no_biases.exclude_from_weight_decay = {"bias"};
  Loss logits = "binary_crossentropy";
  logits.from_logits = true;
  const std::string plain = definition(all, "binary_crossentropy");
  EXPECT_EQ(definition(all, "binary_crossentropy"), plain);
  EXPECT_NE(definition(no_biases, "binary_crossentropy"), plain);
  EXPECT_NE(definition(all, logits), plain);
  EXPECT_NE(definition(all, "binary_crossentropy", 2), plain);
}

TEST(Definition, ACopyOfAnOptimizerHasAllOptions) {
  SGD sgd;
  sgd.exclude_from_weight_decay = {"bias", "gamma"};
  EXPECT_EQ(copy_of(sgd)->exclude_from_weight_decay, sgd.exclude_from_weight_decay);
}

}  // namespace
}  // namespace kiln::keras
