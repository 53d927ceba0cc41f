// A module's predictions in this process, for what is made of it to be compared with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "codegen/loaded_code.h"
#include "ir/module.h"
#include "runtime/base/expected.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"

namespace kiln {

/// Calls predict_step again and again, on one thread; states go on from call to call.
class Predictor {
 public:
  /// Compiles the module, whose variables are zero until the session sets them. Errors, which name `option`
  /// as who wants predictions: outputs that are no f32.
  static Expected<Predictor> create(const ir::Module& module, const std::string& option);

  runtime::Session& session() { return *session_; }
  const kiln_function& function() const { return call_.function(); }

  /// The bytes of each input, drawn from a fixed seed: floats from 0 to 1, integers that the model
  /// takes.
  Expected<std::vector<std::string>> draw_inputs() const;

  /// The elements of each output for the bytes of each input.
  Expected<std::vector<std::vector<float>>> predict(const std::vector<std::string>& inputs);

 private:
  Predictor(codegen::LoadedCode code, std::unique_ptr<runtime::Session> session,
            runtime::FunctionCall call)
      : code_(std::move(code)), session_(std::move(session)), call_(std::move(call)) {}

  codegen::LoadedCode code_;
  std::unique_ptr<runtime::Session> session_;
  runtime::FunctionCall call_;
};

}  // namespace kiln
