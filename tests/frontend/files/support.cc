#include "tests/frontend/files/support.h"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>

namespace kiln::keras {

using runtime::Array;
using runtime::NamedArray;

std::string data_path(const std::string& name) { return "tests/frontend/files/data/" + name; }

std::string scratch_path(const std::string& name) {
  const char* folder = std::getenv("TEST_TMPDIR");
  return std::string(folder != nullptr ? folder : "/tmp") + "/" + std::to_string(getpid()) + "_" +
         name;
}

std::string read_bytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

Array floats(std::vector<int64_t> dims, const std::vector<float>& values) {
  return runtime::copy_of(KILN_F32, std::move(dims), values.data());
}

Array integer(int64_t value) { return runtime::copy_of(KILN_I64, {}, &value); }

::testing::AssertionResult same(const std::vector<NamedArray>& actual,
                                const std::vector<NamedArray>& expected) {
  if (actual.size() != expected.size()) {
    return ::testing::AssertionFailure()
           << actual.size() << " arrays, expected " << expected.size();
  }
  for (size_t i = 0; i < actual.size(); ++i) {
    const Array &a = actual[i].array, &b = expected[i].array;
    if (actual[i].name != expected[i].name || a.name() != b.name()) {
      return ::testing::AssertionFailure() << actual[i].name << " " << a.name() << ", expected "
                                           << expected[i].name << " " << b.name();
    }
    if (std::memcmp(a.data(), b.data(), static_cast<size_t>(a.bytes())) != 0) {
      return ::testing::AssertionFailure() << actual[i].name << " has other values";
    }
  }
  return ::testing::AssertionSuccess();
}

Model small_mlp(OptimizerChoice optimizer) {
  Dense first(5, "relu"), second(3, "softmax");
  first.name = "first";
  second.name = "second";
  Sequential model({Input({4}), first, Flatten(), second}, "small");
  model.compile({.optimizer = std::move(optimizer),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"}});
  return model;
}

namespace {

NamedArray counting(const std::string& name, std::vector<int64_t> dims) {
  Array array = runtime::allocate(KILN_F32, std::move(dims));
  for (int64_t i = 0; i < array.element_count(); ++i) array.as<float>()[i] = static_cast<float>(i);
  return {name, array};
}

}  // namespace

std::vector<NamedArray> small_weights() {
  return {counting("first/kernel", {4, 5}), counting("first/bias", {5}),
          counting("second/kernel", {5, 3}), counting("second/bias", {3})};
}

std::vector<NamedArray> small_adam_state() {
  std::vector<NamedArray> state = {{"optimizer/iterations", integer(12)},
                                   {"optimizer/learning_rate", floats({}, {0.25F})}};
  for (const NamedArray& weight : small_weights()) {
    for (const char* slot : {"/momentum", "/velocity"}) {
      state.push_back(counting("optimizer/" + weight.name + slot, weight.array.dims));
    }
  }
  return state;
}

}  // namespace kiln::keras
