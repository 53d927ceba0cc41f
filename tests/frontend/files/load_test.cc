// A session's weights from and to every format.
#include "frontend/keras/files/load.h"

#include <cstring>

#include "frontend/keras/files/archive.h"
#include "frontend/keras/layers/layers.h"
#include "frontend/keras/lower/lower.h"
#include "tests/frontend/files/support.h"

namespace kiln::keras {
namespace {

using runtime::NamedArray;
using runtime::Session;

/// The table of a model's variables, without functions: all that weights need.
class VariableTable {
 public:
  explicit VariableTable(const Model& model) : module_(must(lower(model))) {
    int64_t offset = 0;
    for (const ir::Variable& variable : module_.variables) {
      const kiln_tensor tensor = {
          variable.name.c_str(), static_cast<int32_t>(variable.type.element),
          static_cast<int32_t>(variable.type.rank()), variable.type.shape.data()};
      variables_.push_back({tensor, role_of(variable), offset});
      offset += (variable.type.bytes() + KILN_ALIGNMENT - 1) / KILN_ALIGNMENT * KILN_ALIGNMENT;
    }
    table_ = {};
    table_.abi_version = KILN_ABI_VERSION;
    table_.name = "small";
    table_.state_bytes = offset;
    table_.variable_count = static_cast<int32_t>(variables_.size());
    table_.variables = variables_.data();
    static constexpr kiln_target kTarget = {KILN_CPU, "x86-64-linux", 0};
    table_.target_count = 1;
    table_.targets = &kTarget;
  }

  Session session() const { return must(Session::create(&table_, 1)); }

 private:
  static int32_t role_of(const ir::Variable& variable) {
    if (variable.attributes.contains("random_state")) return KILN_RANDOM_STATE;
    if (variable.attributes.contains("recurrent_state")) return KILN_RECURRENT_STATE;
    switch (variable.role) {
      case ir::Role::trainable:
        return KILN_TRAINABLE;
      case ir::Role::optimizer:
        return KILN_OPTIMIZER;
      case ir::Role::metric:
        return KILN_METRIC;
      default:
        return KILN_NON_TRAINABLE;
    }
  }

  ir::Module module_;
  std::vector<kiln_variable> variables_;
  kiln_model table_;
};

/// The session's values of these variables.
std::vector<NamedArray> values(const Session& session, std::vector<NamedArray> like) {
  for (NamedArray& named : like) {
    const kiln_variable* variable = session.find_variable(named.name);
    named.array = must(session.value(*variable));
  }
  return like;
}

void fill(Session& session, const std::vector<NamedArray>& arrays) {
  for (const NamedArray& named : arrays) {
    const kiln_variable* variable = session.find_variable(named.name);
    must(session.set_value(*variable, named.array.data()));
  }
}

class EveryFormat : public ::testing::TestWithParam<const char*> {
 protected:
  const Model model_ = small_mlp();
  const VariableTable table_{model_};
  const std::string path_ = scratch_path(std::string("session") + GetParam());
};

TEST_P(EveryFormat, BringsBackWhatWasSaved) {
  Session saved = table_.session(), loaded = table_.session();
  fill(saved, small_weights());
  fill(saved, small_adam_state());
  must(save_weights(saved, model_, path_));
  EXPECT_TRUE(must(load_weights(loaded, model_, path_)).state.optimizer);
  EXPECT_TRUE(same(values(loaded, small_weights()), small_weights()));
  EXPECT_TRUE(same(values(loaded, small_adam_state()), small_adam_state()));
}

TEST_P(EveryFormat, AModelForPredictionTakesTheWeightsAlone) {
  Session saved = table_.session();
  fill(saved, small_weights());
  must(save_weights(saved, model_, path_));
  Model plain = small_mlp();
  plain.compile_options.reset();
  const VariableTable table(plain);
  Session loaded = table.session();
  EXPECT_FALSE(must(load_weights(loaded, plain, path_)).state.optimizer);
  EXPECT_TRUE(same(values(loaded, small_weights()), small_weights()));
}

TEST_P(EveryFormat, AfterAnErrorTheSessionIsAsItWas) {
  Session saved = table_.session();
  must(save_weights(saved, model_, path_));
  const Model other = Sequential({Input({4}), Dense(6), Dense(3)});
  const VariableTable table(other);
  Session session = table.session();
  const std::vector<std::byte> before = must(session.snapshot());
  EXPECT_NE(error_of(load_weights(session, other, path_)).find(path_), std::string::npos);
  EXPECT_EQ(must(session.snapshot()), before);
}

INSTANTIATE_TEST_SUITE_P(Files, EveryFormat, ::testing::Values(".npz", ".keras", ".weights.h5"));

/// Random states are variables of a session that Keras's files leave out.
TEST(Load, AModelWithDropoutComesBack) {
  const Model model = Sequential({Input({4}), Dense(6), Dropout(0.5), Dense(3)});
  const VariableTable table(model);
  for (const char* name : {"dropout.keras", "dropout.weights.h5"}) {
    Session saved = table.session(), loaded = table.session();
    const kiln_variable& kernel = *saved.find_variable("dense_1/kernel");
    const std::vector<std::byte> ones(runtime::byte_count(kernel.tensor), std::byte{1});
    must(saved.set_value(kernel, ones.data()));
    must(save_weights(saved, model, scratch_path(name)));
    must(load_weights(loaded, model, scratch_path(name)));
    EXPECT_EQ(must(loaded.snapshot()), must(saved.snapshot())) << name;
  }
}

TEST(Load, TakesWhatKerasWrote) {
  const Model model = small_mlp();
  const VariableTable table(model);
  for (const char* name : {"mlp.keras", "mlp.weights.h5"}) {
    Session session = table.session();
    EXPECT_TRUE(must(load_weights(session, model, data_path(name))).state.optimizer);
    const SavedModel saved = must(read_archive(data_path("mlp.keras")));
    EXPECT_TRUE(same(values(session, saved.weights), saved.weights));
    EXPECT_TRUE(same(values(session, saved.optimizer), saved.optimizer));
  }
}

TEST(Load, SaysWhenAnotherOptimizersStateIsPassedOver) {
  const Model model = small_mlp(SGD(0.1));
  const VariableTable table(model);
  Session session = table.session();
  const LoadedWeights loaded = must(load_weights(session, model, data_path("mlp.keras")));
  EXPECT_FALSE(loaded.state.optimizer);
  EXPECT_NE(loaded.note.find("is of Adam, the model has SGD: it was not loaded"), std::string::npos)
      << loaded.note;
}

TEST(Load, ADefinitionThatIsNotTheSessionsIsAnError) {
  const VariableTable table(Sequential({Input({4}), Dense(6), Dense(3)}));
  Session session = table.session();
  EXPECT_NE(error_of(load_weights(session, small_mlp(), data_path("mlp.keras")))
                .find("the running model has no variable \"first/kernel\""),
            std::string::npos);
}

TEST(Load, WhatAFileHoldsSaysItsFormat) {
  const Model model = small_mlp();
  const VariableTable table(model);
  for (const auto& [file, name] :
       {std::pair("mlp.keras", "named.hdf5"), std::pair("mlp.weights.h5", "named.keras"),
        std::pair("mlp.keras", "named.npz"), std::pair("mlp.weights.h5", "named")}) {
    write_bytes(scratch_path(name), read_bytes(data_path(file)));
    Session session = table.session();
    EXPECT_TRUE(must(load_weights(session, model, scratch_path(name))).state.optimizer) << name;
  }
}

TEST(Load, ANameThatSaysNoFormatOfNothingIsAnError) {
  const Model model = small_mlp();
  const VariableTable table(model);
  Session session = table.session();
  EXPECT_NE(
      error_of(load_weights(session, model, "w.bin")).find("call it .keras, .weights.h5 or .npz"),
      std::string::npos);
  EXPECT_NE(
      error_of(save_weights(session, model, "w.bin")).find("call it .keras, .weights.h5 or .npz"),
      std::string::npos);
}

}  // namespace
}  // namespace kiln::keras
