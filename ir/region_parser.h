// Reads ops and regions.
#pragma once

#include <string_view>
#include <unordered_map>

#include "ir/op.h"
#include "ir/token_reader.h"

namespace kiln::ir {

/// The names of a region's values, as far as it has been read.
class Scope {
 public:
  explicit Scope(const Scope* outer = nullptr)
      : outer_(outer), depth_(outer ? outer->depth_ + 1 : 0) {}

  /// Binds a name to a value; an error where it is taken.
  Status define(const TokenReader& reader, const Token& name, Value* value);
  /// The value of that name; an error, with a hint, where there is none.
  Expected<Value*> find(const TokenReader& reader, const Token& name) const;
  /// How many regions are around this one.
  int depth() const { return depth_; }

 private:
  std::unordered_map<std::string_view, Value*> values_;
  const Scope* outer_;
  int depth_;
};

/// `%name: type`: a new argument of the region.
Status parse_argument(TokenReader& reader, Region& region, Scope& scope);

/// `{ op ... return %a, %b }`: appends the ops and sets the results.
Status parse_body(TokenReader& reader, Region& region, Scope& scope);

}  // namespace kiln::ir
