#include "ir/parser.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "ir/attribute_parser.h"
#include "ir/region_parser.h"
#include "ir/spelling.h"
#include "ir/verifier.h"

namespace kiln::ir {
namespace {

constexpr std::array<Role, 4> kRoles = {Role::trainable, Role::non_trainable, Role::optimizer,
                                        Role::metric};

/// `attributes {...}` if it is there.
Expected<Attributes> parse_trailing_attributes(TokenReader& reader) {
  if (!reader.accept("attributes")) return Attributes();
  KILN_ASSIGN(ParsedAttributes parsed, parse_attributes(reader, nullptr));
  return std::move(parsed.values);
}

/// Takes `role` out of a variable's attributes; trainable where it is absent.
Expected<Role> take_role(const TokenReader& reader, size_t offset, Attributes& attributes) {
  const auto found = attributes.find("role");
  if (found == attributes.end()) return Role::trainable;
  const auto* written = std::get_if<std::string>(&found->second);
  std::array<std::string_view, kRoles.size()> names;
  for (size_t i = 0; i < kRoles.size(); ++i) {
    names[i] = name_of(kRoles[i]);
    if (!written || *written != names[i]) continue;
    attributes.erase(found);
    return kRoles[i];
  }
  return reader.error(offset, fmt::format("role must be one of {}", fmt::join(names, ", ")),
                      written ? did_you_mean(*written, names) : "");
}

/// After `variable`: `@name : type {role = "trainable"} loc("...")`.
Status parse_variable(TokenReader& reader, Module& module, std::set<std::string>& names) {
  const size_t name_offset = reader.peek().offset;
  Variable variable;
  KILN_ASSIGN(variable.name, reader.symbol("the variable's @name"));
  if (!names.insert(variable.name).second) {
    return reader.error(name_offset,
                        fmt::format("the variable @{} is defined twice", variable.name));
  }
  KILN_TRY(reader.expect(":"));
  KILN_ASSIGN(variable.type, reader.type());
  const size_t attributes_offset = reader.peek().offset;
  if (reader.at("{")) {
    KILN_ASSIGN(ParsedAttributes parsed, parse_attributes(reader, nullptr));
    variable.attributes = std::move(parsed.values);
  }
  KILN_ASSIGN(variable.role, take_role(reader, attributes_offset, variable.attributes));
  KILN_ASSIGN(variable.location, reader.optional_location());
  module.variables.push_back(std::move(variable));
  return ok();
}

/// `@variable` or `"name"`.
Expected<Binding> parse_binding(TokenReader& reader) {
  constexpr std::string_view kWhat = "@variable or \"name\"";
  if (reader.at(Token::Kind::string)) {
    KILN_ASSIGN(std::string name, reader.string(kWhat));
    return Binding::plain(std::move(name));
  }
  KILN_ASSIGN(std::string name, reader.symbol(kWhat));
  return Binding::variable(std::move(name));
}

/// What the header says of a result, to be compared with what is returned.
struct DeclaredResult {
  size_t offset;
  Type type;
};

/// `(%0: type @w, ...) -> (type @w, type "loss")`
Expected<std::vector<DeclaredResult>> parse_signature(TokenReader& reader, Function& function,
                                                      Scope& scope) {
  KILN_TRY(reader.expect("("));
  while (!reader.at(")")) {
    if (function.body.argument_count() > 0) KILN_TRY(reader.expect(","));
    KILN_TRY(parse_argument(reader, function.body, scope));
    KILN_ASSIGN(Binding binding, parse_binding(reader));
    function.argument_bindings.push_back(std::move(binding));
  }
  reader.take();
  KILN_TRY(reader.expect("->"));
  KILN_TRY(reader.expect("("));
  std::vector<DeclaredResult> results;
  while (!reader.at(")")) {
    if (!results.empty()) KILN_TRY(reader.expect(","));
    const size_t offset = reader.peek().offset;
    KILN_ASSIGN(Type type, reader.type());
    KILN_ASSIGN(Binding binding, parse_binding(reader));
    results.push_back({offset, std::move(type)});
    function.result_bindings.push_back(std::move(binding));
  }
  reader.take();
  return results;
}

Status check_returned(const TokenReader& reader, const Function& function, size_t name_offset,
                      const std::vector<DeclaredResult>& declared) {
  const std::vector<Value*>& returned = function.body.results();
  if (returned.size() != declared.size()) {
    return reader.error(name_offset, fmt::format("@{} declares {} result{} and returns {}",
                                                 function.name, declared.size(),
                                                 declared.size() == 1 ? "" : "s", returned.size()));
  }
  for (size_t i = 0; i < declared.size(); ++i) {
    if (returned[i]->type() == declared[i].type) continue;
    return reader.error(declared[i].offset,
                        fmt::format("result {} is declared {} and returned {}", i,
                                    declared[i].type.to_string(), returned[i]->type().to_string()));
  }
  return ok();
}

/// After `func`.
Status parse_function(TokenReader& reader, Module& module) {
  const size_t name_offset = reader.peek().offset;
  KILN_ASSIGN(std::string name, reader.symbol("the function's @name"));
  if (module.function(name))
    return reader.error(name_offset, fmt::format("the function @{} is defined twice", name));
  Function& function = module.add_function(std::move(name));
  Scope scope;
  KILN_ASSIGN(const std::vector<DeclaredResult> declared, parse_signature(reader, function, scope));
  KILN_ASSIGN(function.attributes, parse_trailing_attributes(reader));
  KILN_TRY(parse_body(reader, function.body, scope));
  KILN_TRY(check_returned(reader, function, name_offset, declared));
  const auto verified = verify(module, function);
  return verified
             ? ok()
             : Status(reader.error(name_offset, verified.error().message, verified.error().note));
}

Expected<Module> parse(TokenReader& reader) {
  Module module;
  std::set<std::string> variables;
  KILN_TRY(reader.expect("module"));
  const size_t name_offset = reader.peek().offset;
  KILN_ASSIGN(module.name, reader.symbol("the module's @name"));
  KILN_ASSIGN(module.attributes, parse_trailing_attributes(reader));
  KILN_TRY(reader.expect("{"));
  while (!reader.accept("}")) {
    if (reader.accept("variable")) {
      KILN_TRY(parse_variable(reader, module, variables));
    } else if (reader.accept("func")) {
      KILN_TRY(parse_function(reader, module));
    } else {
      return reader.expected("variable, func or '}'");
    }
  }
  if (!reader.at(Token::Kind::end)) return reader.expected("the end of the text");
  const auto verified = verify(module);
  if (!verified) return reader.error(name_offset, verified.error().message, verified.error().note);
  return module;
}

}  // namespace

Expected<Module> parse_module(std::string_view text, std::string_view file) {
  TokenReader reader(text, file);
  return parse(reader);
}

}  // namespace kiln::ir
