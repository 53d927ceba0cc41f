#include "tests/frontend/golden.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

namespace fs = std::filesystem;

/// Under Bazel a source file in the runfiles is a link into the checkout: the way out of the
/// sandbox.
fs::path checkout() {
  std::error_code error;
  const fs::path here = fs::canonical("tests/frontend/golden.cc", error);
  return error ? fs::current_path() : here.parent_path().parent_path().parent_path();
}

}  // namespace

std::string golden_folder() {
  std::error_code error;
  if (const char* shared = std::getenv("KILN_SHARED")) return fs::path(shared) / "golden";
  const fs::path beside = checkout().parent_path() / "shared" / "golden";
  return fs::is_directory(beside, error) ? beside.string() : "";
}

std::vector<std::string> golden_cases() {
  return {"cnn_adam",
          "cnn_same_stride_bn_avg",
          "gru",
          "lstm_adam",
          "lstm_stacked",
          "mlp_adam",
          "mlp_adam_amsgrad",
          "mlp_adam_clipnorm",
          "mlp_adamw",
          "mlp_categorical",
          "mlp_rmsprop",
          "mlp_rmsprop_centered_momentum",
          "mlp_sgd",
          "mlp_sgd_momentum",
          "mlp_sgd_nesterov",
          "regression_mse",
          "rnn_simple"};
}

std::vector<runtime::NamedArray> golden_arrays(const std::string& golden_case,
                                               const std::string& file) {
  return must(runtime::load_npz(golden_folder() + "/" + golden_case + "/" + file));
}

const runtime::Array& array_of(const std::vector<runtime::NamedArray>& arrays,
                               const std::string& name) {
  const runtime::Array* array = runtime::find_array(arrays, name);
  if (!array) {
    ADD_FAILURE() << "no array " << name;
    std::abort();
  }
  return *array;
}

std::string golden_text(const std::string& golden_case, const std::string& file) {
  std::ifstream stream(golden_folder() + "/" + golden_case + "/" + file);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

ir::Literal literal_of(const runtime::Array& array) {
  // Both enumerations have the ABI's order.
  const ir::Type type{static_cast<ir::ElementType>(array.type), array.dims};
  std::vector<std::byte> bytes(array.data(), array.data() + array.bytes());
  return ir::Literal::from_bytes(type, false, std::move(bytes));
}

}  // namespace kiln::keras
