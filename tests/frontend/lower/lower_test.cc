// Step functions: what they take and give, and that padding counts for nothing.
#include "frontend/keras/lower/lower.h"

#include <map>
#include <random>
#include <set>

#include "frontend/keras/model/built_in_models.h"
#include "gtest/gtest.h"
#include "ir/verifier.h"
#include "passes/gradients/differentiate.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

std::vector<std::string> names(const std::vector<ir::Binding>& bindings, bool variables) {
  std::vector<std::string> result;
  for (const ir::Binding& binding : bindings) {
    if (binding.is_variable == variables) result.push_back(binding.name);
  }
  return result;
}

using Names = std::vector<std::string>;

TEST(Lower, GivesTheFunctionsOfTheAbi) {
  const ir::Module module = must(lower(must(example("mnist_mlp")), {.batch = 32}));
  must(ir::verify(module));
  ASSERT_EQ(module.functions.size(), 4u);
  const ir::Function& train = *module.function("train_step");
  EXPECT_EQ(names(train.argument_bindings, false), (Names{"x", "y", "count"}));
  EXPECT_EQ(names(train.result_bindings, false), (Names{"batch_loss", "loss", "accuracy"}));
  EXPECT_EQ(train.body.argument(0)->type().to_string(), "tensor<32x784xf32>");
  EXPECT_EQ(train.body.argument(1)->type().to_string(), "tensor<32xi32>");
  EXPECT_EQ(train.body.argument(2)->type().to_string(), "tensor<i32>");
  EXPECT_EQ(std::get<int64_t>(train.attributes.at("batch")), 32);

  const ir::Function& init = *module.function("init");
  EXPECT_EQ(names(init.argument_bindings, false), (Names{"seed"}));
  EXPECT_EQ(init.result_bindings.size(), module.variables.size());
  EXPECT_EQ(names(module.function("predict_step")->result_bindings, false), (Names{"y"}));
  EXPECT_EQ(names(module.function("test_step")->result_bindings, true),
            (Names{"metrics/loss/total", "metrics/loss/count", "metrics/accuracy/total",
                   "metrics/accuracy/count"}));
  EXPECT_EQ(std::get<ir::Strings>(module.attributes.at("losses")),
            (Names{"sparse_categorical_crossentropy"}));
  EXPECT_EQ(std::get<ir::Integers>(module.attributes.at("label_classes")), (ir::Integers{10}));
  EXPECT_EQ(std::get<ir::Strings>(module.attributes.at("inputs")), (Names{"input_layer"}));
  EXPECT_EQ(std::get<ir::Strings>(module.attributes.at("outputs")), (Names{"dense_2"}));
  EXPECT_EQ(std::get<ir::Integers>(module.attributes.at("index_limits")), (ir::Integers{0}));
}

TEST(Lower, DeclaresVariablesInKerasOrder) {
  Sequential model({Input({4}), Dense({.units = 3, .trainable = false}),
                    Dense({.units = 2, .use_bias = false}), Dense(1)});
  Adam adam;
  adam.amsgrad = true;
  model.compile({.optimizer = adam, .loss = "mse", .metrics = {"mae", "mae"}});
  const ir::Module module = must(lower(model));
  Names variables;
  for (const ir::Variable& variable : module.variables) variables.push_back(variable.name);
  EXPECT_EQ(variables, (Names{"dense/kernel",
                              "dense/bias",
                              "dense_1/kernel",
                              "dense_2/kernel",
                              "dense_2/bias",
                              "optimizer/iterations",
                              "optimizer/learning_rate",
                              "optimizer/dense_1/kernel/momentum",
                              "optimizer/dense_1/kernel/velocity",
                              "optimizer/dense_2/kernel/momentum",
                              "optimizer/dense_2/kernel/velocity",
                              "optimizer/dense_2/bias/momentum",
                              "optimizer/dense_2/bias/velocity",
                              "optimizer/dense_1/kernel/velocity_hat",
                              "optimizer/dense_2/kernel/velocity_hat",
                              "optimizer/dense_2/bias/velocity_hat",
                              "metrics/loss/total",
                              "metrics/loss/count",
                              "metrics/mae/total",
                              "metrics/mae/count",
                              "metrics/mae_1/total",
                              "metrics/mae_1/count"}));
  EXPECT_EQ(module.variable("dense/kernel")->role, ir::Role::non_trainable);
  EXPECT_EQ(module.variable("dense_1/kernel")->role, ir::Role::trainable);
}

TEST(Lower, ValidationHasItsOwnBatch) {
  const ir::Module module =
      must(lower(must(example("mnist_mlp")), {.batch = 32, .test_batch = 100}));
  must(ir::verify(module));
  const auto x_of = [&](const char* name) {
    return module.function(name)->body.argument(0)->type().to_string();
  };
  EXPECT_EQ(x_of("train_step"), "tensor<32x784xf32>");
  EXPECT_EQ(x_of("test_step"), "tensor<100x784xf32>");
  EXPECT_EQ(x_of("predict_step"), "tensor<32x784xf32>");
}

TEST(Lower, WithoutCompileThereIsNoTraining) {
  const ir::Module module = must(lower(Sequential({Input({4}), Dense(2)})));
  EXPECT_EQ(module.functions.size(), 2u);
  EXPECT_EQ(module.function("train_step"), nullptr);
  EXPECT_EQ(module.variables.size(), 2u);
}

TEST(Lower, OpsAreLocated) {
  const ir::Module module = must(lower(must(example("mnist_mlp"))));
  std::set<std::string> locations;
  for (const auto& op : module.function("train_step")->body.ops()) locations.insert(op->location());
  for (const char* location :
       {"mnist_mlp/dense_1", "mnist_mlp/dense_1/relu", "mnist_mlp/dense_2/softmax",
        "mnist_mlp/sparse_categorical_crossentropy", "mnist_mlp/optimizer/dense/kernel",
        "mnist_mlp/metrics/accuracy"}) {
    EXPECT_TRUE(locations.contains(location)) << location;
  }
}

TEST(Lower, Errors) {
  Sequential model({Input({4}), Dense(2)});
  EXPECT_EQ(error_of(lower(model, {.batch = 0})), "error: the batch size must be positive, not 0");
  model.compile({.optimizer = "adem", .loss = "mse"});
  EXPECT_EQ(error_of(lower(model)), "error: unknown optimizer \"adem\"\nnote: did you mean Adam?");
  model.compile({.optimizer = "adam", .loss = "mse", .metrics = {"acuracy"}});
  EXPECT_EQ(error_of(lower(model)),
            "error: unknown metric \"acuracy\"\nnote: did you mean accuracy?");
  model.compile(
      {.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"mse"}});
  EXPECT_EQ(error_of(lower(model)),
            "error: metric \"mse\": compares labels of shape (32, 2), the loss has labels of shape "
            "(32,)\n"
            "note: choose a loss and metrics for one kind of labels");
  EXPECT_EQ(error_of(lower(Sequential({Input({kNone, 4}), Dense(2)}))),
            "error: layer \"input_layer\": an extent of the input is open: it takes (None, "
            "4)\nnote: give "
            "the input's shape: --shape, or LowerOptions::input_shapes");
}

TEST(Lower, ABatchWithStatesIsOfTheSizeThatInputsDeclare) {
  const auto layer = [] { return SimpleRNN({.units = 2, .stateful = true, .name = "rnn"}); };
  const Sequential model({Input(InputOptions{.shape = {3, 1}, .batch = 4}), layer()});
  EXPECT_EQ(error_of(lower(model)),
            "error: batches of 32 do not fit: its recurrent layers keep the states of 4 rows from "
            "batch to batch (stateful=True)\nnote: use a batch size of 4");
  EXPECT_EQ(must(default_batch(model)), 4);
  const ir::Module module = must(lower(model, {.batch = 4}));
  EXPECT_EQ(module.variable("rnn/rnn_state_0")->type.shape, (ir::Shape{4, 2}));
  const std::string nothing_declared =
      "error: layer \"rnn\": keeps states from batch to batch (stateful=True), but the inputs do "
      "not say of how many rows a batch is\nnote: make the model with Input(batch_shape=(BATCH, "
      "...)), and save it again";
  EXPECT_EQ(error_of(lower(Sequential({Input({3, 1}), layer()}))), nothing_declared);
}

/// A model trained with the interpreter.
struct Trained {
  ir::Environment variables;
  std::map<std::string, ir::Literal> outputs;
};

struct Data {
  std::vector<double> x, y;
};

Data random_data(int64_t rows, int64_t features, int64_t classes) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  Data data;
  for (int64_t i = 0; i < rows * features; ++i) data.x.push_back(normal(random));
  for (int64_t i = 0; i < rows; ++i)
    data.y.push_back(static_cast<double>(random() % static_cast<uint64_t>(classes)));
  return data;
}

/// Two training steps and a test step of `count` rows in batches of `batch`.
Trained train(const Model& model, int64_t batch, int64_t count, const Data& data,
              int64_t features) {
  ir::Module module = must(lower(model, {.batch = batch}));
  must(passes::differentiate(module));
  must(ir::verify(module));
  Trained trained;
  ir::interpret(*module.function("init"), trained.variables,
                {{"seed", ir::Literal::splat_int({ir::ElementType::i64, {}}, 5)}});
  Data rows = data;
  rows.x.resize(static_cast<size_t>(batch * features));
  rows.y.resize(static_cast<size_t>(batch));
  const std::map<std::string, ir::Literal> inputs = {
      {"x", floats({batch, features}, rows.x)},
      {"y", ints({batch}, rows.y)},
      {"count", ir::Literal::splat_int({ir::ElementType::i32, {}}, count)}};
  for (auto function : {"train_step", "train_step", "test_step"}) {
    trained.outputs = ir::interpret(*module.function(function), trained.variables, inputs);
  }
  return trained;
}

Sequential classifier(std::vector<Metric> metrics) {
  Sequential model({Input({6}), Dense(8, "tanh"), Dense(3, "softmax")});
  model.compile({.optimizer = Adam(.05),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = std::move(metrics)});
  return model;
}

TEST(Padding, CountsForNothing) {
  const Sequential model = classifier({"accuracy", "sparse_categorical_crossentropy"});
  // 15 rows of padding hold other examples than those of the batch of 17.
  const Data data = random_data(32, 6, 3);
  const Trained padded = train(model, 32, 17, data, 6);
  const Trained exact = train(model, 17, 17, data, 6);
  for (const auto& [name, value] : exact.outputs)
    EXPECT_TRUE(near(padded.outputs.at(name), value.values(), 1e-6)) << name;
  for (const auto& [name, value] : exact.variables)
    EXPECT_TRUE(near(padded.variables.at(name), value.values(), 1e-6)) << name;
}

TEST(Padding, MayHoldAnything) {
  const Sequential model = classifier({"accuracy"});
  Data data = random_data(8, 6, 3);
  const Trained some = train(model, 8, 5, data, 6);
  for (size_t i = 5 * 6; i < data.x.size(); ++i) data.x[i] = 1e6;
  for (size_t i = 5; i < data.y.size(); ++i) data.y[i] = -1;
  const Trained other = train(model, 8, 5, data, 6);
  for (const auto& [name, value] : some.variables)
    EXPECT_EQ(value, other.variables.at(name)) << name;
}

TEST(RunningMeans, AreWeightedByRows) {
  const Sequential model = classifier({"accuracy"});
  const Trained trained = train(model, 8, 5, random_data(8, 6, 3), 6);
  EXPECT_TRUE(near(trained.variables.at("metrics/loss/count"), {15}));
  EXPECT_TRUE(near(trained.variables.at("metrics/accuracy/count"), {15}));
  const double total = trained.variables.at("metrics/loss/total").get(0);
  EXPECT_TRUE(near(trained.outputs.at("loss"), {total / 15}));
  EXPECT_EQ(trained.variables.at("optimizer/iterations").get_int(0), 2);
}

TEST(Reduction, SumAddsTheRows) {
  const Data data = random_data(8, 6, 3);
  Sequential model = classifier({});
  const double mean = train(model, 8, 5, data, 6).outputs.at("batch_loss").get(0);
  model.compile_options->loss.one()->reduction = "sum";
  model.compile_options->optimizer = SGD(0);
  const double sum = train(model, 8, 5, data, 6).outputs.at("batch_loss").get(0);
  model.compile_options->loss.one()->reduction = "sum_over_batch_size";
  const double same = train(model, 8, 5, data, 6).outputs.at("batch_loss").get(0);
  EXPECT_NEAR(sum, 5 * same, 1e-5);
  EXPECT_LT(mean, same);
}

TEST(Training, LowersTheLoss) {
  for (const char* optimizer : {"sgd", "rmsprop", "adam", "adamw"}) {
    Sequential model = classifier({});
    model.compile_options->optimizer = optimizer;
    ir::Module module = must(lower(model, {.batch = 16}));
    must(passes::differentiate(module));
    ir::Environment variables;
    ir::interpret(*module.function("init"), variables,
                  {{"seed", ir::Literal({ir::ElementType::i64, {}})}});
    const Data data = random_data(16, 6, 3);
    std::vector<double> losses;
    for (int step = 0; step < 30; ++step) {
      const auto outputs =
          ir::interpret(*module.function("train_step"), variables,
                        {{"x", floats({16, 6}, data.x)},
                         {"y", ints({16}, data.y)},
                         {"count", ir::Literal::splat_int({ir::ElementType::i32, {}}, 16)}});
      losses.push_back(outputs.at("batch_loss").get(0));
    }
    EXPECT_LT(losses.back(), losses.front()) << optimizer;
  }
}

}  // namespace
}  // namespace kiln::keras
