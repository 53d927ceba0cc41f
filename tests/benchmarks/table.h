// Results for people, as they come.
#pragma once

#include "tests/benchmarks/result.h"

namespace kiln::benchmarks {

/// Machine, commit, and a line for each set of roofs.
void print_head(const Report& report);

/// The columns' names; `with_peer`: two more.
void print_columns(bool with_peer);

/// A line, and under it one for each kernel that the result has.
void print_result(const Result& result);

/// "FMA 82 %, L2 11 %, divider 7 %": what binds, by its share of the roof.
std::string show_bounds(const codegen::FunctionBound& bound);

}  // namespace kiln::benchmarks
