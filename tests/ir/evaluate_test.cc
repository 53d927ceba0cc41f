// Every op's reference meaning against values worked out by hand.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "ir/interpreter.h"
#include "ir/literal_text.h"
#include "ir/ops/convolution.h"
#include "ir/ops/definition.h"
#include "ir/ops/threefry.h"
#include "ir/parser.h"
#include "ir/printer.h"

namespace kiln::ir {
namespace {

/// One application. Operands and result are `TYPE VALUES`: "2x2xf32 [1, 2, 3, 4]", "f32 0.5".
struct Case {
  std::string op;
  std::vector<std::string> operands;
  std::string attributes;
  std::string result;
};

/// "2xf32 [1, 2]" as the two parts of a constant's text.
std::pair<std::string, std::string> type_and_value(const std::string& text) {
  const size_t space = text.find(' ');
  return {"tensor<" + text.substr(0, space) + ">", "dense<" + text.substr(space + 1) + ">"};
}

/// The text of a function that applies the op, and returns what is expected beside what comes out.
std::string program(const Case& each) {
  std::string body;
  std::string names;
  int count = 0;
  auto add_constant = [&](const std::string& operand) {
    const auto [type, value] = type_and_value(operand);
    body += fmt::format("%{} = constant {{value = {}}} : {}\n", count, value, type);
    return fmt::format("%{}", count++);
  };
  for (const std::string& operand : each.operands)
    names += (names.empty() ? "" : ", ") + add_constant(operand);
  const std::string expected = add_constant(each.result);
  const std::string type = type_and_value(each.result).first;
  body += fmt::format("%result = {} {} {} : {}\n", each.op, names, each.attributes, type);
  return fmt::format(
      "module @m {{ func @f() -> ({0} \"expected\", {0} \"actual\") {{\n{1} return {2}, %result }} "
      "}}",
      type, body, expected);
}

/// Any NaN is as good as another; zeros have signs.
bool same(const Literal& a, const Literal& b) {
  for (int64_t i = 0; i < a.type().count(); ++i) {
    if (!is_float(a.type().element)) {
      if (a.get_int(i) != b.get_int(i)) return false;
      continue;
    }
    const double x = a.get(i);
    const double y = b.get(i);
    if (std::isnan(x) && std::isnan(y)) continue;
    if (x != y || std::signbit(x) != std::signbit(y)) return false;
  }
  return true;
}

void check(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    const std::string text = program(each);
    const auto module = parse_module(text);
    ASSERT_TRUE(static_cast<bool>(module)) << module.error().to_string() << "\n" << text;
    Environment variables;
    const auto results = interpret(*module->functions[0], variables, {});
    EXPECT_TRUE(same(results.at("expected"), results.at("actual")))
        << text << "\nexpected " << literal_text(results.at("expected").dense()) << "\nactual   "
        << literal_text(results.at("actual").dense());
  }
}

std::vector<Case> arithmetic_on_floats() {
  return {
      {"add",
       {"5xf32 [1.5, inf, inf, nan, -0.0]", "5xf32 [2, 1, -inf, 1, -0.0]"},
       "",
       "5xf32 [3.5, inf, nan, nan, -0.0]"},
      {"add", {"2xf32 [16777216, 0.1]", "2xf32 [1, 0.2]"}, "", "2xf32 [16777216, 0.3]"},
      {"subtract", {"3xf32 [1, inf, 0]", "3xf32 [3, inf, 0]"}, "", "3xf32 [-2, nan, 0]"},
      {"multiply",
       {"4xf32 [3, 0, -1, 1e30]", "4xf32 [-2, inf, 0, 1e30]"},
       "",
       "4xf32 [-6, nan, -0.0, inf]"},
      {"divide",
       {"5xf32 [1, 1, -1, 0, 7]", "5xf32 [4, 0, 0, 0, -inf]"},
       "",
       "5xf32 [0.25, inf, -inf, nan, -0.0]"},
      {"remainder",
       {"5xf32 [5, -5, 5, 1, inf]", "5xf32 [3, 3, -3, 0, 2]"},
       "",
       "5xf32 [2, -2, 2, nan, nan]"},
      {"power",
       {"6xf32 [2, 9, 0, -8, -1, nan]", "6xf32 [10, 0.5, 0, 3, inf, 0]"},
       "",
       "6xf32 [1024, 3, 1, -512, 1, 1]"},
      {"maximum",
       {"5xf32 [1, nan, 1, -0.0, -inf]", "5xf32 [2, 1, nan, 0.0, 3]"},
       "",
       "5xf32 [2, nan, nan, 0.0, 3]"},
      {"minimum",
       {"5xf32 [1, nan, 1, 0.0, -inf]", "5xf32 [2, 1, nan, -0.0, 3]"},
       "",
       "5xf32 [1, nan, nan, -0.0, -inf]"},
      {"negate", {"3xf32 [1, 0, -inf]"}, "", "3xf32 [-1, -0.0, inf]"},
      {"abs", {"4xf32 [-1.5, -0.0, -inf, nan]"}, "", "4xf32 [1.5, 0, inf, nan]"},
      {"sign", {"5xf32 [-3, 5, 0, -0.0, nan]"}, "", "5xf32 [-1, 1, 0, -0.0, nan]"},
  };
}

std::vector<Case> arithmetic_on_integers() {
  return {
      {"add", {"2xi8 [127, -128]", "2xi8 [1, -1]"}, "", "2xi8 [-128, 127]"},
      {"add", {"i64 9223372036854775807", "i64 1"}, "", "i64 -9223372036854775808"},
      {"subtract", {"2xu8 [3, 0]", "2xu8 [5, 1]"}, "", "2xu8 [254, 255]"},
      {"multiply", {"2xi32 [65536, -3]", "2xi32 [65536, 7]"}, "", "2xi32 [0, -21]"},
      {"divide",
       {"5xi32 [7, -7, 7, 1, -2147483648]", "5xi32 [2, 2, -2, 0, -1]"},
       "",
       "5xi32 [3, -3, -3, -1, -2147483648]"},
      {"divide", {"2xu8 [255, 9]", "2xu8 [2, 0]"}, "", "2xu8 [127, 255]"},
      {"divide", {"i64 -9223372036854775808", "i64 -1"}, "", "i64 -9223372036854775808"},
      {"remainder",
       {"5xi32 [7, -7, 7, 5, -2147483648]", "5xi32 [3, 3, -3, 0, -1]"},
       "",
       "5xi32 [1, -1, 1, 5, 0]"},
      {"power",
       {"6xi32 [2, -2, 0, 2, -1, 3]", "6xi32 [10, 3, 0, -1, -3, 21]"},
       "",
       "6xi32 [1024, -8, 1, 0, -1, 1870418611]"},
      {"maximum", {"2xi8 [-1, 3]", "2xi8 [1, 2]"}, "", "2xi8 [1, 3]"},
      {"minimum", {"2xu8 [200, 3]", "2xu8 [100, 255]"}, "", "2xu8 [100, 3]"},
      {"maximum", {"2xi1 [true, false]", "2xi1 [false, false]"}, "", "2xi1 [true, false]"},
      {"negate", {"3xi8 [1, -128, 0]"}, "", "3xi8 [-1, -128, 0]"},
      {"abs", {"3xi8 [-5, -128, 7]"}, "", "3xi8 [5, -128, 7]"},
      {"sign", {"3xi32 [-5, 0, 9]"}, "", "3xi32 [-1, 0, 1]"},
  };
}

std::vector<Case> bits() {
  return {
      {"and", {"2xi8 [12, -1]", "2xi8 [10, 7]"}, "", "2xi8 [8, 7]"},
      {"or", {"2xu8 [12, 128]", "2xu8 [10, 1]"}, "", "2xu8 [14, 129]"},
      {"xor", {"2xi32 [12, -1]", "2xi32 [10, 0]"}, "", "2xi32 [6, -1]"},
      {"not", {"2xi32 [0, 5]"}, "", "2xi32 [-1, -6]"},
      {"not", {"2xu8 [0, 5]"}, "", "2xu8 [255, 250]"},
      {"and",
       {"4xi1 [false, false, true, true]", "4xi1 [false, true, false, true]"},
       "",
       "4xi1 [false, false, false, true]"},
      {"or",
       {"4xi1 [false, false, true, true]", "4xi1 [false, true, false, true]"},
       "",
       "4xi1 [false, true, true, true]"},
      {"xor",
       {"4xi1 [false, false, true, true]", "4xi1 [false, true, false, true]"},
       "",
       "4xi1 [false, true, true, false]"},
      {"not", {"2xi1 [false, true]"}, "", "2xi1 [true, false]"},
  };
}

std::vector<Case> functions() {
  return {
      {"exponential", {"5xf32 [0, 1, -inf, 1000, nan]"}, "", "5xf32 [1, 2.7182817, 0, inf, nan]"},
      {"exponential_minus_one", {"4xf32 [0, 1e-10, -inf, -0.0]"}, "", "4xf32 [0, 1e-10, -1, -0.0]"},
      {"log", {"5xf32 [1, 0, -1, inf, 2.7182817]"}, "", "5xf32 [0, -inf, nan, inf, 0.99999994]"},
      {"log_plus_one", {"4xf32 [0, 1e-10, -1, -2]"}, "", "4xf32 [0, 1e-10, -inf, nan]"},
      {"sqrt", {"5xf32 [4, 2, -0.0, -1, inf]"}, "", "5xf32 [2, 1.4142135, -0.0, nan, inf]"},
      {"rsqrt", {"5xf32 [4, 0, -0.0, -1, inf]"}, "", "5xf32 [0.5, inf, -inf, nan, 0]"},
      {"cbrt", {"5xf32 [27, -0.125, -0.0, -inf, nan]"}, "", "5xf32 [3, -0.5, -0.0, -inf, nan]"},
      {"tanh", {"4xf32 [0, inf, -inf, 0.5]"}, "", "4xf32 [0, 1, -1, 0.46211717]"},
      {"logistic", {"5xf32 [0, inf, -inf, -1000, 1]"}, "", "5xf32 [0.5, 1, 0, 0, 0.7310586]"},
      {"erf", {"4xf32 [0, 1, -inf, nan]"}, "", "4xf32 [0, 0.8427008, -1, nan]"},
      {"sine", {"3xf32 [0, 1.5707964, inf]"}, "", "3xf32 [0, 1, nan]"},
      {"cosine", {"3xf32 [0, 3.1415927, nan]"}, "", "3xf32 [1, -1, nan]"},
      {"tan", {"4xf32 [0, 0.7853982, -0.0, inf]"}, "", "4xf32 [0, 1, -0.0, nan]"},
      {"stop_gradient", {"4xf32 [1.5, nan, -0.0, inf]"}, "", "4xf32 [1.5, nan, -0.0, inf]"},
      {"floor", {"4xf32 [1.5, -1.5, -0.0, inf]"}, "", "4xf32 [1, -2, -0.0, inf]"},
      {"ceil", {"4xf32 [1.5, -1.5, -0.5, nan]"}, "", "4xf32 [2, -1, -0.0, nan]"},
      {"round_nearest_even",
       {"6xf32 [0.5, 1.5, 2.5, -0.5, -1.5, 1.4]"},
       "",
       "6xf32 [0, 2, 2, -0.0, -2, 1]"},
      {"is_finite", {"4xf32 [0, inf, -inf, nan]"}, "", "4xi1 [true, false, false, false]"},
  };
}

std::vector<Case> comparison_and_selection() {
  const std::string a = "4xf32 [1, 2, nan, -0.0]";
  const std::string b = "4xf32 [1, 1, nan, 0.0]";
  return {
      {"compare", {a, b}, "{direction = \"EQ\"}", "4xi1 [true, false, false, true]"},
      {"compare", {a, b}, "{direction = \"NE\"}", "4xi1 [false, true, true, false]"},
      {"compare", {a, b}, "{direction = \"LT\"}", "4xi1 [false, false, false, false]"},
      {"compare", {a, b}, "{direction = \"LE\"}", "4xi1 [true, false, false, true]"},
      {"compare", {a, b}, "{direction = \"GT\"}", "4xi1 [false, true, false, false]"},
      {"compare", {a, b}, "{direction = \"GE\"}", "4xi1 [true, true, false, true]"},
      {"compare", {"2xu8 [200, 1]", "2xu8 [100, 2]"}, "{direction = \"GT\"}", "2xi1 [true, false]"},
      {"compare", {"2xi8 [-56, 1]", "2xi8 [100, 2]"}, "{direction = \"LT\"}", "2xi1 [true, true]"},
      {"compare",
       {"i64 9007199254740993", "i64 9007199254740992"},
       "{direction = \"GT\"}",
       "i1 true"},
      {"select", {"2xi1 [true, false]", "2xf32 [1, 2]", "2xf32 [nan, 4]"}, "", "2xf32 [1, 4]"},
      {"select",
       {"2xi1 [true, false]", "2xi64 [9007199254740993, 2]", "2xi64 [3, 4]"},
       "",
       "2xi64 [9007199254740993, 4]"},
  };
}

std::vector<Case> conversion() {
  return {
      {"convert",
       {"6xf32 [1.9, -1.9, 300, -300, nan, inf]"},
       "",
       "6xi8 [1, -1, 127, -128, 0, 127]"},
      {"convert", {"3xf32 [-1, 255.9, 256]"}, "", "3xu8 [0, 255, 255]"},
      {"convert", {"3xf32 [0.5, -0.0, nan]"}, "", "3xi1 [true, false, true]"},
      {"convert", {"3xi32 [300, -1, 256]"}, "", "3xu8 [44, 255, 0]"},
      {"convert", {"3xi32 [300, 0, 256]"}, "", "3xi1 [true, false, true]"},
      {"convert", {"2xi1 [true, false]"}, "", "2xf32 [1, 0]"},
      {"convert", {"2xu8 [255, 0]"}, "", "2xi8 [-1, 0]"},
      {"convert", {"2xi32 [16777217, -5]"}, "", "2xf32 [16777216, -5]"},
      {"convert", {"4xf64 [0.1, 1e300, -0.0, nan]"}, "", "4xf32 [0.1, inf, -0.0, nan]"},
      {"convert", {"3xf32 [1.00048828125, 65520, 1e-9]"}, "", "3xf16 [1, inf, 0]"},
      {"convert", {"3xf32 [1.00390625, 1.01171875, 3.4e38]"}, "", "3xbf16 [1, 1.015625, inf]"},
      {"convert", {"2xbf16 [0.1, 3]"}, "", "2xf64 [0.10009765625, 3]"},
  };
}

std::vector<Case> narrow_floats_round_once() {
  return {
      {"add", {"2xf16 [2048, 65504]", "2xf16 [1, 16]"}, "", "2xf16 [2048, inf]"},
      {"add", {"2xf16 [2048, 2050]", "2xf16 [3, 1]"}, "", "2xf16 [2052, 2052]"},
      {"add", {"2xbf16 [256, 256]", "2xbf16 [1, 3]"}, "", "2xbf16 [256, 260]"},
      {"multiply", {"f16 0.1", "f16 0.1"}, "", "f16 0.009994507"},
      {"divide", {"bf16 1", "bf16 3"}, "", "bf16 0.333984375"},
      {"reduce", {"4xf16 [2048, 1, 1, 1]"}, "{dimensions = [0], reducer = \"add\"}", "f16 2052"},
  };
}

std::vector<Case> sources() {
  return {
      {"constant", {}, "{value = dense<7>}", "2x2xi32 [7, 7, 7, 7]"},
      {"constant", {}, "{value = dense<[]>}", "2x0xf32 []"},
      {"iota", {}, "{dimension = 0}", "2x3xi32 [0, 0, 0, 1, 1, 1]"},
      {"iota", {}, "{dimension = 1}", "2x3xf32 [0, 1, 2, 0, 1, 2]"},
      {"iota", {}, "{dimension = 0}", "0xf32 []"},
  };
}

std::vector<Case> movement() {
  const std::string m = "2x3xf32 [1, 2, 3, 4, 5, 6]";
  return {
      {"broadcast_in_dim", {"f32 nan"}, "{broadcast_dimensions = []}", "2xf32 [nan, nan]"},
      {"broadcast_in_dim",
       {"2xf32 [1, 2]"},
       "{broadcast_dimensions = [0]}",
       "2x3xf32 [1, 1, 1, 2, 2, 2]"},
      {"broadcast_in_dim",
       {"2xf32 [1, 2]"},
       "{broadcast_dimensions = [1]}",
       "3x2xf32 [1, 2, 1, 2, 1, 2]"},
      {"broadcast_in_dim",
       {"1x2xi32 [1, 2]"},
       "{broadcast_dimensions = [1, 0]}",
       "2x2xi32 [1, 1, 2, 2]"},
      {"reshape", {m}, "", "3x2xf32 [1, 2, 3, 4, 5, 6]"},
      {"reshape", {"1x1xi1 [true]"}, "", "i1 true"},
      {"reshape", {"2x0xf32 []"}, "", "0x7xf32 []"},
      {"transpose", {m}, "{permutation = [1, 0]}", "3x2xf32 [1, 4, 2, 5, 3, 6]"},
      {"transpose",
       {"2x1x2xi8 [1, 2, 3, 4]"},
       "{permutation = [2, 0, 1]}",
       "2x2x1xi8 [1, 3, 2, 4]"},
      {"transpose", {"f32 3"}, "{permutation = []}", "f32 3"},
      {"slice",
       {m},
       "{start_indices = [0, 1], limit_indices = [2, 3], strides = [1, 1]}",
       "2x2xf32 [2, 3, 5, 6]"},
      {"slice",
       {m},
       "{start_indices = [1, 0], limit_indices = [2, 3], strides = [9223372036854775807, 2]}",
       "1x2xf32 [4, 6]"},
      {"slice",
       {m},
       "{start_indices = [1, 3], limit_indices = [1, 3], strides = [1, 1]}",
       "0x0xf32 []"},
      {"reverse", {m}, "{dimensions = [1]}", "2x3xf32 [3, 2, 1, 6, 5, 4]"},
      {"reverse", {m}, "{dimensions = [0, 1]}", "2x3xf32 [6, 5, 4, 3, 2, 1]"},
      {"reverse", {m}, "{dimensions = []}", m},
      {"concatenate",
       {"2x1xi32 [1, 2]", "2x2xi32 [3, 4, 5, 6]"},
       "{dimension = 1}",
       "2x3xi32 [1, 3, 4, 2, 5, 6]"},
      {"concatenate",
       {"1xi32 [1]", "0xi32 []", "2xi32 [2, 3]"},
       "{dimension = 0}",
       "3xi32 [1, 2, 3]"},
      {"pad",
       {"2xf32 [1, 2]", "f32 9"},
       "{edge_padding_low = [1], edge_padding_high = [2], interior_padding = [1]}",
       "6xf32 [9, 1, 9, 2, 9, 9]"},
      {"pad",
       {"4xf32 [1, 2, 3, 4]", "f32 0"},
       "{edge_padding_low = [-1], edge_padding_high = [-1], interior_padding = [0]}",
       "2xf32 [2, 3]"},
      {"pad",
       {"3xi32 [1, 2, 3]", "i32 0"},
       "{edge_padding_low = [-1], edge_padding_high = [0], interior_padding = [1]}",
       "4xi32 [0, 2, 0, 3]"},
      {"pad",
       {"0xf32 []", "f32 5"},
       "{edge_padding_low = [1], edge_padding_high = [1], interior_padding = [3]}",
       "2xf32 [5, 5]"},
  };
}

std::string gather(const std::string& offset, const std::string& collapsed, const std::string& map,
                   int index_vector, const std::string& sizes) {
  return fmt::format(
      "{{offset_dims = [{}], collapsed_slice_dims = [{}], start_index_map = [{}], "
      "index_vector_dim = {}, slice_sizes = [{}]}}",
      offset, collapsed, map, index_vector, sizes);
}

std::string scatter(const std::string& window, const std::string& inserted, const std::string& map,
                    int index_vector) {
  return fmt::format(
      "{{update_window_dims = [{}], inserted_window_dims = [{}], scatter_dims_to_operand_dims = "
      "[{}], index_vector_dim = {}, reducer = \"add\"}}",
      window, inserted, map, index_vector);
}

std::vector<Case> indexing() {
  const std::string m = "3x2xf32 [1, 2, 3, 4, 5, 6]";
  const std::string zeros = "3x2xf32 [0, 0, 0, 0, 0, 0]";
  return {
      // Rows, with indices out of range at both ends.
      {"gather",
       {m, "4xi32 [2, 0, -1, 7]"},
       gather("1", "0", "0", 1, "1, 2"),
       "4x2xf32 [5, 6, 1, 2, 1, 2, 5, 6]"},
      // Columns: the row of indices stands last.
      {"gather",
       {m, "2x1xi64 [1, 0]"},
       gather("0", "1", "1", 2, "3, 1"),
       "3x2x1xf32 [2, 1, 4, 3, 6, 5]"},
      // Elements: index vectors (column, row) along the indices' first dimension.
      {"gather",
       {m, "2x3xu8 [0, 1, 9, 0, 2, 1]"},
       gather("", "0, 1", "1, 0", 0, "1, 1"),
       "3xf32 [1, 6, 4]"},
      {"gather", {m, "i32 1"}, gather("0", "0", "0", 0, "1, 2"), "2xf32 [3, 4]"},
      {"gather", {m, "0xi32 []"}, gather("1", "0", "0", 1, "1, 2"), "0x2xf32 []"},
      {"scatter",
       {"3x2xf32 [1, 1, 1, 1, 1, 1]", "4xi32 [2, 0, 2, 3]", "4x2xf32 [1, 2, 3, 4, 5, 6, 7, 8]"},
       scatter("1", "0", "0", 1),
       "3x2xf32 [4, 5, 1, 1, 7, 9]"},
      {"scatter",
       {zeros, "2xi32 [1, -1]", "3x2xf32 [1, 2, 3, 4, 5, 6]"},
       scatter("0", "1", "1", 1),
       "3x2xf32 [0, 1, 0, 3, 0, 5]"},
      {"scatter",
       {zeros, "3x2xi32 [0, 1, 2, 1, 0, 5]", "3xf32 [1, 2, 3]"},
       scatter("", "0, 1", "0, 1", 1),
       "3x2xf32 [0, 1, 0, 0, 0, 2]"},
      {"scatter",
       {"1xi8 [100]", "2xi32 [0, 0]", "2xi8 [100, 1]"},
       scatter("", "0", "0", 1),
       "1xi8 [-55]"},
      {"scatter",
       {"1xf32 [16777216]", "2xi32 [0, 0]", "2xf32 [1, 1]"},
       scatter("", "0", "0", 1),
       "1xf32 [16777218]"},
  };
}

std::vector<Case> reductions() {
  const std::string m = "2x3xf32 [1, 2, 3, 4, 5, 6]";
  return {
      {"reduce", {m}, "{dimensions = [0], reducer = \"add\"}", "3xf32 [5, 7, 9]"},
      {"reduce", {m}, "{dimensions = [1], reducer = \"multiply\"}", "2xf32 [6, 120]"},
      {"reduce", {m}, "{dimensions = [0, 1], reducer = \"maximum\"}", "f32 6"},
      {"reduce", {m}, "{dimensions = [1, 0], reducer = \"minimum\"}", "f32 1"},
      {"reduce", {m}, "{dimensions = [], reducer = \"add\"}", m},
      {"reduce", {"3xf32 [1, nan, 2]"}, "{dimensions = [0], reducer = \"maximum\"}", "f32 nan"},
      {"reduce", {"2xf32 [inf, -inf]"}, "{dimensions = [0], reducer = \"add\"}", "f32 nan"},
      {"reduce", {"2x0xf32 []"}, "{dimensions = [1], reducer = \"add\"}", "2xf32 [0, 0]"},
      {"reduce", {"0xf32 []"}, "{dimensions = [0], reducer = \"multiply\"}", "f32 1"},
      {"reduce", {"0xf32 []"}, "{dimensions = [0], reducer = \"maximum\"}", "f32 -inf"},
      {"reduce", {"0xi32 []"}, "{dimensions = [0], reducer = \"maximum\"}", "i32 -2147483648"},
      {"reduce", {"0xi8 []"}, "{dimensions = [0], reducer = \"minimum\"}", "i8 127"},
      {"reduce", {"2xi8 [100, 100]"}, "{dimensions = [0], reducer = \"add\"}", "i8 -56"},
      {"reduce",
       {"2xi64 [9007199254740993, 2]"},
       "{dimensions = [0], reducer = \"add\"}",
       "i64 9007199254740995"},
      {"reduce",
       {"2x2xi1 [true, false, true, true]"},
       "{dimensions = [1], reducer = \"and\"}",
       "2xi1 [false, true]"},
      {"reduce",
       {"2x2xi1 [true, false, false, false]"},
       "{dimensions = [1], reducer = \"or\"}",
       "2xi1 [true, false]"},
      {"reduce",
       {"3xf32 [16777216, 1, 1]"},
       "{dimensions = [0], reducer = \"add\"}",
       "f32 16777218"},
  };
}

std::string dot(const std::string& lhs_batching, const std::string& rhs_batching,
                const std::string& lhs_contracting, const std::string& rhs_contracting) {
  return fmt::format(
      "{{lhs_batching = [{}], rhs_batching = [{}], lhs_contracting = [{}], rhs_contracting = "
      "[{}]}}",
      lhs_batching, rhs_batching, lhs_contracting, rhs_contracting);
}

std::vector<Case> contractions() {
  const std::string m = "2x3xf32 [1, 2, 3, 4, 5, 6]";
  return {
      {"dot_general",
       {m, "3x2xf32 [1, 0, 0, 1, 1, 1]"},
       dot("", "", "1", "0"),
       "2x2xf32 [4, 5, 10, 11]"},
      {"dot_general", {m, m}, dot("", "", "1", "1"), "2x2xf32 [14, 32, 32, 77]"},
      {"dot_general",
       {m, m},
       dot("", "", "0", "0"),
       "3x3xf32 [17, 22, 27, 22, 29, 36, 27, 36, 45]"},
      {"dot_general", {m, m}, dot("0", "0", "1", "1"), "2xf32 [14, 77]"},
      {"dot_general", {m, m}, dot("", "", "0, 1", "0, 1"), "f32 91"},
      {"dot_general", {m, m}, dot("0, 1", "0, 1", "", ""), "2x3xf32 [1, 4, 9, 16, 25, 36]"},
      {"dot_general",
       {"2xf32 [1, 2]", "2xf32 [3, 4]"},
       dot("", "", "", ""),
       "2x2xf32 [3, 4, 6, 8]"},
      {"dot_general",
       {"2x1x2xi32 [1, 2, 3, 4]", "2x2x1xi32 [5, 6, 7, 8]"},
       dot("0", "0", "2", "1"),
       "2x1x1xi32 [17, 53]"},
      {"dot_general", {"2x0xf32 []", "0x2xf32 []"}, dot("", "", "1", "0"), "2x2xf32 [0, 0, 0, 0]"},
      {"dot_general", {"1xi8 [100]", "1xi8 [2]"}, dot("", "", "0", "0"), "i8 -56"},
      {"dot_general",
       {"3xf32 [16777216, 1, 1]", "3xf32 [1, 1, 1]"},
       dot("", "", "0", "0"),
       "f32 16777218"},
      {"dot_general", {"2xf32 [inf, 1]", "2xf32 [0, 1]"}, dot("", "", "0", "0"), "f32 nan"},
  };
}

/// One spatial dimension, channels last, with changes.
std::string convolution(
    void (*change)(Convolution&) = [](Convolution&) {}, size_t rank = 1) {
  Convolution c = Convolution::channels_last(rank);
  change(c);
  std::string text;
  for (const auto& [name, value] : c.attributes())
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, print(value));
  return "{" + text + "}";
}

std::vector<Case> convolutions() {
  const std::string x = "1x4x1xf32 [1, 2, 3, 4]";
  const std::string w = "2x1x1xf32 [1, 10]";
  return {
      {"convolution", {x, w}, convolution(), "1x3x1xf32 [21, 32, 43]"},
      {"convolution",
       {x, w},
       convolution([](Convolution& c) {
         c.window_strides = {2};
         c.padding_low = c.padding_high = {1};
       }),
       "1x3x1xf32 [10, 32, 4]"},
      {"convolution",
       {x, w},
       convolution([](Convolution& c) { c.lhs_dilation = {2}; }),
       "1x6x1xf32 [1, 20, 2, 30, 3, 40]"},
      {"convolution",
       {x, w},
       convolution([](Convolution& c) { c.rhs_dilation = {2}; }),
       "1x2x1xf32 [31, 42]"},
      {"convolution",
       {x, w},
       convolution([](Convolution& c) { c.padding_low = c.padding_high = {-1}; }),
       "1x1x1xf32 [32]"},
      {"convolution",
       {"1x1x2xf32 [1, 2]", "1x2x2xf32 [1, 2, 3, 4]"},
       convolution(),
       "1x1x2xf32 [7, 10]"},
      {"convolution",
       {"1x2x2xf32 [1, 2, 3, 4]", "1x1x2xf32 [10, 100]"},
       convolution([](Convolution& c) { c.feature_group_count = 2; }),
       "1x2x2xf32 [10, 200, 30, 400]"},
      {"convolution",
       {"2x1x1xf32 [1, 2]", "1x1x2xf32 [10, 100]"},
       convolution([](Convolution& c) { c.batch_group_count = 2; }),
       "1x1x2xf32 [10, 200]"},
      {"convolution",
       {"1x3x3x1xf32 [1, 2, 3, 4, 5, 6, 7, 8, 9]", "2x2x1x1xf32 [1, 0, 0, 1]"},
       convolution([](Convolution&) {}, 2),
       "1x2x2x1xf32 [6, 8, 12, 14]"},
      {"convolution",
       {"2x2x1xf32 [1, 2, 3, 4]", "1x2x2xf32 [1, 10, 100, 1000]"},
       convolution([](Convolution& c) {
         c.input_feature = 0;
         c.input_batch = 2;
         c.kernel_output_feature = 0;
         c.kernel_input_feature = 1;
         c.kernel_spatial = {2};
       }),
       "1x1x1xf32 [4321]"},
      {"convolution", {"1x1x1xf32 [1]", w}, convolution(), "1x0x1xf32 []"},
      {"convolution", {"1x2x0xf32 []", "1x0x1xf32 []"}, convolution(), "1x2x1xf32 [0, 0]"},
      {"convolution", {"1x1x1xi8 [100]", "1x1x1xi8 [2]"}, convolution(), "1x1x1xi8 [-56]"},
      {"convolution",
       {"1x3x1xf32 [16777216, 1, 1]", "3x1x1xf32 [1, 1, 1]"},
       convolution(),
       "1x1x1xf32 [16777218]"},
  };
}

std::string window(int size, int stride, int low, int high, const std::string& rest) {
  return fmt::format(
      "{{window_dimensions = [{}], window_strides = [{}], padding_low = [{}], padding_high = [{}], "
      "{}}}",
      size, stride, low, high, rest);
}

std::vector<Case> window_reductions() {
  const std::string x = "4xf32 [1, 3, 2, 4]";
  const std::string add = "base_dilations = [1], reducer = \"add\"";
  const std::string maximum = "base_dilations = [1], reducer = \"maximum\"";
  const std::string minimum = "base_dilations = [1], reducer = \"minimum\"";
  return {
      {"reduce_window", {x}, window(2, 2, 0, 0, add), "2xf32 [4, 6]"},
      {"reduce_window", {x}, window(2, 1, 0, 0, maximum), "3xf32 [3, 3, 4]"},
      {"reduce_window", {x}, window(2, 2, 1, 1, minimum), "3xf32 [1, 2, 4]"},
      {"reduce_window", {x}, window(2, 1, -1, -1, add), "1xf32 [5]"},
      {"reduce_window", {x}, window(5, 1, 0, 0, add), "0xf32 []"},
      {"reduce_window",
       {x},
       window(2, 1, 0, 0, "base_dilations = [2], reducer = \"add\""),
       "6xf32 [1, 3, 3, 2, 2, 4]"},
      {"reduce_window", {"1xf32 [5]"}, window(2, 1, 2, 0, maximum), "2xf32 [-inf, 5]"},
      {"reduce_window", {"1xi8 [5]"}, window(2, 1, 2, 0, minimum), "2xi8 [127, 5]"},
      {"reduce_window", {"3xf32 [1, nan, 2]"}, window(2, 1, 0, 0, maximum), "2xf32 [nan, nan]"},
      {"reduce_window",
       {"2x3xf32 [1, 2, 3, 4, 5, 6]"},
       "{window_dimensions = [2, 2], window_strides = [1, 1], padding_low = [0, 0], padding_high = "
       "[0, 1], base_dilations = [1, 1], reducer = \"add\"}",
       "1x3xf32 [12, 16, 9]"},
      {"select_and_scatter",
       {x, "2xf32 [10, 20]"},
       window(2, 2, 0, 0, "direction = \"GE\""),
       "4xf32 [0, 10, 0, 20]"},
      {"select_and_scatter",
       {x, "3xf32 [1, 10, 100]"},
       window(2, 1, 0, 0, "direction = \"GE\""),
       "4xf32 [0, 11, 0, 100]"},
      {"select_and_scatter",
       {x, "2xf32 [10, 20]"},
       window(2, 2, 0, 0, "direction = \"LE\""),
       "4xf32 [10, 0, 20, 0]"},
      {"select_and_scatter",
       {"4xf32 [5, 5, 5, 5]", "2xf32 [10, 20]"},
       window(2, 2, 0, 0, "direction = \"GE\""),
       "4xf32 [10, 0, 20, 0]"},
      {"select_and_scatter",
       {"4xi32 [-1, -3, -2, -4]", "3xi32 [1, 2, 3]"},
       window(2, 2, 1, 1, "direction = \"GE\""),
       "4xi32 [1, 0, 2, 3]"},
      {"select_and_scatter",
       {"1xf32 [5]", "2xf32 [1, 2]"},
       window(2, 1, 2, 0, "direction = \"GE\""),
       "1xf32 [2]"},
      {"select_and_scatter",
       {"2x3xf32 [1, 2, 9, 4, 5, 6]", "1x2xf32 [1, 10]"},
       "{window_dimensions = [2, 2], window_strides = [1, 1], padding_low = [0, 0], padding_high = "
       "[0, 0], direction = \"GE\"}",
       "2x3xf32 [0, 0, 10, 0, 1, 0]"},
  };
}

TEST(Evaluate, ArithmeticOnFloats) { check(arithmetic_on_floats()); }
TEST(Evaluate, ArithmeticOnIntegers) { check(arithmetic_on_integers()); }
TEST(Evaluate, Bits) { check(bits()); }
TEST(Evaluate, Functions) { check(functions()); }
TEST(Evaluate, ComparisonAndSelection) { check(comparison_and_selection()); }
TEST(Evaluate, Conversion) { check(conversion()); }
TEST(Evaluate, NarrowFloatsRoundOnce) { check(narrow_floats_round_once()); }
TEST(Evaluate, Sources) { check(sources()); }
TEST(Evaluate, Movement) { check(movement()); }
TEST(Evaluate, Indexing) { check(indexing()); }
TEST(Evaluate, Reductions) { check(reductions()); }
TEST(Evaluate, Contractions) { check(contractions()); }
TEST(Evaluate, Convolutions) { check(convolutions()); }
TEST(Evaluate, WindowReductions) { check(window_reductions()); }

TEST(Evaluate, RandomBits) {
  const auto module = parse_module(
      R"(module @m { func @f(%0: tensor<2xi64> "state") -> (tensor<2xi64> "state", tensor<2xi32> "bits") {
    %1, %2 = rng_bit_generator %0 : tensor<2xi64>, tensor<2xi32>
    return %1, %2 } })");
  ASSERT_TRUE(static_cast<bool>(module)) << module.error().to_string();
  auto draw = [&](int64_t key, int64_t stream) {
    Literal state({ElementType::i64, {2}});
    state.set_int(0, key);
    state.set_int(1, stream);
    Environment variables;
    return interpret(*module->functions[0], variables, {{"state", state}});
  };
  // The known answers of Random123 for counter and key zero, and for all bits set.
  EXPECT_EQ(static_cast<uint32_t>(draw(0, 0).at("bits").get_int(0)), 0x6b200159u);
  const auto next = draw(5, 7).at("state");
  EXPECT_EQ(next.get_int(0), 5);
  EXPECT_EQ(next.get_int(1), 8);
  EXPECT_FALSE(draw(5, 7).at("bits") == draw(5, 8).at("bits"));
  EXPECT_FALSE(draw(5, 7).at("bits") == draw(6, 7).at("bits"));
  EXPECT_EQ(draw(5, 7).at("bits"), draw(5, 7).at("bits"));
}

TEST(Evaluate, ThreefryKnownAnswer) {
  // Random123's kat_vectors: threefry2x32, 20 rounds, counter and key of the digits of pi.
  EXPECT_EQ(random_bits(0x03707344'13198a2eull, 0x85a308d3u, 0x243f6a88u), 0xc4923a9cu);
  EXPECT_EQ(random_bits(~uint64_t{0}, ~0u, ~0u), 0x1cb996fcu);
}

TEST(Evaluate, EveryOpIsTested) {
  std::set<std::string_view> tested = {"rng_bit_generator"};
  for (auto* cases :
       {arithmetic_on_floats, arithmetic_on_integers, bits, functions, comparison_and_selection,
        conversion, narrow_floats_round_once, sources, movement, indexing, reductions, contractions,
        convolutions, window_reductions}) {
    for (const Case& each : cases()) tested.insert(find_op(each.op)->name);
  }
  for (const OpDefinition& op : op_definitions())
    EXPECT_EQ(tested.contains(op.name), op.evaluate != nullptr) << op.name;
}

}  // namespace
}  // namespace kiln::ir
