// Libraries for C, called as C calls them: every bit is what the same model computes in memory.
#include "frontend/library.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "codegen/link.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/lower/lower.h"
#include "frontend/keras/model/functional.h"
#include "frontend/keras/model/model.h"
#include "frontend/self_test.h"
#include "frontend/streaming.h"
#include "runtime/model/session.h"
#include "tests/frontend/must.h"

namespace kiln::keras {
namespace {

/// A library loaded into this process; each has a name of its own.
class Loaded {
 public:
  Loaded(const ir::Module& module, LibraryPurpose purpose,
         const codegen::Checkpoint* checkpoint = nullptr, bool tests_itself = false)
      : Loaded(must(compile_model_library(ir::clone(module), {"model", purpose, tests_itself},
                                          {.checkpoint = checkpoint}))) {}
  explicit Loaded(codegen::Library library) : library_(std::move(library)) {
    const std::string path = ::testing::TempDir() + "/libmodel_" + std::to_string(count_++) + ".so";
    const std::string bytes =
        must(codegen::link_shared_library({{{"model", library_.object}}}, library_.symbols, path));
    std::ofstream(path, std::ios::binary) << bytes;
    handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(handle_, nullptr) << dlerror();
  }
  ~Loaded() { dlclose(handle_); }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  template <typename Function>
  Function* function(const char* name) const {
    void* found = dlsym(handle_, (std::string("model_") + name).c_str());
    EXPECT_NE(found, nullptr) << name;
    return reinterpret_cast<Function*>(found);
  }
  const codegen::Library& files() const { return library_; }

 private:
  static inline int count_ = 0;
  codegen::Library library_;
  void* handle_ = nullptr;
};

/// Memory as a caller has it: for blocks at multiples of KILN_ALIGNMENT, for tensors at multiples
/// of no more than an element. Beyond its end stands a pattern that nothing may write over.
class Memory {
 public:
  explicit Memory(int64_t bytes, size_t shift = 0)
      : bytes_(static_cast<size_t>(bytes)),
        shift_(shift),
        block_(bytes_ + 2 * KILN_ALIGNMENT, 0xa5) {
    const auto address = reinterpret_cast<uintptr_t>(block_.data());
    shift_ += (KILN_ALIGNMENT - address % KILN_ALIGNMENT) % KILN_ALIGNMENT;
  }
  ~Memory() {
    for (size_t i = shift_ + bytes_; i < block_.size(); ++i) EXPECT_EQ(block_[i], 0xa5) << i;
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  template <typename T = void>
  T* as() {
    return reinterpret_cast<T*>(block_.data() + shift_);
  }
  std::string bytes() { return {as<char>(), bytes_}; }

 private:
  size_t bytes_;
  size_t shift_;
  std::vector<unsigned char> block_;
};

/// Numbers that differ from element to element.
void fill(float* values, int64_t count, int seed) {
  for (int64_t i = 0; i < count; ++i)
    values[i] = static_cast<float>((i * 7919 + seed * 104729) % 2003) / 1001.5f - 1;
}

/// The same module in memory, with state and arena, called by kiln's own table.
class Reference {
 public:
  explicit Reference(const ir::Module& module)
      : code_(must(compile_in_memory(ir::clone(module)))),
        state_(code_.model()->state_bytes),
        constants_(code_.model()->constants_bytes) {
    std::memset(state_.as(), 0, static_cast<size_t>(code_.model()->state_bytes));
    std::memcpy(constants_.as(), code_.model()->constants,
                static_cast<size_t>(code_.model()->constants_bytes));
  }

  void run(const std::string& name, const std::vector<const void*>& inputs,
           const std::vector<void*>& outputs) {
    for (int32_t i = 0; i < code_.model()->function_count; ++i) {
      const kiln_function& function = code_.model()->functions[i];
      if (function.name != name) continue;
      Memory arena(function.arena_bytes);
      EXPECT_EQ(function.run[0](nullptr, state_.as(), arena.as(), constants_.as(), inputs.data(),
                                outputs.data()),
                0);
      return;
    }
    ADD_FAILURE() << "no function " << name;
  }
  Memory& state() { return state_; }

  /// Those of another model that bear the same names.
  void take_weights(Reference& other) {
    for (const kiln_variable& to : runtime::variables_of(*code_.model())) {
      for (const kiln_variable& from : runtime::variables_of(*other.code_.model())) {
        if (std::strcmp(from.tensor.name, to.tensor.name) != 0) continue;
        std::memcpy(state_.as<char>() + to.offset, other.state_.as<char>() + from.offset,
                    static_cast<size_t>(runtime::byte_count(to.tensor)));
      }
    }
  }

  /// The values of all variables, for a library to carry.
  codegen::Checkpoint checkpoint() {
    codegen::Checkpoint checkpoint;
    for (const kiln_variable& variable : runtime::variables_of(*code_.model())) {
      checkpoint.values.emplace_back(state_.as<char>() + variable.offset,
                                     static_cast<size_t>(runtime::byte_count(variable.tensor)));
    }
    return checkpoint;
  }

 private:
  codegen::LoadedCode code_;
  Memory state_;
  Memory constants_;
};

void expect_same(Memory& actual, Memory& expected) {
  EXPECT_TRUE(actual.bytes() == expected.bytes());
}

/// One input, one output: the library with the weights in it, and with weights that are given.
void expect_same_prediction(const Model& model, int64_t batch, int64_t inputs, int64_t outputs) {
  const ir::Module module = must(lower(model, {.batch = batch, .purpose = Purpose::predict}));
  Reference reference(module);
  Memory seed(8), x(inputs * 4), expected(outputs * 4), y(outputs * 4, 4), x_in_c(inputs * 4, 4);
  *seed.as<int64_t>() = 3;
  reference.run("init", {seed.as()}, {});
  fill(x.as<float>(), inputs, 1);
  fill(x_in_c.as<float>(), inputs, 1);
  reference.run("predict_step", {x.as()}, {expected.as()});

  const codegen::Checkpoint checkpoint = reference.checkpoint();
  const Loaded carries(module, LibraryPurpose::predict, &checkpoint);
  Memory arena(carries.files().arena_bytes);
  carries.function<void(const float*, float*, void*)>("predict")(x_in_c.as<float>(), y.as<float>(),
                                                                 arena.as());
  expect_same(y, expected);
  EXPECT_EQ(*carries.function<const uint64_t>("arena_bytes"),
            static_cast<uint64_t>(carries.files().arena_bytes));

  const Loaded given(module, LibraryPurpose::predict);
  std::memset(y.as(), 0, static_cast<size_t>(outputs * 4));
  given.function<void(const float*, float*, const void*, void*)>("predict")(
      x_in_c.as<float>(), y.as<float>(), reference.state().as(), arena.as());
  expect_same(y, expected);
}

TEST(Library, PredictsWithDenseLayersOfAnySize) {
  Sequential model({Input({37}), Dense(61, "gelu"), Dense(7, "softmax")});
  expect_same_prediction(model, 1, 37, 7);
  expect_same_prediction(model, 5, 5 * 37, 5 * 7);
}

/// Kernels that take memory beside their buffers: packed chunks of the weights.
TEST(Library, KernelsFindTheirMemoryInTheArena) {
  Sequential model({Input({9, 9, 512}), Conv2D(512, {3, 3}, "relu"), GlobalAveragePooling2D()});
  const Model& large = model;
  expect_same_prediction(large, 2, 2 * 9 * 9 * 512, 2 * 512);
  const ir::Module module = must(lower(large, {.batch = 2, .purpose = Purpose::predict}));
  const Loaded library(module, LibraryPurpose::predict);
  const int64_t activations = 2 * 7 * 7 * 512 * 4;
  EXPECT_GT(library.files().arena_bytes, activations + 16 * 1024);
}

TEST(Library, PredictsWithRecurrentLayers) {
  Sequential model({Input({11, 5}), LSTM({.units = 13, .return_sequences = true}), GRU(6)});
  expect_same_prediction(model, 3, 3 * 11 * 5, 3 * 6);
}

/// A state that is kept from call to call is the caller's; the weights are not part of it.
TEST(Library, KeepsStatesFromCallToCall) {
  Sequential model({Input({.shape = {4, 3}, .batch = 2}), LSTM({.units = 5, .stateful = true})});
  const ir::Module module = must(lower(model, {.batch = 2, .purpose = Purpose::predict}));
  Reference reference(module);
  Memory seed(8), x(2 * 4 * 3 * 4), expected(2 * 5 * 4), y(2 * 5 * 4, 4);
  *seed.as<int64_t>() = 9;
  reference.run("init", {seed.as()}, {});
  codegen::Checkpoint checkpoint = reference.checkpoint();
  const Loaded library(module, LibraryPurpose::predict, &checkpoint);
  EXPECT_EQ(library.files().state_bytes, 2 * KILN_ALIGNMENT);
  Memory state(library.files().state_bytes), arena(library.files().arena_bytes);
  library.function<void(void*)>("reset")(state.as());
  std::string first;
  for (int call = 0; call < 3; ++call) {
    fill(x.as<float>(), 2 * 4 * 3, 0);
    reference.run("predict_step", {x.as()}, {expected.as()});
    library.function<void(const float*, float*, void*, void*)>("predict")(
        x.as<float>(), y.as<float>(), state.as(), arena.as());
    expect_same(y, expected);
    EXPECT_FALSE(y.bytes() == first);
    first = y.bytes();
  }
}

/// The model of one step, where the whole sequence's predictions are those of its steps.
Expected<ir::Module> stream_of(const Model& model, int64_t steps) {
  LowerOptions options = {.batch = 2, .purpose = Purpose::predict};
  if (has_open_extents(must(declared_shapes(model)))) options.input_shapes = {{steps, 3}};
  KILN_ASSIGN(const Model stream, streaming_model(model, 2));
  KILN_ASSIGN(ir::Module module, lower(stream, {.batch = 2, .purpose = Purpose::predict}));
  KILN_TRY(check_streaming(must(lower(model, options)), module));
  return module;
}

/// A library that is given one step after the other ends where the whole sequence does, and begins
/// anew when it is told to.
TEST(Library, StreamsASequenceStepByStep) {
  constexpr int64_t kSteps = 6;
  Sequential model({Input({kNone, 3}), Dense(5, "tanh"),
                    LSTM({.units = 4, .return_sequences = true}), LayerNormalization(), GRU(7)});
  ir::Module module = must(stream_of(model, kSteps));
  const ir::Module whole =
      must(lower(model, {.batch = 2, .input_shapes = {{kSteps, 3}}, .purpose = Purpose::predict}));
  Reference reference(whole), initial(module);
  Memory seed(8), sequence(2 * kSteps * 3 * 4), step(2 * 3 * 4, 4), expected(2 * 7 * 4),
      y(2 * 7 * 4);
  *seed.as<int64_t>() = 2;
  reference.run("init", {seed.as()}, {});
  initial.run("init", {seed.as()}, {});
  fill(sequence.as<float>(), 2 * kSteps * 3, 5);
  const codegen::Checkpoint checkpoint = initial.checkpoint();
  module.attributes["streams"] = int64_t{1};
  const Loaded library(module, LibraryPurpose::predict, &checkpoint);
  reference.take_weights(initial);
  reference.run("predict_step", {sequence.as()}, {expected.as()});
  Memory state(library.files().state_bytes), arena(library.files().arena_bytes);
  for (int round = 0; round < 2; ++round) {
    library.function<void(void*)>("reset")(state.as());
    for (int64_t t = 0; t < kSteps; ++t) {
      for (int64_t row = 0; row < 2; ++row) {
        std::memcpy(step.as<float>() + row * 3, sequence.as<float>() + (row * kSteps + t) * 3,
                    3 * sizeof(float));
      }
      library.function<void(const float*, float*, void*, void*)>("step")(
          step.as<float>(), y.as<float>(), state.as(), arena.as());
    }
    for (int i = 0; i < 2 * 7; ++i)
      EXPECT_NEAR(y.as<float>()[i], expected.as<float>()[i], 1e-6f) << round;
  }
}

TEST(Library, WhatIsNoStreamIsAnError) {
  const auto error = [](Sequential model) { return error_of(stream_of(model, 4)); };
  EXPECT_EQ(error(Sequential(
                {Input({kNone, 3}), LSTM({.units = 2, .go_backwards = true, .name = "back"})})),
            "error: layer \"back\": begins at the end of the sequence");
  EXPECT_EQ(error(Sequential({Input(ir::Shape{}), Activation("relu")})),
            "error: --for=step: the input \"input_layer\" has no time steps");
  const std::string pooled = error(Sequential(
      {Input({kNone, 3}), LSTM({.units = 2, .return_sequences = true}), GlobalAveragePooling1D()}));
  EXPECT_TRUE(
      pooled.starts_with("error: --for=step: the outputs of step 4 are not those of the "
                         "sequence: "))
      << pooled;
}

/// Several inputs and outputs are members of structures, by their names.
TEST(Library, TakesSeveralInputsByName) {
  struct Inputs {
    const float* left;
    const float* right;
  };
  struct Outputs {
    float* sum;
    float* wide;
  };
  const Callable<Input> left({.shape = {3}, .name = "left"}),
      right({.shape = {2}, .name = "right"});
  const KerasTensor both = Callable<Concatenate>()({left, right});
  const KerasTensor sum = Callable<Dense>({.units = 1, .name = "sum"})(both);
  const KerasTensor wide = Callable<Dense>({.units = 6, .name = "wide"})(both);
  const Model model = functional({left, right}, {sum, wide});
  const ir::Module module = must(lower(model, {.batch = 4, .purpose = Purpose::predict}));
  Reference reference(module);
  Memory seed(8), a(48), b(32), expected_sum(16), expected_wide(96), y_sum(16, 4), y_wide(96, 4);
  *seed.as<int64_t>() = 1;
  reference.run("init", {seed.as()}, {});
  fill(a.as<float>(), 12, 1);
  fill(b.as<float>(), 8, 2);
  reference.run("predict_step", {a.as(), b.as()}, {expected_sum.as(), expected_wide.as()});
  const codegen::Checkpoint checkpoint = reference.checkpoint();
  const Loaded library(module, LibraryPurpose::predict, &checkpoint);
  Memory arena(library.files().arena_bytes);
  const Inputs inputs = {a.as<float>(), b.as<float>()};
  const Outputs outputs = {y_sum.as<float>(), y_wide.as<float>()};
  library.function<void(const Inputs*, const Outputs*, void*)>("predict")(&inputs, &outputs,
                                                                          arena.as());
  expect_same(y_sum, expected_sum);
  expect_same(y_wide, expected_wide);
  EXPECT_NE(library.files().header.find("const model_inputs *x, model_outputs *y, void *arena"),
            std::string::npos)
      << library.files().header;
}

struct Metrics {
  float batch_loss, loss, accuracy;
};

/// Batch normalization's averages, dropout's random state, a short batch: the whole state is the
/// same after each step.
TEST(Library, TrainsToTheSameState) {
  Sequential model({Input({9, 7, 3}), Conv2D(8, {3, 3}), BatchNormalization(), Dropout(0.3),
                    Flatten(), Dense(5, "softmax")});
  model.compile(
      {.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  const ir::Module module = must(lower(model, {.batch = 4}));
  Reference reference(module);
  const Loaded library(module, LibraryPurpose::train);
  const int64_t pixels = 4 * 9 * 7 * 3;
  Memory seed(8), x(pixels * 4), y(16), count(4), expected(20 * 4), answers(20 * 4, 4);
  Memory batch_loss(4), loss(4), accuracy(4);
  Memory state(library.files().state_bytes), arena(library.files().arena_bytes);
  std::memset(state.as(), 0, static_cast<size_t>(library.files().state_bytes));
  *seed.as<int64_t>() = 5;
  reference.run("init", {seed.as()}, {});
  library.function<void(int64_t, void*, void*)>("init")(5, state.as(), arena.as());
  expect_same(state, reference.state());
  using Step = void(const float*, const int32_t*, int32_t, Metrics*, void*, void*);
  for (const char* step : {"train_step", "train_step", "test_step", "train_step"}) {
    fill(x.as<float>(), pixels, static_cast<int>(arena.bytes().size()));
    for (int i = 0; i < 4; ++i) y.as<int32_t>()[i] = (i * 3) % 5;
    *count.as<int32_t>() = 3;
    reference.run(step, {x.as(), y.as(), count.as()}, {batch_loss.as(), loss.as(), accuracy.as()});
    Metrics metrics = {};
    library.function<Step>(step)(x.as<float>(), y.as<int32_t>(), 3, &metrics, state.as(),
                                 arena.as());
    expect_same(state, reference.state());
    EXPECT_EQ(metrics.batch_loss, *batch_loss.as<float>());
    EXPECT_EQ(metrics.loss, *loss.as<float>());
    EXPECT_EQ(metrics.accuracy, *accuracy.as<float>());
  }
  reference.run("predict_step", {x.as()}, {expected.as()});
  library.function<void(const float*, float*, void*, void*)>("predict")(
      x.as<float>(), answers.as<float>(), state.as(), arena.as());
  expect_same(answers, expected);
  library.function<void(void*)>("reset_metrics")(state.as());
  Metrics metrics = {};
  library.function<Step>("test_step")(x.as<float>(), y.as<int32_t>(), 3, &metrics, state.as(),
                                      arena.as());
  EXPECT_EQ(metrics.batch_loss, metrics.loss);
}

/// A library of a trained model begins where training ended, and draws what is missing.
TEST(Library, InitRestoresWhatWasTrained) {
  Sequential model({Input({4}), Dense(3)});
  model.compile({.optimizer = "adam", .loss = "mse"});
  const ir::Module module = must(lower(model, {.batch = 2}));
  Reference reference(module);
  Memory seed(8);
  *seed.as<int64_t>() = 5;
  reference.run("init", {seed.as()}, {});
  fill(reference.state().as<float>(), 12, 8);
  codegen::Checkpoint checkpoint = reference.checkpoint();
  checkpoint.values.back().clear();
  const Loaded library(module, LibraryPurpose::train, &checkpoint);
  Memory state(library.files().state_bytes), arena(library.files().arena_bytes);
  library.function<void(int64_t, void*, void*)>("init")(77, state.as(), arena.as());
  Memory& expected = reference.state();
  EXPECT_EQ(std::memcmp(state.as(), expected.as(), 12 * sizeof(float)), 0);
}

/// A library that is told wrong outputs says which element of all is the first that differs.
TEST(Library, TestsItself) {
  const Callable<Input> x({.shape = {5}, .name = "x"});
  const Model model = functional({x}, {Callable<Dense>(3, "softmax")(x), Callable<Dense>(2)(x)});
  ir::Module module = must(lower(model, {.batch = 2, .purpose = Purpose::predict}));
  Reference reference(module);
  Memory seed(8);
  *seed.as<int64_t>() = 4;
  reference.run("init", {seed.as()}, {});
  const codegen::Checkpoint checkpoint = reference.checkpoint();
  using Test = int32_t(void*);
  {
    const Loaded library(module, LibraryPurpose::predict, &checkpoint, /*tests_itself=*/true);
    Memory arena(library.files().arena_bytes);
    EXPECT_EQ(library.function<Test>("self_test")(arena.as()), 0);
    EXPECT_EQ(library.function<Test>("self_test")(arena.as<char>() + 4), -1);
  }
  std::erase_if(module.functions,
                [](const auto& function) { return function->name != "predict_step"; });
  codegen::LibraryOptions options{"model", {}, must(make_self_test(module, checkpoint))};
  module.attributes["weights_apart"] = int64_t{1};
  reinterpret_cast<float*>(options.self_test->outputs[1].data())[1] += 0.01f;
  const Loaded wrong(
      must(compile_library(ir::clone(module), options, {.checkpoint = &checkpoint})));
  Memory arena(wrong.files().arena_bytes);
  EXPECT_EQ(wrong.function<Test>("self_test")(arena.as()), 2 * 3 + 2);
  EXPECT_EQ(
      error_of(compile_model_library(ir::clone(module),
                                     {"m", LibraryPurpose::predict, /*tests_itself=*/true}, {})),
      "error: --self-test: only a library that predicts, with its weights and without states, "
      "has one");
}

TEST(Library, TheSameModelGivesTheSameBytes) {
  Sequential model({Input({6}), Dense(3, "tanh")});
  const ir::Module module = must(lower(model, {.batch = 1, .purpose = Purpose::predict}));
  const auto compiled = [&] {
    return must(compile_model_library(ir::clone(module), {"model"}, {.use_cache = false}));
  };
  const codegen::Library one = compiled(), other = compiled();
  EXPECT_TRUE(one.object == other.object);
  EXPECT_EQ(one.header, other.header);
}

TEST(Library, WhatAModelCannotDoIsAnError) {
  Sequential model({Input({6}), Dense(3)});
  const ir::Module module = must(lower(model, {.batch = 1}));
  EXPECT_EQ(error_of(compile_model_library(ir::clone(module), {"m", LibraryPurpose::train}, {})),
            "error: --for: the model was not compiled for training\n"
            "note: add --loss (and --optimizer, --metrics), or --for=predict");
  codegen::Checkpoint empty;
  empty.values.resize(module.variables.size());
  EXPECT_EQ(error_of(compile_model_library(ir::clone(module), {"m"}, {.checkpoint = &empty})),
            "error: dense/kernel: the weights hold no value for this variable");
}

}  // namespace
}  // namespace kiln::keras
