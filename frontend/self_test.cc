#include "frontend/self_test.h"

#include <cstring>

#include "frontend/compiler.h"
#include "runtime/base/random_stream.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"

namespace kiln {
namespace {

/// Integers of inputs that may hold any.
constexpr int64_t kUsualLimit = 10;

template <typename T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

double draw_fraction(runtime::RandomStream& random) {
  return static_cast<double>(random.next() >> 40) / (1 << 24);
}

/// One element of an input; `limit`: integers are below it.
Expected<std::string> draw(runtime::RandomStream& random, int32_t element, int64_t limit,
                           const std::string& name) {
  const int64_t integer = random.uniform(0, (limit > 0 ? limit : kUsualLimit) - 1);
  switch (element) {
    case KILN_F32:
      return bytes_of(
          static_cast<float>(limit > 0 ? static_cast<double>(integer) : draw_fraction(random)));
    case KILN_F64:
      return bytes_of(draw_fraction(random));
    case KILN_I8:
    case KILN_U8:
      return bytes_of(static_cast<int8_t>(integer));
    case KILN_I1:
      return bytes_of(static_cast<int8_t>(integer % 2));
    case KILN_I16:
      return bytes_of(static_cast<int16_t>(integer));
    case KILN_I32:
      return bytes_of(static_cast<int32_t>(integer));
    case KILN_I64:
      return bytes_of(integer);
    default:
      return Diagnostic{"--self-test", "the input " + name + " is of a type that is not drawn", ""};
  }
}

Status set_variables(runtime::Session& session, const codegen::Checkpoint& checkpoint) {
  const auto variables = runtime::variables_of(session.model());
  for (size_t i = 0; i < variables.size(); ++i) {
    if (!checkpoint.values[i].empty())
      KILN_TRY(session.set_value(variables[i], checkpoint.values[i].data()));
  }
  return ok();
}

/// The bytes of each output for these inputs.
Expected<std::vector<std::string>> predict(runtime::Session& session, const kiln_function& function,
                                           const std::vector<std::string>& inputs) {
  KILN_ASSIGN(runtime::FunctionCall call, runtime::FunctionCall::create(session, function));
  KILN_TRY(call.begin());
  for (size_t i = 0; i < inputs.size(); ++i)
    std::memcpy(call.input(i), inputs[i].data(), inputs[i].size());
  KILN_TRY(call.run());
  KILN_TRY(call.fetch());
  KILN_ASSIGN(const std::byte* computed, call.outputs(0));
  std::vector<std::string> outputs;
  for (int32_t i = 0; i < function.output_count; ++i) {
    const kiln_tensor& tensor = function.outputs[i];
    if (tensor.element_type != KILN_F32)
      return Diagnostic{"--self-test", "compares outputs of float32 alone", ""};
    const auto* start =
        reinterpret_cast<const char*>(computed + call.output_offset(static_cast<size_t>(i)));
    outputs.emplace_back(start, static_cast<size_t>(runtime::byte_count(tensor)));
  }
  return outputs;
}

}  // namespace

Expected<std::vector<std::string>> draw_inputs(const kiln_model& model,
                                               const kiln_function& predict) {
  std::vector<std::string> inputs;
  for (int32_t i = 0; i < predict.input_count; ++i) {
    const kiln_tensor& tensor = predict.inputs[i];
    const int64_t limit = i < model.input_count ? model.inputs[i].index_limit : 0;
    runtime::RandomStream random(0, runtime::DataPart::kTest, static_cast<uint64_t>(i));
    std::string& bytes = inputs.emplace_back();
    while (static_cast<int64_t>(bytes.size()) < runtime::byte_count(tensor)) {
      KILN_ASSIGN(const std::string element, draw(random, tensor.element_type, limit, tensor.name));
      bytes += element;
    }
  }
  return inputs;
}

Expected<codegen::SelfTest> make_self_test(const ir::Module& module,
                                           const codegen::Checkpoint& checkpoint) {
  KILN_ASSIGN(const codegen::LoadedCode code, compile_in_memory(ir::clone(module)));
  KILN_ASSIGN(runtime::Session session, runtime::Session::create(code.model(), 1));
  KILN_TRY(set_variables(session, checkpoint));
  KILN_ASSIGN(const kiln_function* function, session.function("predict_step"));
  codegen::SelfTest test;
  KILN_ASSIGN(test.inputs, draw_inputs(session.model(), *function));
  KILN_ASSIGN(test.outputs, predict(session, *function, test.inputs));
  return test;
}

}  // namespace kiln
