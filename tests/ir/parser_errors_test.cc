// What the parser says about texts that are wrong: the exact words, and where.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/parser.h"

namespace kiln::ir {
namespace {

/// A wrong text and the error, without "error: t.kir:".
struct Case {
  std::string text;
  std::string expected;
};

/// The error of a text; "no error" in its place.
std::string error_of(const std::string& text) {
  const auto module = parse_module(text, "t.kir");
  return module ? "error: t.kir:no error" : module.error().to_string();
}

void check(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    EXPECT_EQ(error_of(each.text), "error: t.kir:" + each.expected) << each.text;
  }
}

/// A function of one input %0: tensor<2x3xf32> that returns %9 of that type; the body starts on
/// line 3.
std::string with_body(const std::string& body) {
  return "module @m {\n  func @f(%0: tensor<2x3xf32> \"x\") -> (tensor<2x3xf32> \"y\") {\n" + body +
         "\n  }\n}\n";
}

void check_bodies(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    EXPECT_EQ(error_of(with_body(each.text)), "error: t.kir:" + each.expected) << each.text;
  }
}

TEST(ParserErrors, ModuleStructure) {
  check({
      {"", "1:1: expected 'module', found the end of the text"},
      {"modul @m {}", "1:1: expected 'module', found 'modul'"},
      {"module {}", "1:8: expected the module's @name, found '{'"},
      {"module @ {}", "1:8: expected a name after @"},
      {"module @m", "1:10: expected '{', found the end of the text"},
      {"module @m {\n  function @f", "2:3: expected variable, func or '}', found 'function'"},
      {"module @m {}\nmodule @n {}", "2:1: expected the end of the text, found 'module'"},
      {"module @m {} // comment\n}", "2:1: expected the end of the text, found '}'"},
      {"module @m {\n  # comment\n}", "2:3: a character that means nothing here"},
      {"module @\"m {}", "1:8: a string without its closing quote"},
      {"module @m attributes {loss = \"a\\q\"} {}",
       "1:30: a malformed escape in a string\nnote: escapes are \\\" \\\\ \\n \\t \\xHH"},
  });
}

TEST(ParserErrors, Variables) {
  auto variable = [](const std::string& text) { return "module @m {\n  variable " + text + "\n}"; };
  check({
      {variable("w : tensor<f32>"), "2:12: expected the variable's @name, found 'w'"},
      {variable("@w tensor<f32>"), "2:15: expected ':', found 'tensor<f32>'"},
      {variable("@w : float"), "2:17: expected a type such as tensor<2x3xf32>, found 'float'"},
      {variable("@w : tensor<f32> {role = \"trainble\"}"),
       "2:29: role must be one of trainable, non_trainable, optimizer, metric\nnote: did you mean "
       "trainable?"},
      {variable("@w : tensor<f32> {role = 5}"),
       "2:29: role must be one of trainable, non_trainable, optimizer, metric"},
      {variable("@w : tensor<f32> {v = dense<1.0>}"), "2:44: expected ':', found '}'"},
      {variable("@w : tensor<f32>\n  variable @w : tensor<f32>"),
       "3:12: the variable @w is defined twice"},
      {variable("@w : tensor<f32> loc(here)"),
       "2:33: expected the location in quotes, found 'here'"},
  });
}

TEST(ParserErrors, Types) {
  auto type = [](const std::string& text) {
    return "module @m {\n  variable @w : " + text + "\n}";
  };
  const std::string names = "\nnote: one of f32, f64, f16, bf16, i8, i16, i32, i64, u8, i1";
  check({
      {type("tensor<2x3xf31>"), "2:28: unknown element type \"f31\"" + names},
      {type("tensor<>"), "2:24: unknown element type \"\"" + names},
      {type("tensor<2x3>"), "2:27: expected x and an element type after an extent"},
      {type("tensor<?x3xf32>"),
       "2:24: expected an extent\nnote: shapes are static: every extent is a number"},
      {type("tensor<-2xf32>"), "2:17: tensor<-2xf32> has a negative extent"},
      {type("tensor<99999999999999999999xf32>"), "2:24: an extent that no machine holds"},
      {type("tensor<1099511627776xi1>"), "no error"},
      {type("tensor<1099511627777xi1>"), "2:17: tensor<1099511627777xi1> is larger than 1024 GiB"},
      {type("tensor<9223372036854775807x9223372036854775807xf32>"),
       "2:17: tensor<9223372036854775807x9223372036854775807xf32> is larger than 1024 GiB"},
      {type("tensor<0x9223372036854775807xf32>"),
       "2:17: tensor<0x9223372036854775807xf32> is larger than 1024 GiB"},
      {type("tensor<2x3xf32"), "2:17: a type without its closing >"},
      {type("tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>"),
       "2:17: a tensor has at most 32 dimensions"},
  });
}

TEST(ParserErrors, Signatures) {
  auto function = [](const std::string& text) {
    return "module @m {\n  variable @w : tensor<f32>\n  func " + text + "\n}";
  };
  check({
      {function("f() -> () {return}"), "3:8: expected the function's @name, found 'f'"},
      {function("@f(%0 tensor<f32>) -> () {return}"), "3:14: expected ':', found 'tensor<f32>'"},
      {function("@f(%0: tensor<f32>) -> () {return}"),
       "3:26: expected @variable or \"name\", found ')'"},
      {function("@f(%0: tensor<f32> @w, %0: tensor<f32> \"x\") -> () {return}"),
       "3:31: %0 is defined twice"},
      {function("@f(%0: tensor<f32> @u) -> () {return}"), "3:8: argument 0: no variable @u"},
      {function("@f(%0: tensor<2xf32> @w) -> () {return}"),
       "3:8: argument 0: @w is tensor<f32>, not tensor<2xf32>"},
      {function("@f(%0: tensor<f32> @w, %1: tensor<f32> @w) -> () {return}"),
       "3:8: two arguments are bound to @w"},
      {function("@f(%0: tensor<f32> \"x\", %1: tensor<f32> \"x\") -> () {return}"),
       "3:8: two arguments are bound to x"},
      {function("@f(%0: tensor<f32> @w) -> (tensor<f32> @w, tensor<f32> @w) {return %0, %0}"),
       "3:8: two results are bound to @w"},
      {function("@f(%0: tensor<f32> @w) -> (tensor<f32> \"y\") {return}"),
       "3:8: @f declares 1 result and returns 0"},
      {function("@f(%0: tensor<f32> @w) -> (tensor<2xf32> \"y\") {return %0}"),
       "3:35: result 0 is declared tensor<2xf32> and returned tensor<f32>"},
      {function("@f() -> () {return}\n  func @f() -> () {return}"),
       "4:8: the function @f is defined twice"},
      {function("@f() {return}"), "3:13: expected '->', found '{'"},
      {function("@f() -> () {return"),
       "4:2: expected variable, func or '}', found the end of the text"},
  });
}

TEST(ParserErrors, Ops) {
  check_bodies({
      {"    %9 = ad %0, %0 : tensor<2x3xf32>\n    return %9",
       "3:10: no op is named ad\nnote: did you mean add?"},
      {"    %9 = dot_genral %0, %0 : tensor<2x3xf32>",
       "3:10: no op is named dot_genral\nnote: did you mean dot_general?"},
      {"    %9 = dense_layer %0 : tensor<2x3xf32>", "3:10: no op is named dense_layer"},
      {"    %9 = add %0, %1 : tensor<2x3xf32>", "3:18: %1 is not defined"},
      {"    %9 = add %9, %0 : tensor<2x3xf32>", "3:14: %9 is not defined"},
      {"    %0 = add %0, %0 : tensor<2x3xf32>", "3:5: %0 is defined twice"},
      {"    %9 add %0", "3:8: expected '=', found 'add'"},
      {"    %9, 5 = add %0", "3:9: expected a value such as %0, found '5'"},
      {"    % = add %0", "3:5: expected a value's name after %"},
      {"    %9 = add %0, : tensor<2x3xf32>", "3:18: expected a value such as %0, found ':'"},
      {"    %9 = add %0 : tensor<2x3xf32>", "3:10: add takes 2 operands, not 1"},
      {"    %9 = concatenate {dimension = 0} : tensor<f32>",
       "3:10: concatenate takes at least 1 operand, not 0"},
      {"    %9 = add %0, %0", "4:3: expected ':' and the result's type, found '}'"},
      {"    %8, %9 = add %0, %0 : tensor<2x3xf32>", "4:3: expected 2 result types, found '}'"},
      {"    %8, %9 = add %0, %0 : tensor<2x3xf32>, tensor<2x3xf32>",
       "3:14: add gives 1 result, not 2"},
      {"    %9 = add %0, %0 : tensor<2x3xf32>, tensor<2x3xf32>",
       "3:38: expected 1 result type, found ','"},
      {"    %9 = add %0, %0 : tensor<3x2xf32>",
       "3:10: add gives tensor<2x3xf32>, not tensor<3x2xf32>"},
      {"    add %0, %0", "3:5: add gives 1 result, not 0"},
      {"    %9 = add %0, %0 : tensor<2x3xf32> region() {return}",
       "3:10: add takes 0 regions, not 1"},
      {"    %9 = reshape %0 : tensor<7xf32>",
       "3:10: reshape: tensor<2x3xf32> cannot become tensor<7xf32>"},
      {"    %9 = add %0, %0 : tensor<2x3xf32>\n", "5:3: expected an op or return, found '}'"},
      {"    return %0 %0", "3:15: expected '}' after return, found '%0'"},
  });
}

TEST(ParserErrors, Regions) {
  check_bodies({
      {"    %9 = fusion %0 {kind = \"serial\"} : tensor<2x3xf32> region(%1: tensor<2x3xf32>) {\n   "
       "   return %0\n    }",
       "4:14: %0 is not defined\nnote: a region sees its own values only: pass it as an operand"},
      {"    %9 = fusion %0 {kind = \"serial\"} : tensor<2x3xf32> region(%1: tensor<2xf32>) {return "
       "%1}",
       "3:10: fusion: operand 0 is tensor<2x3xf32>, its region's argument tensor<2xf32>"},
      {"    %9 = fusion %0 {kind = \"serial\"} : tensor<2x3xf32> region() {return %0}",
       "3:73: %0 is not defined\nnote: a region sees its own values only: pass it as an operand"},
      {"    %9 = fusion %0 {kind = \"serial\"} : tensor<2x3xf32>",
       "3:10: fusion takes 1 region, not 0"},
      {"    %9 = fusion %0 {kind = \"serial\"} : tensor<2xf32> region(%1: tensor<2x3xf32>) {return "
       "%1}",
       "3:10: fusion gives tensor<2x3xf32>, not tensor<2xf32>"},
  });
  std::string nested;
  for (int i = 0; i < 1000; ++i) nested += "fusion {kind = \"serial\"} region() {\n";
  EXPECT_EQ(error_of(with_body(nested)), "error: t.kir:67:26: regions are nested too deeply");
}

TEST(ParserErrors, Attributes) {
  check_bodies({
      {"    %9 = transpose %0 : tensor<3x2xf32>",
       "3:10: transpose needs the attribute permutation\nnote: an operand dimension per result "
       "dimension"},
      {"    %9 = transpose %0 {permutatoin = [1, 0]} : tensor<3x2xf32>",
       "3:24: transpose has no attribute permutatoin\nnote: did you mean permutation?"},
      {"    %9 = slice %0 {axis = 1} : tensor<3x2xf32>",
       "3:20: slice has no attribute axis\nnote: it takes start_indices, limit_indices, strides"},
      {"    %9 = add %0, %0 {axis = 1} : tensor<3x2xf32>",
       "3:22: add has no attribute axis\nnote: it takes none"},
      {"    %9 = transpose %0 {permutation = 1} : tensor<3x2xf32>",
       "3:24: transpose: the attribute permutation must be a list of integers\nnote: an operand "
       "dimension per result dimension"},
      {"    %9 = transpose %0 {permutation = [0], permutation = [1]} : tensor<3x2xf32>",
       "3:43: the attribute permutation stands twice"},
      {"    %9 = transpose %0 {permutation = [1.5]} : tensor<3x2xf32>",
       "3:39: 1.5 is not an integer of 64 bits"},
      {"    %9 = transpose %0 {permutation = [99999999999999999999]} : tensor<3x2xf32>",
       "3:39: 99999999999999999999 is not an integer of 64 bits"},
      {"    %9 = transpose %0 {permutation = [1, \"a\"]} : tensor<3x2xf32>",
       "3:42: expected an integer or a string, found \"a\""},
      {"    %9 = transpose %0 {permutation [1]} : tensor<3x2xf32>",
       "3:36: expected '=', found '['"},
      {"    %9 = transpose %0 {permutation = [1 0]} : tensor<3x2xf32>",
       "3:41: expected ']', found '0'"},
      {"    %9 = transpose %0 {permutation = maybe} : tensor<3x2xf32>",
       "3:38: expected an attribute's value, found 'maybe'"},
      {"    %9 = transpose %0 {permutation = [1, 0] : tensor<3x2xf32>",
       "3:45: expected ',' or '}', found ':'"},
      {"    %9 = transpose %0 {permutation = [1, 1]} : tensor<3x2xf32>",
       "3:10: transpose: [1, 1] is not a permutation"},
      {"    %1 = constant {value = dense<0.0>} : tensor<f32>\n    %9 = pad %0, %1 "
       "{edge_padding_high = [0, 0], edge_padding_low = [0, 0], interior_padding = "
       "[9223372036854775807, 0]} : tensor<2x3xf32>",
       "4:10: pad: the padding of dimension 0 is too large"},
  });
}

TEST(ParserErrors, Placements) {
  auto fusion = [](const std::string& buffers) {
    return "    %9 = fusion %0 {buffers = " + buffers +
           ", kind = \"serial\"} : tensor<2x3xf32> region(%1: tensor<2x3xf32>) {return %1}\n"
           "    return %9";
  };
  auto wrong = [](const std::string& text) {
    return "a buffer must be arena+OFFSET, state:VARIABLE, output:NAME or, in a scan, carry:INDEX "
           "or stack:INDEX, not \"" +
           text + "\"";
  };
  check_bodies({
      {fusion("[\"somewhere\"]"), "3:32: " + wrong("somewhere")},
      {fusion("[\"arena+0\", \"arena+\"]"), "3:43: " + wrong("arena+")},
      {fusion("[\"arena+-64\"]"), "3:32: " + wrong("arena+-64")},
      {fusion("[\"arena+64 \"]"), "3:32: " + wrong("arena+64 ")},
      {fusion("[\"carry:x\"]"), "3:32: " + wrong("carry:x")},
      {fusion("[\"stack:99999999999999999999\"]"), "3:32: " + wrong("stack:99999999999999999999")},
      {fusion("[64]"), "3:32: expected a buffer such as \"arena+64\", found '64'"},
      {fusion("[\"arena+0\" \"arena+64\"]"), "3:42: expected ',', found \"arena+64\""},
      {fusion("\"arena+0\""),
       "3:21: fusion: the attribute buffers must be a list of buffers\nnote: where each result is "
       "written, once memory is planned"},
  });
}

TEST(ParserErrors, Indexing) {
  auto gather = [](const std::string& index, const std::string& attributes) {
    return "    %1 = constant {value = dense<0> : tensor<" + index + ">} : tensor<" + index +
           ">\n    %9 = gather %0, %1 {" + attributes + "} : tensor<2x3xf32>";
  };
  const std::string rows =
      "offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], "
      "index_vector_dim = 1, slice_sizes = [1, 3]";
  auto with = [&](const std::string& from, const std::string& to) {
    std::string text = rows;
    return text.replace(text.find(from), from.size(), to);
  };
  auto scatter = [](const std::string& updates, const std::string& reducer) {
    return "    %1 = constant {value = dense<0>} : tensor<2xi32>\n    %2 = constant {value = "
           "dense<0.0>} : " +
           updates +
           "\n    %9 = scatter %0, %1, %2 {update_window_dims = [1], inserted_window_dims = [0], "
           "scatter_dims_to_operand_dims = [0], index_vector_dim = 1, reducer = \"" +
           reducer + "\"} : tensor<2x3xf32>";
  };
  check_bodies({
      {gather("2xi32", rows) + "\n    return %9", "no error"},
      {"    %9 = gather %0, %0 {" + rows + "} : tensor<2x3xf32>",
       "3:10: gather: indices must be integers, not tensor<2x3xf32>"},
      {gather("2xi32", with("index_vector_dim = 1", "index_vector_dim = 2")),
       "4:10: gather: index_vector_dim 2 is no dimension of tensor<2xi32>, nor the one after its "
       "last"},
      {gather("2xi32", with("start_index_map = [0]", "start_index_map = [2]")),
       "4:10: gather: start_index_map must name a dimension of tensor<2x3xf32> for each of 1 "
       "components of an index"},
      {gather("2x2xi32", rows),
       "4:10: gather: start_index_map must name a dimension of tensor<2x3xf32> for each of 2 "
       "components of an index"},
      {gather("2xi32", with("collapsed_slice_dims = [0]", "collapsed_slice_dims = [1]")),
       "4:10: gather: collapsed_slice_dims must be the indexed dimensions [0], not [1]"},
      {gather("2xi32", with("offset_dims = [1]", "offset_dims = [2]")),
       "4:10: gather: offset_dims must name 1 of 2 dimensions in ascending order, not [2]"},
      {gather("2xi32", with("slice_sizes = [1, 3]", "slice_sizes = [1, 2]")),
       "4:10: gather: slice_sizes must be 1 along the indexed dimensions and whole along the "
       "others, [1, 3], not [1, 2]"},
      {"    %1 = constant {value = dense<0>} : tensor<2xi32>\n    %2 = constant {value = "
       "dense<0.0>} : tensor<0x3xf32>\n    %9 = gather %2, %1 {" +
           rows + "} : tensor<2x3xf32>",
       "5:10: gather: dimension 0 of tensor<0x3xf32> has nothing to take"},
      {scatter("tensor<2x3xf32>", "add") + "\n    return %9", "no error"},
      {scatter("tensor<2x3xf32>", "maximum"),
       "5:10: scatter: reducer must be add, not \"maximum\""},
      {scatter("tensor<2x3xf64>", "add"),
       "5:10: scatter: adds numbers of one type, not tensor<2x3xf64> to tensor<2x3xf32>"},
      {scatter("tensor<3x3xf32>", "add"),
       "5:10: scatter: updates must be tensor<2x3xf32>, not tensor<3x3xf32>"},
  });
}

TEST(ParserErrors, Literals) {
  auto constant = [](const std::string& value, const std::string& type) {
    return "    %9 = constant {value = " + value + "} : tensor<" + type + ">";
  };
  check_bodies({
      {constant("dense<1>", "2x3xf32") + "\n    return %9", "no error"},
      {constant("dense<>", "f32"), "3:34: expected a number, found '>'"},
      {constant("dense<[1, 2, 3]>", "2xf32"), "3:28: 3 elements for tensor<2xf32>, which has 2"},
      {constant("dense<[1 2]>", "2xf32"), "3:37: expected ',', found '2'"},
      {constant("dense<1.5>", "i32"), "3:34: 1.5 is not a number of type i32"},
      {constant("dense<[0, 300]>", "2xu8"), "3:38: 300 is not a number of type u8"},
      {constant("dense<-1>", "u8"), "3:34: -1 is not a number of type u8"},
      {constant("dense<1>", "i1"), "3:34: 1 is not true or false"},
      {constant("dense<1e99>", "f32"), "3:34: 1e99 is not a number of type f32"},
      {constant("dense<70000.0>", "f16"), "3:34: 70000.0 is not a number of type f16"},
      {constant("dense<0x1ffffffff>", "f32"), "3:34: 0x1ffffffff is not a number of type f32"},
      {constant("dense<one>", "f32"), "3:34: one is not a number of type f32"},
      {constant("dense<...>", "f32"),
       "3:34: the printer left this constant out\nnote: print without a limit on constants to get "
       "a text that parses"},
      {constant("dense<\"0x00\">", "f32"), "3:34: expected 0x and 8 digits for tensor<f32>"},
      {constant("dense<\"0x0000zz00\">", "f32"), "3:41: expected a hexadecimal digit"},
      {constant("dense<\"0x02\">", "i1"), "3:37: an i1 is 00 or 01"},
      {constant("dense<1.0> : tensor<3xf32>", "2xf32"),
       "3:10: constant: its value is tensor<3xf32>, not tensor<2xf32>"},
      {"    constant {value = dense<1.0>}", "3:23: dense<...> needs a type"},
  });
}

}  // namespace
}  // namespace kiln::ir
