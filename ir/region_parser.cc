#include "ir/region_parser.h"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "ir/attribute_parser.h"
#include "ir/ops/definition.h"
#include "ir/spelling.h"

namespace kiln::ir {
namespace {

constexpr int kDeepestRegion = 64;  // the parser recurses once per nested region

Expected<std::vector<Value*>> parse_operands(TokenReader& reader, const Scope& scope) {
  std::vector<Value*> operands;
  if (!reader.at(Token::Kind::value)) return operands;
  do {
    KILN_ASSIGN(const Token name, reader.expect(Token::Kind::value, "a value such as %0"));
    KILN_ASSIGN(Value * value, scope.find(reader, name));
    operands.push_back(value);
  } while (reader.accept(","));
  return operands;
}

Expected<const OpDefinition*> parse_op_name(TokenReader& reader) {
  KILN_ASSIGN(const Token word, reader.expect(Token::Kind::word, "an op"));
  if (const OpDefinition* definition = find_op(word.text)) return definition;
  std::vector<std::string_view> names;
  for (const OpDefinition& definition : op_definitions()) names.push_back(definition.name);
  return reader.error(word.offset, fmt::format("no op is named {}", word.text),
                      did_you_mean(word.text, names));
}

Expected<std::vector<Type>> parse_result_types(TokenReader& reader, size_t results) {
  std::vector<Type> types;
  if (results == 0) return types;
  if (!reader.at(":"))
    return reader.expected(
        fmt::format("':' and {}", results == 1 ? "the result's type" : "the results' types"));
  do {
    reader.take();
    KILN_ASSIGN(Type type, reader.type());
    types.push_back(std::move(type));
  } while (types.size() < results && reader.at(","));
  if (types.size() != results || reader.at(",")) {
    return reader.expected(fmt::format("{} result type{}", results, results == 1 ? "" : "s"));
  }
  return types;
}

Status parse_region(TokenReader& reader, Op& op, const Scope& outer) {
  const size_t offset = reader.peek().offset;
  Scope scope(&outer);
  if (scope.depth() > kDeepestRegion) return reader.error(offset, "regions are nested too deeply");
  KILN_TRY(reader.expect("region"));
  KILN_TRY(reader.expect("("));
  Region& region = op.add_region();
  while (!reader.at(")")) {
    if (region.argument_count() > 0) KILN_TRY(reader.expect(","));
    KILN_TRY(parse_argument(reader, region, scope));
  }
  reader.take();
  return parse_body(reader, region, scope);
}

/// Sets the op's results to what its definition says, which must be what is written.
Status set_results(const TokenReader& reader, Op& op, const std::vector<Type>& declared,
                   size_t offset) {
  const auto types = check_op(op, declared);
  if (!types) return reader.error(offset, types.error().message, types.error().note);
  if (types->size() != declared.size()) {
    return reader.error(offset,
                        fmt::format("{} gives {} result{}, not {}", op.name(), types->size(),
                                    types->size() == 1 ? "" : "s", declared.size()));
  }
  for (size_t i = 0; i < declared.size(); ++i) {
    if ((*types)[i] != declared[i]) {
      return reader.error(offset, fmt::format("{} gives {}, not {}", op.name(),
                                              (*types)[i].to_string(), declared[i].to_string()));
    }
    op.add_result(declared[i]);
  }
  return ok();
}

Expected<std::vector<Token>> parse_result_names(TokenReader& reader) {
  std::vector<Token> names;
  if (!reader.at(Token::Kind::value)) return names;
  do {
    KILN_ASSIGN(const Token name, reader.expect(Token::Kind::value, "a value such as %0"));
    names.push_back(name);
  } while (reader.accept(","));
  KILN_TRY(reader.expect("="));
  return names;
}

/// After the op's name: operands, attributes, types, regions, location.
Expected<std::unique_ptr<Op>> parse_application(TokenReader& reader, const OpDefinition& definition,
                                                const Scope& scope, size_t results, size_t offset) {
  KILN_ASSIGN(std::vector<Value*> operands, parse_operands(reader, scope));
  ParsedAttributes attributes;
  if (reader.at("{")) {
    KILN_ASSIGN(attributes, parse_attributes(reader, &definition));
  }
  KILN_ASSIGN(const std::vector<Type> types, parse_result_types(reader, results));
  for (const auto& [name, literal] : attributes.untyped) {
    if (types.empty()) return reader.error(literal.offset, "dense<...> needs a type");
    KILN_ASSIGN(attributes.values[name], finish_literal(reader, literal, types[0]));
  }
  auto op = std::make_unique<Op>(definition, std::move(operands), std::move(attributes.values), "");
  while (reader.at("region")) KILN_TRY(parse_region(reader, *op, scope));
  KILN_ASSIGN(std::string location, reader.optional_location());
  op->set_location(std::move(location));
  KILN_TRY(set_results(reader, *op, types, offset));
  return op;
}

Status parse_op(TokenReader& reader, Region& region, Scope& scope) {
  KILN_ASSIGN(const std::vector<Token> names, parse_result_names(reader));
  const size_t offset = reader.peek().offset;
  KILN_ASSIGN(const OpDefinition* definition, parse_op_name(reader));
  KILN_ASSIGN(std::unique_ptr<Op> op,
              parse_application(reader, *definition, scope, names.size(), offset));
  for (size_t i = 0; i < names.size(); ++i) KILN_TRY(scope.define(reader, names[i], op->result(i)));
  region.append(std::move(op));
  return ok();
}

}  // namespace

Status Scope::define(const TokenReader& reader, const Token& name, Value* value) {
  if (values_.emplace(name.text, value).second) return ok();
  return reader.error(name.offset, fmt::format("{} is defined twice", name.text));
}

Expected<Value*> Scope::find(const TokenReader& reader, const Token& name) const {
  if (auto found = values_.find(name.text); found != values_.end()) return found->second;
  std::string note;
  for (const Scope* scope = outer_; scope; scope = scope->outer_) {
    if (scope->values_.contains(name.text))
      note = "a region sees its own values only: pass it as an operand";
  }
  return reader.error(name.offset, fmt::format("{} is not defined", name.text), std::move(note));
}

Status parse_argument(TokenReader& reader, Region& region, Scope& scope) {
  KILN_ASSIGN(const Token name,
              reader.expect(Token::Kind::value, "an argument such as %0: tensor<f32>"));
  KILN_TRY(reader.expect(":"));
  KILN_ASSIGN(Type type, reader.type());
  return scope.define(reader, name, region.add_argument(std::move(type)));
}

Status parse_body(TokenReader& reader, Region& region, Scope& scope) {
  KILN_TRY(reader.expect("{"));
  while (!reader.accept("return")) {
    if (!reader.at(Token::Kind::value) && !reader.at(Token::Kind::word))
      return reader.expected("an op or return");
    KILN_TRY(parse_op(reader, region, scope));
  }
  KILN_ASSIGN(std::vector<Value*> results, parse_operands(reader, scope));
  region.set_results(std::move(results));
  if (!reader.at("}")) return reader.expected("'}' after return");
  reader.take();
  return ok();
}

}  // namespace kiln::ir
