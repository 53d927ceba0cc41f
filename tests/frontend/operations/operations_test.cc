// What recorded_operations_test.cc does not record: errors, and which of Keras's operations are absent.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/model/graph.h"
#include "frontend/keras/operations/list.h"
#include "gtest/gtest.h"
#include "tests/frontend/must.h"

namespace kiln::keras {
namespace {

/// Functions of keras.ops that kiln refuses in a graph, and why.
struct Absence {
  const char* reason;
  const char* functions;
};

constexpr Absence kAbsences[] = {
    {"gives as many results as the data say", "bincount histogram nonzero unique"},
    {"takes Python's functions",
     "associative_scan cond fori_loop jvp map scan switch vectorized_map while_loop"},
    {"needs complex numbers",
     "angle fft fft2 ifft2 imag irfft istft polar rfft stft view_as_complex view_as_real"},
    {"decomposes matrices",
     "cholesky cholesky_inverse det eig eigh inv logdet lstsq lu_factor matrix_rank pinv qr "
     "slogdet solve solve_triangular svd"},
    {"leaves an order open, or sorts around NaN",
     "argpartition nanmedian nanpercentile nanquantile"},
    {"is a loss of sequences", "ctc_decode ctc_loss"},
    {"mixes the rows of a batch, or takes vectors, whose elements are the rows",
     "allclose corrcoef correlate diag diagflat kron psnr scatter scatter_update segment_max "
     "segment_min segment_prod vander vdot"},
    {"makes a constant of numbers", "arange geomspace kaiser meshgrid ndim size"},
    {"fails in Keras's own models: its class hands arguments on in another order, or multiplies "
     "None",
     "conv_transpose rearrange"},
    {"works on the bits of numbers",
     "bitwise_left_shift bitwise_right_shift ldexp left_shift nextafter right_shift view"},
    {"is not yet written", "erfc erfinv gcd i0 lcm"},
};

std::set<std::string> words(const char* text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// A model of one input x, [None, 3, 4], and one operation on it.
std::string model_of(const std::string& class_name, const std::string& config,
                     const std::string& further_args, const std::string& kwargs = "{}") {
  const std::string x =
      R"({"class_name": "__keras_tensor__", "config": {"shape": [null, 3, 4], "dtype": "float32",
          "keras_history": ["x", 0, 0]}})";
  return R"({"class_name": "Functional", "config": {"name": "m", "trainable": true, "layers": [
    {"module": "keras.layers", "class_name": "InputLayer", "name": "x", "registered_name": null,
     "config": {"batch_shape": [null, 3, 4], "dtype": "float32", "name": "x"},
     "inbound_nodes": []},
    {"module": "keras.src.ops.numpy", "class_name": ")" +
         class_name + R"(", "name": "op", "registered_name": ")" + class_name + R"(", "config": )" +
         config + R"(, "inbound_nodes": [{"args": [)" + x + further_args + R"(], "kwargs": )" +
         kwargs + R"(}]}],
    "input_layers": [["x", 0, 0]], "output_layers": [["op", 0, 0]]}})";
}

std::string error_of(const std::string& text) {
  const auto model = parse_model(text, "m.json");
  if (!model) return model.error().to_string();
  auto graph = build_graph(*model);
  if (graph) graph = build_graph(*model, {32, {}});
  return graph ? "" : graph.error().to_string();
}

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Operations, UnknownOnesNameTheOperationAndAWayOut) {
  const std::string error = error_of(model_of("Qr", R"({"name": "op"})", ""));
  EXPECT_SAYS(error, "the operation \"Qr\" (keras.ops.qr) is not supported");
  EXPECT_SAYS(error, "m.json");
  EXPECT_SAYS(error, "\"op\"");
}

TEST(Operations, RefuseToMixTheRowsOfABatch) {
  const std::string everything = R"({"name": "op", "axis": null, "keepdims": false})";
  for (const auto& [name, config] :
       std::map<std::string, std::string>{{"Mean", everything},
                                          {"Sum", R"({"name": "op", "axis": 0, "keepdims": true})"},
                                          {"Flip", R"({"name": "op", "axis": 0})"},
                                          {"Cumsum", R"({"name": "op", "axis": 0, "dtype": null})"},
                                          {"Roll", R"({"name": "op", "shift": 1, "axis": 0})"},
                                          {"Ravel", R"({"name": "op"})"}}) {
    const std::string error = error_of(model_of(name, config, ""));
    // All elements in one dimension are the rows' one after the other.
    if (name == "Ravel") {
      EXPECT_EQ(error, "");
      continue;
    }
    EXPECT_SAYS(error, "several rows of a batch");
    EXPECT_SAYS(error, "layer \"op\": operation " + name);
  }
}

TEST(Operations, SayWhichArgumentIsWrong) {
  EXPECT_SAYS(error_of(model_of("Mean", R"({"name": "op", "axis": 7, "keepdims": false})", "")),
              "axis 7 is out of range for a tensor of rank 3");
  EXPECT_SAYS(error_of(model_of("Mean", R"({"name": "op", "axis": 1, "depth": 2})", "")),
              "has no argument \"depth\": 2");
  EXPECT_SAYS(error_of(model_of("Add", R"({"name": "op"})", "")), "its argument \"x2\" is missing");
  EXPECT_SAYS(error_of(model_of("Add", R"({"name": "op"})", R"(, {"class_name": "X"})")),
              "\"x2\" must be a tensor or numbers");
  EXPECT_SAYS(error_of(model_of("Reshape", R"({"name": "op", "newshape": [-1, 5]})", "")),
              "cannot give (32, 3, 4) the shape (-1, 5)");
  EXPECT_SAYS(error_of(model_of("GetItem", R"({"name": "op"})",
                                R"(, [{"class_name": "__slice__", "config": {"start": null,
                                    "stop": null, "step": null}}, 3])")),
              "index 3 is out of range for an extent of 3");
}

TEST(Operations, HaveWhatTheirSignaturesSay) {
  std::set<std::string_view> names;
  for (const OperationDefinition& definition : operation_definitions()) {
    EXPECT_TRUE(names.insert(definition.name).second) << definition.name;
    EXPECT_EQ(parse_signature(definition.signature).size(), definition.types().size())
        << definition.name;
  }
}

TEST(Operations, AreKerasOwn) {
  std::ifstream stream("tests/frontend/operations/data/names.json");
  const Json names = Json::parse(stream);
  const auto keras = names["classes"].get<std::set<std::string>>();
  for (const OperationDefinition& definition : operation_definitions())
    EXPECT_TRUE(keras.contains(std::string(definition.name))) << definition.name;
}

TEST(Operations, AreAllOfKerasButThoseWithAReason) {
  std::ifstream stream("tests/frontend/operations/data/names.json");
  const Json functions = Json::parse(stream)["functions"];
  std::set<std::string> absent, expected;
  for (const auto& [function, classes] : functions.items()) {
    const auto is_absent = [](const Json& name) {
      return find_operation(name.get<std::string>()) == nullptr;
    };
    // Functions without a class give constants while Keras makes the model.
    if (std::any_of(classes.begin(), classes.end(), is_absent)) absent.insert(function);
  }
  for (const Absence& absence : kAbsences) expected.merge(words(absence.functions));
  EXPECT_EQ(absent, expected);
}

}  // namespace
}  // namespace kiln::keras
