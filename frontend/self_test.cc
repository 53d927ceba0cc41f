#include "frontend/self_test.h"

#include <utility>
#include <vector>

#include "frontend/predictor.h"

namespace kiln {
namespace {

Status set_variables(runtime::Session& session, const codegen::Checkpoint& checkpoint) {
  const auto variables = runtime::variables_of(session.model());
  for (size_t i = 0; i < variables.size(); ++i) {
    if (!checkpoint.values[i].empty())
      KILN_TRY(session.set_value(variables[i], checkpoint.values[i].data()));
  }
  return ok();
}

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

}  // namespace

Expected<codegen::SelfTest> make_self_test(const ir::Module& module,
                                           const codegen::Checkpoint& checkpoint) {
  KILN_ASSIGN(Predictor predictor, Predictor::create(module, "--self-test"));
  KILN_TRY(set_variables(predictor.session(), checkpoint));
  codegen::SelfTest test;
  KILN_ASSIGN(test.inputs, predictor.draw_inputs());
  KILN_ASSIGN(const auto outputs, predictor.predict(test.inputs));
  for (const std::vector<float>& values : outputs) test.outputs.push_back(bytes_of(values));
  return test;
}

}  // namespace kiln
