// The arguments of an operation, as Python writes them: "x, weights=None; axis=None". What stands
// before the semicolon are the arguments of the call, which tensors are among; what follows are the
// operation's own, which Keras keeps in its config.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/json/json.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

struct SignatureArgument {
  std::string name;
  std::string default_text;  ///< as Python writes it; empty: it has to be given
  bool of_call = true;
  bool rest = false;  ///< "*operands": takes all that are left by position
};

/// A default as JSON: Python's None, True and False are null, true and false.
Json default_value(std::string_view text);
/// From such a text, which is part of kiln.
std::vector<SignatureArgument> parse_signature(std::string_view text);

/// What an operation was made and called with: a value for each argument of its signature.
/// `args` and `kwargs` are those of the call, `config` the operation's. An argument that nobody
/// knows or that is missing is an error.
Expected<std::vector<Json>> bind_arguments(const std::vector<SignatureArgument>& signature,
                                           const Json& args, const Json& kwargs,
                                           const Json& config);

}  // namespace kiln::keras
