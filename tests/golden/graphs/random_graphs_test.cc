// Random graphs of layers: native code against the interpreter, and the file against the model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "frontend/compiler.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/layers/merging.h"
#include "frontend/keras/model/functional.h"
#include "frontend/keras/model/nested_model.h"
#include "ir/interpreter.h"
#include "passes/gradients/differentiate.h"
#include "runtime/data/dataset.h"
#include "runtime/training/fit.h"
#include "tests/test_device.h"

namespace kiln {
namespace {

using keras::KerasTensor;
using keras::LayerPointer;
using runtime::Array;

constexpr int64_t kBatch = 4;

template <typename T>
T must(Expected<T> value) {
  if (value) return std::move(*value);
  ADD_FAILURE() << value.error().to_string();
  throw std::runtime_error(value.error().to_string());
}

/// Makes a model whose tensors are all [batch, 3] between layers.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  keras::Model model() {
    for (int i = 0; i < 2; ++i) {
      inputs_.emplace_back(named<keras::Input>("in", keras::Input({3})),
                           std::vector<KerasTensor>());
      tensors_.push_back(inputs_.back());
    }
    shared_ = named<keras::Dense>("shared", keras::Dense(3, "tanh"));
    nested_ = std::make_shared<keras::NestedModel>(
        keras::Sequential({keras::Input({3}), keras::Dense(2, "tanh"), keras::Dense(3)}, "nested"));
    for (int i = 0; i < 6; ++i) tensors_.push_back(next());
    const KerasTensor first = apply(named<keras::Dense>("first", keras::Dense(2, "softmax")));
    const KerasTensor second = apply(named<keras::Dense>("second", keras::Dense(1)));
    keras::Model model = keras::functional(inputs_, {first, second}, "random");
    model.compile({.optimizer = keras::Adam(0.01),
                   .loss = {"sparse_categorical_crossentropy", "mse"},
                   .metrics = {"accuracy", "mae"},
                   .loss_weights = {1.0, 0.5}});
    return model;
  }

 private:
  template <typename T>
  LayerPointer named(const std::string& name, T layer) {
    layer.name = name + "_" + std::to_string(count_++);
    return std::make_shared<T>(std::move(layer));
  }

  const KerasTensor& any() { return tensors_[random_() % tensors_.size()]; }
  KerasTensor apply(LayerPointer layer) { return {std::move(layer), {any()}}; }

  KerasTensor next() {
    switch (random_() % 5) {
      case 0:
        return apply(shared_);
      case 1:
        return apply(nested_);
      case 2:
        return {named("add", keras::Add()), {any(), any()}};
      case 3: {
        const KerasTensor both(named("join", keras::Concatenate()), {any(), any()});
        return {named("dense", keras::Dense(3)), {both}};
      }
      default:
        return apply(named("dense", keras::Dense(3, "relu")));
    }
  }

  std::mt19937_64 random_;
  int count_ = 0;
  LayerPointer shared_, nested_;
  std::vector<KerasTensor> inputs_, tensors_;
};

Array uniform(std::vector<int64_t> dims, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> numbers(-1, 1);
  const Array array = runtime::allocate(KILN_F32, std::move(dims));
  for (int64_t i = 0; i < array.element_count(); ++i) array.as<float>()[i] = numbers(random);
  return array;
}

ir::Literal literal_of(const Array& array) {
  return ir::Literal::from_bytes({static_cast<ir::ElementType>(array.type), array.dims}, false,
                                 {array.data(), array.data() + array.bytes()});
}

class RandomGraphs : public ::testing::TestWithParam<int> {
 protected:
  RandomGraphs() {
    examples_.x = {uniform({kBatch, 3}, 1), uniform({kBatch, 3}, 2)};
    const Array kinds = runtime::allocate(KILN_I32, {kBatch});
    for (int64_t i = 0; i < kBatch; ++i) kinds.as<int32_t>()[i] = static_cast<int32_t>(i % 2);
    examples_.y = {kinds, uniform({kBatch, 1}, 3)};
  }

  /// One training step by the interpreter.
  ir::Environment interpreted(ir::Module module) const {
    EXPECT_TRUE(passes::differentiate(module));
    ir::Environment variables;
    ir::interpret(*module.function("init"), variables,
                  {{"seed", ir::Literal({ir::ElementType::i64, {}})}});
    const ir::Function& step = *module.function("train_step");
    std::map<std::string, ir::Literal> inputs;
    std::vector<Array> arrays = examples_.x;
    arrays.insert(arrays.end(), examples_.y.begin(), examples_.y.end());
    size_t next = 0;
    for (const ir::Binding& binding : step.argument_bindings) {
      if (binding.is_variable) continue;
      const bool is_count = binding.name == "count";
      inputs.emplace(binding.name, is_count
                                       ? ir::Literal::splat_int({ir::ElementType::i32, {}}, kBatch)
                                       : literal_of(arrays[next++]));
    }
    ir::interpret(step, variables, inputs);
    return variables;
  }

  runtime::Examples examples_;
};

TEST_P(RandomGraphs, TrainInNativeCodeAsInTheInterpreter) {
  const keras::Model model = Generator(static_cast<uint64_t>(GetParam())).model();
  const ir::Module module = must(keras::lower(model, {.batch = kBatch}));
  const ir::Environment expected = interpreted(ir::clone(module));
  const codegen::LoadedCode code =
      must(compile_in_memory(ir::clone(module), {.devices = {tests::test_device()}}));
  runtime::Session session =
      must(runtime::Session::create(code.model(), 1, tests::test_device_choice()));
  ASSERT_TRUE(session.initialize(0));
  runtime::FitOptions options;
  options.verbose = 0;
  options.shuffle = false;
  must(runtime::fit(session, examples_, options));
  for (const kiln_variable& variable : runtime::variables_of(session.model())) {
    if (variable.tensor.element_type != KILN_F32) continue;
    const ir::Literal& value = expected.at(variable.tensor.name);
    const Array trained = must(session.value(variable));
    const auto* actual = trained.as<float>();
    for (int64_t i = 0; i < value.type().count(); ++i) {
      EXPECT_NEAR(actual[i], value.get(i), 2e-5 * std::max(1.0, std::fabs(value.get(i))))
          << variable.tensor.name << "[" << i << "] of graph " << GetParam();
    }
  }
}

TEST_P(RandomGraphs, ComeBackFromTheirFiles) {
  const keras::Model model = Generator(static_cast<uint64_t>(GetParam())).model();
  const std::string text = must(to_json(model));
  const keras::Model again = must(keras::parse_model(text));
  EXPECT_EQ(must(to_json(again)), text);
  const ir::Environment first = interpreted(must(keras::lower(model, {.batch = kBatch})));
  const ir::Environment second = interpreted(must(keras::lower(again, {.batch = kBatch})));
  for (const auto& [name, value] : first) EXPECT_EQ(second.at(name), value) << name;
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphs, ::testing::Range(0, 6));

}  // namespace
}  // namespace kiln
