// Compiled modules, called with literals as the interpreter is.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codegen/loaded_code.h"
#include "codegen/object_code.h"
#include "ir/interpreter.h"
#include "ir/module.h"
#include "runtime/base/thread_pool.h"
#include "runtime/device/device.h"

namespace kiln::tests {

/// A planned module, compiled and loaded: for this machine, or for the device of the test.
class LoadedModule {
 public:
  /// Fails the test and throws where the module does not compile.
  explicit LoadedModule(const ir::Module& module, int threads = 1);

  const kiln_model& model() const { return *code_.model(); }
  const kiln_function& function(const std::string& name) const;

  /// As ir::interpret(function, variables, inputs); the arena holds garbage at the start.
  std::map<std::string, ir::Literal> run(const std::string& name, ir::Environment& variables,
                                         const std::map<std::string, ir::Literal>& inputs);

 private:
  codegen::LoadedCode code_;
  runtime::ThreadPool pool_;
  std::shared_ptr<runtime::Device> device_;  ///< null: the CPU
  std::shared_ptr<runtime::Memory> memory_;
  runtime::MemoryBlock constants_;
  runtime::MemoryBlock temporaries_;  ///< of a device's kernels
};

/// Links object code and loads it. Throws where that fails.
codegen::LoadedCode load(const codegen::ObjectCode& code);

/// The literal of a tensor's bytes.
ir::Literal literal_from(const kiln_tensor& tensor, const void* bytes);

}  // namespace kiln::tests
