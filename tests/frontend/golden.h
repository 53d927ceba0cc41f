// The golden cases that Keras computed, where they are present (../shared/golden beside the
// checkout, or the folder that KILN_SHARED names).
#pragma once

#include <string>
#include <vector>

#include "ir/literal.h"
#include "runtime/data/npz.h"

namespace kiln::keras {

/// The folder of all cases; empty where there is none.
std::string golden_folder();

/// The cases whose models this test can run.
std::vector<std::string> golden_cases();

/// An .npz of a case.
std::vector<runtime::NamedArray> golden_arrays(const std::string& golden_case,
                                               const std::string& file);
const runtime::Array& array_of(const std::vector<runtime::NamedArray>& arrays,
                               const std::string& name);
std::string golden_text(const std::string& golden_case, const std::string& file);

/// The array as a literal.
ir::Literal literal_of(const runtime::Array& array);

}  // namespace kiln::keras

/// Ends the test, loudly, where there are no golden cases.
#define KILN_NEEDS_GOLDEN()                                                              \
  if (kiln::keras::golden_folder().empty()) {                                            \
    GTEST_SKIP() << "no golden cases: set KILN_SHARED to the folder that holds golden/"; \
  }
