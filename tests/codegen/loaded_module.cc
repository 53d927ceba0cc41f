#include "tests/codegen/loaded_module.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string_view>

#include "codegen/compile.h"
#include "codegen/link.h"
#include "tests/test_device.h"

namespace kiln::tests {
namespace {

template <typename T>
T must(Expected<T> value) {
  if (!value) throw std::runtime_error(value.error().to_string());
  return std::move(*value);
}

codegen::LoadedCode compile_and_load(const ir::Module& module, int threads) {
  return load(must(codegen::compile(module, {{codegen::target_for(test_device(), threads)}})));
}

std::shared_ptr<runtime::Device> open_device() {
  if (test_device() == KILN_CPU) return nullptr;
  const kiln_device_kind kind = test_device();
  return must(runtime::open_device(test_device_choice(), {&kind, 1}, "the tests' model")).device;
}

/// Memory full of what is a NaN in every float type.
runtime::MemoryBlock allocate_garbage(const std::shared_ptr<runtime::Memory>& memory,
                                      int64_t bytes) {
  runtime::MemoryBlock block = must(runtime::allocate(memory, bytes));
  const std::vector<std::byte> garbage(static_cast<size_t>(bytes), std::byte{0xff});
  must(memory->write(block.get(), garbage.data(), bytes));
  return block;
}

ir::Type type_of(const kiln_tensor& tensor) {
  return {static_cast<ir::ElementType>(tensor.element_type),
          ir::Shape(tensor.dims, tensor.dims + tensor.rank)};
}

void copy_into(runtime::Memory& memory, std::byte* target, const ir::Literal& literal) {
  const ir::Literal dense = literal.dense();
  must(memory.write(target, dense.bytes().data(), static_cast<int64_t>(dense.bytes().size())));
}

ir::Literal read_literal(runtime::Memory& memory, const kiln_tensor& tensor, const void* at) {
  std::vector<std::byte> bytes(static_cast<size_t>(type_of(tensor).bytes()));
  must(memory.read(bytes.data(), at, static_cast<int64_t>(bytes.size())));
  return literal_from(tensor, bytes.data());
}

}  // namespace

codegen::LoadedCode load(const codegen::ObjectCode& code) {
  return must(codegen::LoadedCode::load(must(codegen::link_shared_object(code))));
}

ir::Literal literal_from(const kiln_tensor& tensor, const void* bytes) {
  const ir::Type type = type_of(tensor);
  const auto* begin = static_cast<const std::byte*>(bytes);
  return ir::Literal::from_bytes(type, false, std::vector<std::byte>(begin, begin + type.bytes()));
}

LoadedModule::LoadedModule(const ir::Module& module, int threads)
    : code_(compile_and_load(module, threads)), pool_(threads), device_(open_device()) {
  memory_ = device_ != nullptr ? std::static_pointer_cast<runtime::Memory>(device_)
                               : std::make_shared<runtime::HostMemory>();
  constants_ = must(runtime::allocate(memory_, model().constants_bytes));
  must(memory_->write(constants_.get(), model().constants, model().constants_bytes));
  if (device_ == nullptr) return;
  const int64_t bytes = model().targets[0].temporary_bytes;
  temporaries_ = allocate_garbage(memory_, bytes);
  device_->temporaries().use(temporaries_.get(), bytes);
}

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
  const runtime::MemoryBlock state = allocate_garbage(memory_, model().state_bytes);
  const runtime::MemoryBlock arena = allocate_garbage(memory_, called.arena_bytes);
  for (int i = 0; i < model().variable_count; ++i) {
    const kiln_variable& variable = model().variables[i];
    copy_into(*memory_, state.get() + variable.offset, variables.at(variable.tensor.name));
  }
  std::vector<runtime::MemoryBlock> blocks;
  std::vector<const void*> input_pointers;
  std::vector<void*> output_pointers;
  for (int i = 0; i < called.input_count; ++i) {
    blocks.push_back(allocate_garbage(memory_, type_of(called.inputs[i]).bytes()));
    copy_into(*memory_, blocks.back().get(), inputs.at(called.inputs[i].name));
    input_pointers.push_back(blocks.back().get());
  }
  for (int i = 0; i < called.output_count; ++i) {
    blocks.push_back(allocate_garbage(memory_, type_of(called.outputs[i]).bytes()));
    output_pointers.push_back(blocks.back().get());
  }
  void* const context = device_ != nullptr ? static_cast<void*>(device_.get()) : &pool_;
  EXPECT_EQ(called.run[0](context, state.get(), arena.get(), constants_.get(),
                          input_pointers.data(), output_pointers.data()),
            0);
  if (device_ != nullptr) must(device_->status());
  for (int i = 0; i < model().variable_count; ++i) {
    const kiln_variable& variable = model().variables[i];
    variables[variable.tensor.name] =
        read_literal(*memory_, variable.tensor, state.get() + variable.offset);
  }
  std::map<std::string, ir::Literal> outputs;
  for (int i = 0; i < called.output_count; ++i) {
    outputs[called.outputs[i].name] =
        read_literal(*memory_, called.outputs[i], output_pointers[static_cast<size_t>(i)]);
  }
  return outputs;
}

}  // namespace kiln::tests
