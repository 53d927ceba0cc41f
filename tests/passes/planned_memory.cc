#include "tests/passes/planned_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <unordered_map>

namespace kiln::passes {
namespace {

using Bytes = std::vector<std::byte>;

/// The blocks that a planned function runs on.
struct Memory {
  const ir::Module& module;
  Bytes state;
  Bytes arena;
  std::map<std::string, Bytes> outputs;

  /// The first byte of a place such as "arena+64", with room for `size` bytes.
  std::byte* at(const std::string& place, int64_t size) {
    const auto bytes = static_cast<size_t>(size);
    if (place.starts_with("output:")) {
      Bytes& output = outputs[place.substr(7)];
      output.resize(bytes);
      return output.data();
    }
    const bool in_arena = place.starts_with("arena+");
    Bytes& block = in_arena ? arena : state;
    const size_t offset = in_arena ? std::stoul(place.substr(6)) : offset_of(place.substr(6));
    EXPECT_LE(offset + bytes, block.size()) << place;
    return block.data() + offset;
  }

  size_t offset_of(const std::string& variable) const {
    return static_cast<size_t>(
        std::get<int64_t>(module.variable(variable)->attributes.at("offset")));
  }
};

void write(std::byte* to, const ir::Literal& literal) {
  const ir::Literal dense = literal.dense();
  std::memcpy(to, dense.bytes().data(), dense.bytes().size());
}

ir::Literal read(const std::byte* from, const ir::Type& type) {
  return ir::Literal::from_bytes(type, false, Bytes(from, from + type.bytes()));
}

}  // namespace

std::map<std::string, ir::Literal> run_planned(const ir::Module& module,
                                               const ir::Function& function,
                                               ir::Environment& variables,
                                               const std::map<std::string, ir::Literal>& inputs) {
  Memory memory{module,
                Bytes(static_cast<size_t>(std::get<int64_t>(module.attributes.at("state_bytes")))),
                Bytes(static_cast<size_t>(std::get<int64_t>(function.attributes.at("arena_bytes"))),
                      std::byte{0x5a}),
                {}};
  for (const ir::Variable& variable : module.variables) {
    write(memory.at("state:" + variable.name, variable.type.bytes()), variables.at(variable.name));
  }
  std::unordered_map<const ir::Value*, std::string> places;
  std::unordered_map<const ir::Value*, ir::Literal> fixed;  // inputs and constants
  for (size_t i = 0; i < function.body.argument_count(); ++i) {
    const ir::Binding& binding = function.argument_bindings[i];
    const ir::Value* argument = function.body.argument(i);
    if (binding.is_variable) {
      places[argument] = "state:" + binding.name;
    } else {
      fixed[argument] = inputs.at(binding.name);
    }
  }
  auto value_of = [&](const ir::Value* value) {
    if (auto found = fixed.find(value); found != fixed.end())
      return found->second.reshaped(value->type().shape);
    return read(memory.at(places.at(value), value->type().bytes()), value->type());
  };
  for (const auto& op : function.body.ops()) {
    if (op->is("constant")) {
      fixed[op->result()] = op->get<ir::Literal>("value");
    } else if (op->is("reshape")) {
      const ir::Value* source = op->operand(0);
      if (fixed.contains(source)) fixed[op->result()] = fixed.at(source);
      if (places.contains(source)) places[op->result()] = places.at(source);
    } else {
      std::vector<ir::Literal> operands;
      for (const ir::Value* operand : op->operands()) operands.push_back(value_of(operand));
      const std::vector<ir::Literal> results = ir::interpret(op->region(), std::move(operands));
      const auto& buffers = op->get<ir::Strings>("buffers");
      for (size_t r = 0; r < results.size(); ++r) {
        places[op->result(r)] = buffers[r];
        write(memory.at(buffers[r], results[r].type().bytes()), results[r]);
      }
    }
  }
  for (const ir::Variable& variable : module.variables) {
    variables[variable.name] =
        read(memory.at("state:" + variable.name, variable.type.bytes()), variable.type);
  }
  std::map<std::string, ir::Literal> results;
  for (size_t r = 0; r < function.body.results().size(); ++r) {
    const ir::Binding& binding = function.result_bindings[r];
    const ir::Type& type = function.body.results()[r]->type();
    if (!binding.is_variable)
      results[binding.name] = read(memory.at("output:" + binding.name, type.bytes()), type);
  }
  return results;
}

}  // namespace kiln::passes
