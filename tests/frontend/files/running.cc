#include "tests/frontend/files/running.h"

#include <cmath>

#include "frontend/keras/lower/lower.h"
#include "passes/gradients/differentiate.h"
#include "tests/frontend/files/support.h"

namespace kiln::keras {

using runtime::Array;
using runtime::NamedArray;

namespace {

ir::Literal literal_of(const Array& array) {
  // Both enumerations have the ABI's order.
  const ir::Type type{static_cast<ir::ElementType>(array.type), array.dims};
  return ir::Literal::from_bytes(type, false, {array.data(), array.data() + array.bytes()});
}

/// What a step calls its input or output.
std::string binding_of(const std::string& kind, const std::vector<std::string>& names, size_t i) {
  return names.size() > 1 ? kind + "/" + names[i] : kind;
}

}  // namespace

Running::Running(const SavedModel& saved, int64_t batch)
    : batch_(batch), inputs_(saved.model.input_names()), outputs_(saved.model.output_names()) {
  module_ = must(lower(saved.model, {.batch = batch}));
  must(passes::differentiate(module_));
  const ir::Literal seed({ir::ElementType::i64, {}});
  ir::interpret(*module_.function("init"), variables_, {{"seed", seed}});
  for (const auto* arrays : {&saved.weights, &saved.optimizer}) {
    for (const NamedArray& named : *arrays) {
      EXPECT_EQ(variables_.count(named.name), 1u) << named.name;
      variables_[named.name] = literal_of(named.array);
    }
  }
}

ir::Literal Running::predict(const Array& x) { return predict_all({x})[0]; }

std::vector<ir::Literal> Running::predict_all(const std::vector<Array>& x) {
  ir::Environment arguments;
  for (size_t i = 0; i < inputs_.size(); ++i)
    arguments[binding_of("x", inputs_, i)] = literal_of(x[i]);
  const ir::Environment results =
      ir::interpret(*module_.function("predict_step"), variables_, arguments);
  std::vector<ir::Literal> outputs;
  for (size_t i = 0; i < outputs_.size(); ++i)
    outputs.push_back(results.at(binding_of("y", outputs_, i)));
  return outputs;
}

void Running::train(const Array& x, const Array& y) {
  ir::interpret(*module_.function("train_step"), variables_,
                {{"x", literal_of(x)},
                 {"y", literal_of(y)},
                 {"count", ir::Literal::splat_int({ir::ElementType::i32, {}}, batch_)}});
}

::testing::AssertionResult near(const ir::Literal& actual, const Array& expected,
                                double tolerance) {
  for (int64_t i = 0; i < expected.element_count(); ++i) {
    const double value = expected.as<float>()[i];
    if (std::abs(actual.get(i) - value) > tolerance) {
      return ::testing::AssertionFailure()
             << "element " << i << " is " << actual.get(i) << ", expected " << value;
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace kiln::keras
