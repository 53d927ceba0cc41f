// The text form. parse(print(m)) equals m, for every module after every pass.
#pragma once

#include <string>

#include "ir/module.h"

namespace kiln::ir {

/// What a dump leaves out.
struct PrintOptions {
  bool locations = true;  ///< print loc("...")
  int64_t largest_constant =
      -1;  ///< elide constants with more elements (the text then does not parse); -1: none
};

std::string print(const Module& module, const PrintOptions& options = {});
std::string print(const Function& function, const PrintOptions& options = {});
std::string print(const Op& op, const PrintOptions& options = {});
std::string print(const Region& region, const PrintOptions& options = {});

/// The first line of one of the function's ops (no regions), its values numbered as in the
/// function's text. A value that nothing before it defines is printed as `%?`.
std::string print_line(const Function& function, const Op& op, const PrintOptions& options = {});

/// An attribute's value as it stands in an attribute list.
std::string print(const Attribute& attribute, const PrintOptions& options = {});

}  // namespace kiln::ir
