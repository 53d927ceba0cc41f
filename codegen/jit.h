// Object code that runs in this process.
#pragma once

#include <memory>

#include "codegen/object_code.h"
#include "runtime/base/abi.h"
#include "runtime/base/expected.h"

namespace kiln::codegen {

/// A module loaded into memory. The model and its functions live as long as the Jit.
class Jit {
 public:
  /// Links the objects with the runtime's symbols and this process's libc and libm.
  static Expected<Jit> load(const ObjectCode& code);

  Jit(Jit&&) noexcept;
  Jit& operator=(Jit&&) noexcept;
  ~Jit();

  const kiln_model* model() const;

 private:
  struct State;
  explicit Jit(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kiln::codegen
