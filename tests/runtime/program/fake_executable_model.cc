// Stands in for the object file that the compiler emits.
#include "tests/runtime/model/fake_model.h"

namespace kiln::runtime {
extern "C" {
extern const ::kiln_model kiln_model;
const ::kiln_model kiln_model = fake_regression();
}
}  // namespace kiln::runtime
