// What benchmarks share: buffers to call a compiled function with.
#pragma once

#include <cstdlib>
#include <string_view>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/model/session.h"
#include "tests/benchmarks/must.h"

namespace kiln::benchmarks {

/// A buffer for every input and output of a function; floats are random in [0, 1), `count` is the
/// batch.
struct Buffers {
  std::vector<runtime::Array> arrays;
  std::vector<const void*> inputs;
  std::vector<void*> outputs;

  explicit Buffers(const kiln_function& function) {
    for (const kiln_tensor& tensor : runtime::inputs_of(function)) {
      const runtime::Array array = add(tensor);
      if (array.type == KILN_F32) {
        for (int64_t i = 0; i < array.element_count(); ++i)
          array.as<float>()[i] = static_cast<float>(std::rand()) / static_cast<float>(RAND_MAX);
      }
      if (std::string_view(tensor.name) == "count")
        *array.as<int32_t>() = static_cast<int32_t>(function.batch);
      inputs.push_back(array.data());
    }
    for (const kiln_tensor& tensor : runtime::outputs_of(function))
      outputs.push_back(add(tensor).data());
  }

 private:
  runtime::Array add(const kiln_tensor& tensor) {
    const auto dims = runtime::dims_of(tensor);
    arrays.push_back(
        runtime::allocate(runtime::element_type_of(tensor), {dims.begin(), dims.end()}));
    return arrays.back();
  }
};

}  // namespace kiln::benchmarks
