#include "frontend/predictor.h"

#include <cstring>
#include <utility>

#include "frontend/compiler.h"
#include "runtime/base/random_stream.h"

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
      return Diagnostic{"the input " + name, "is of a type that is not drawn", ""};
  }
}

Status check_outputs(const kiln_function& function, const std::string& option) {
  for (int32_t i = 0; i < function.output_count; ++i) {
    if (function.outputs[i].element_type != KILN_F32)
      return Diagnostic{option, "compares outputs of float32 alone", ""};
  }
  return ok();
}

}  // namespace

Expected<Predictor> Predictor::create(const ir::Module& module, const std::string& option) {
  KILN_ASSIGN(codegen::LoadedCode code, compile_in_memory(ir::clone(module)));
  KILN_ASSIGN(runtime::Session session, runtime::Session::create(code.model(), 1));
  auto kept = std::make_unique<runtime::Session>(std::move(session));
  KILN_ASSIGN(const kiln_function* function, kept->function("predict_step"));
  KILN_TRY(check_outputs(*function, option));
  KILN_ASSIGN(runtime::FunctionCall call, runtime::FunctionCall::create(*kept, *function));
  return Predictor(std::move(code), std::move(kept), std::move(call));
}

Expected<std::vector<std::string>> Predictor::draw_inputs() const {
  const kiln_model& model = session_->model();
  std::vector<std::string> inputs;
  for (int32_t i = 0; i < function().input_count; ++i) {
    const kiln_tensor& tensor = function().inputs[i];
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

Expected<std::vector<std::vector<float>>> Predictor::predict(
    const std::vector<std::string>& inputs) {
  KILN_TRY(call_.begin());
  for (size_t i = 0; i < inputs.size(); ++i)
    std::memcpy(call_.input(i), inputs[i].data(), inputs[i].size());
  KILN_TRY(call_.run());
  KILN_TRY(call_.fetch());
  KILN_ASSIGN(const std::byte* computed, call_.outputs(call_.runs() - 1));
  std::vector<std::vector<float>> outputs;
  for (int32_t i = 0; i < function().output_count; ++i) {
    const auto* start =
        reinterpret_cast<const float*>(computed + call_.output_offset(static_cast<size_t>(i)));
    const auto count =
        static_cast<size_t>(runtime::byte_count(function().outputs[i])) / sizeof(float);
    outputs.emplace_back(start, start + count);
  }
  return outputs;
}

}  // namespace kiln
