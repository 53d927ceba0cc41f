#include "tests/codegen/loaded_module.h"

#include <gtest/gtest.h>

#include <cstring>
#include <stdexcept>

#include "codegen/compile.h"

namespace kiln::tests {
namespace {

codegen::Jit compile_and_load(const ir::Module& module, int threads) {
  auto code = codegen::compile(module, {{codegen::host_target(threads)}});
  if (!code) throw std::runtime_error(code.error().to_string());
  auto jit = codegen::Jit::load(*code);
  if (!jit) throw std::runtime_error(jit.error().to_string());
  return std::move(*jit);
}

struct FreeBlock {
  void operator()(std::byte* block) const { std::free(block); }
};
using Block = std::unique_ptr<std::byte, FreeBlock>;

/// Aligned memory full of what is a NaN in every float type.
Block allocate(int64_t bytes) {
  const size_t size = (static_cast<size_t>(bytes) / KILN_ALIGNMENT + 1) * KILN_ALIGNMENT;
  Block block(static_cast<std::byte*>(std::aligned_alloc(KILN_ALIGNMENT, size)));
  std::memset(block.get(), 0xff, size);
  return block;
}

ir::Type type_of(const kiln_tensor& tensor) {
  return {static_cast<ir::ElementType>(tensor.element_type),
          ir::Shape(tensor.dims, tensor.dims + tensor.rank)};
}

void copy_into(std::byte* target, const ir::Literal& literal) {
  const ir::Literal dense = literal.dense();
  std::memcpy(target, dense.bytes().data(), dense.bytes().size());
}

}  // namespace

ir::Literal literal_from(const kiln_tensor& tensor, const void* bytes) {
  const ir::Type type = type_of(tensor);
  const auto* begin = static_cast<const std::byte*>(bytes);
  return ir::Literal::from_bytes(type, false, std::vector<std::byte>(begin, begin + type.bytes()));
}

LoadedModule::LoadedModule(const ir::Module& module, int threads)
    : jit_(compile_and_load(module, threads)), pool_(threads) {}

const kiln_function& LoadedModule::function(const std::string& name) const {
  for (int i = 0; i < model().function_count; ++i) {
    if (name == model().functions[i].name) return model().functions[i];
  }
  throw std::out_of_range("no function " + name);
}

std::map<std::string, ir::Literal> LoadedModule::run(
    const std::string& name, ir::Environment& variables,
    const std::map<std::string, ir::Literal>& inputs) {
  const kiln_function& called = function(name);
  Block state = allocate(model().state_bytes), arena = allocate(called.arena_bytes);
  for (int i = 0; i < model().variable_count; ++i) {
    const kiln_variable& variable = model().variables[i];
    copy_into(state.get() + variable.offset, variables.at(variable.tensor.name));
  }
  std::vector<Block> blocks;
  std::vector<const void*> input_pointers;
  std::vector<void*> output_pointers;
  for (int i = 0; i < called.input_count; ++i) {
    blocks.push_back(allocate(type_of(called.inputs[i]).bytes()));
    copy_into(blocks.back().get(), inputs.at(called.inputs[i].name));
    input_pointers.push_back(blocks.back().get());
  }
  for (int i = 0; i < called.output_count; ++i) {
    blocks.push_back(allocate(type_of(called.outputs[i]).bytes()));
    output_pointers.push_back(blocks.back().get());
  }
  EXPECT_EQ(called.run[0](&pool_, state.get(), arena.get(), model().constants,
                          input_pointers.data(), output_pointers.data()),
            0);
  for (int i = 0; i < model().variable_count; ++i) {
    const kiln_variable& variable = model().variables[i];
    variables[variable.tensor.name] = literal_from(variable.tensor, state.get() + variable.offset);
  }
  std::map<std::string, ir::Literal> outputs;
  for (int i = 0; i < called.output_count; ++i) {
    outputs[called.outputs[i].name] =
        literal_from(called.outputs[i], output_pointers[static_cast<size_t>(i)]);
  }
  return outputs;
}

}  // namespace kiln::tests
