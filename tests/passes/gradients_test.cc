// Every op's derivative against finite differences.
#include "passes/gradients/gradients.h"

#include <set>

#include "ir/indexing.h"
#include "ir/ops/definition.h"
#include "tests/passes/finite_differences.h"

namespace kiln::passes {
namespace {

using ir::ElementType;
using ir::Literal;
using ir::Shape;
using ir::Tensor;
using Tensors = std::vector<Tensor>;

/// A formula at random arguments of one or more choices of shapes.
struct Case {
  std::string name;
  double low, high;                        ///< arguments are uniform in [low, high)
  std::vector<std::vector<Shape>> shapes;  ///< choices; each a shape per argument
  std::function<Tensor(const Tensors& x)> formula;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const std::vector<std::vector<Shape>> kOne = {{{}}, {{3}}, {{2, 3}}, {{2, 1, 3}}};
const std::vector<std::vector<Shape>> kTwo = {{{}, {}}, {{3}, {3}}, {{2, 3}, {2, 3}}};

std::vector<Case> unary_cases() {
  return {
      {"negate", -2, 2, kOne, [](const Tensors& x) { return -x[0]; }},
      {"abs", -2, 2, kOne, [](const Tensors& x) { return abs(x[0]); }},
      {"exponential", -2, 2, kOne, [](const Tensors& x) { return exp(x[0]); }},
      {"exponential_minus_one", -2, 2, kOne, [](const Tensors& x) { return expm1(x[0]); }},
      {"log", 0.2, 3, kOne, [](const Tensors& x) { return log(x[0]); }},
      {"log_plus_one", -0.7, 3, kOne, [](const Tensors& x) { return log1p(x[0]); }},
      {"sqrt", 0.2, 3, kOne, [](const Tensors& x) { return sqrt(x[0]); }},
      {"rsqrt", 0.4, 3, kOne, [](const Tensors& x) { return rsqrt(x[0]); }},
      {"cbrt", 0.4, 3, kOne, [](const Tensors& x) { return cbrt(-x[0]); }},
      {"tanh", -2, 2, kOne, [](const Tensors& x) { return tanh(x[0]); }},
      {"logistic", -4, 4, kOne, [](const Tensors& x) { return logistic(x[0]); }},
      {"erf", -2, 2, kOne, [](const Tensors& x) { return erf(x[0]); }},
      {"sine", -4, 4, kOne, [](const Tensors& x) { return sine(x[0]); }},
      {"cosine", -4, 4, kOne, [](const Tensors& x) { return cosine(x[0]); }},
      {"tan", -1.2, 1.2, kOne, [](const Tensors& x) { return tan(x[0]); }},
      // Flat pieces beside a smooth path: a gradient that leaked through would show.
      {"sign", -2, 2, kOne, [](const Tensors& x) { return sign(x[0]) * x[0]; }},
      // As if it were a constant, which it is where finite differences can agree.
      {"stop_gradient", -4, 4, kOne,
       [](const Tensors& x) { return stop_gradient(sign(x[0])) * x[0]; }},
      {"floor", -4, 4, kOne, [](const Tensors& x) { return floor(x[0]) * x[0]; }},
      {"ceil", -4, 4, kOne, [](const Tensors& x) { return ceil(x[0]) * x[0]; }},
      {"round_nearest_even", -4, 4, kOne,
       [](const Tensors& x) { return round_nearest_even(x[0]) * x[0]; }},
      {"convert to integer", -4, 4, kOne,
       [](const Tensors& x) {
         return convert(convert(x[0], ElementType::i32), ElementType::f64) * x[0];
       }},
  };
}

std::vector<Case> binary_cases() {
  return {
      {"add", -2, 2, kTwo, [](const Tensors& x) { return x[0] + x[1]; }},
      {"subtract", -2, 2, kTwo, [](const Tensors& x) { return x[0] - x[1]; }},
      {"multiply", -2, 2, kTwo, [](const Tensors& x) { return x[0] * x[1]; }},
      {"square", -2, 2, kOne, [](const Tensors& x) { return x[0] * x[0]; }},
      {"divide", 0.4, 2, kTwo, [](const Tensors& x) { return x[0] / -x[1]; }},
      {"remainder", 1, 9, kTwo, [](const Tensors& x) { return remainder(-x[0], x[1]); }},
      {"power", 0.2, 3, kTwo, [](const Tensors& x) { return power(x[0], x[1]); }},
      {"power 3", -2, 2, kOne, [](const Tensors& x) { return power(x[0], 3.0); }},
      {"power -1.5", 0.5, 2, kOne, [](const Tensors& x) { return power(x[0], -1.5); }},
      {"power 0", -2, 2, kOne, [](const Tensors& x) { return power(x[0], 0.0); }},
      {"2 to the power", -2, 2, kOne, [](const Tensors& x) { return power(2.0, x[0]); }},
      {"maximum", -2, 2, kTwo, [](const Tensors& x) { return maximum(x[0], x[1]); }},
      {"minimum", -2, 2, kTwo, [](const Tensors& x) { return minimum(x[0], x[1]); }},
      {"select", -2, 2, kTwo,
       [](const Tensors& x) { return select(compare(x[0], "GT", x[1]), x[0] * x[1], sine(x[1])); }},
  };
}

std::vector<Case> movement_cases() {
  const std::vector<std::vector<Shape>> kMatrix = {{{2, 3}}, {{3, 2}}, {{1, 4}}, {{4, 1}}};
  return {
      {"broadcast a row",
       -2,
       2,
       {{{3}}, {{1}}},
       [](const Tensors& x) {
         return broadcast_in_dim(x[0], {2, 3}, {1});
       }},
      {"broadcast a column",
       -2,
       2,
       {{{2}}, {{1}}},
       [](const Tensors& x) {
         return broadcast_in_dim(x[0], {2, 3}, {0});
       }},
      {"broadcast a scalar",
       -2,
       2,
       {{{}}},
       [](const Tensors& x) {
         return broadcast_in_dim(x[0], {2, 3}, {});
       }},
      {"broadcast ones",
       -2,
       2,
       {{{2, 1, 3}}, {{1, 4, 1}}, {{1, 1, 1}}, {{2, 4, 3}}},
       [](const Tensors& x) {
         return broadcast_in_dim(x[0], {2, 4, 3}, {0, 1, 2});
       }},
      {"broadcast permuted",
       -2,
       2,
       {{{3, 2}}, {{1, 2}}, {{3, 1}}},
       [](const Tensors& x) {
         return broadcast_in_dim(x[0], {2, 4, 3}, {2, 0});
       }},
      {"reshape",
       -2,
       2,
       {{{2, 6}}, {{3, 4}}, {{12}}},
       [](const Tensors& x) {
         return reshape(x[0], {2, 2, 3});
       }},
      {"transpose",
       -2,
       2,
       {{{2, 3, 4}}, {{1, 3, 2}}},
       [](const Tensors& x) {
         return transpose(x[0], {2, 0, 1});
       }},
      {"slice",
       -2,
       2,
       {{{5, 8}}, {{4, 7}}},
       [](const Tensors& x) {
         return slice(x[0], {1, 0}, {4, 7}, {1, 3});
       }},
      {"slice of nothing", -2, 2, {{{5}}}, [](const Tensors& x) { return slice(x[0], {2}, {2}); }},
      {"reverse",
       -2,
       2,
       {{{2, 3, 2}}},
       [](const Tensors& x) {
         return reverse(x[0], {0, 2});
       }},
      {"concatenate",
       -2,
       2,
       {{{2, 3}, {2, 1}, {2, 2}}, {{1, 1}, {1, 4}, {1, 1}}},
       [](const Tensors& x) {
         return ir::concatenate({x[0], x[1], x[2], x[1]}, 1);
       }},
      {"pad", -2, 2, kMatrix,
       [](const Tensors& x) {
         return pad(x[0], 0.5, {1, 0}, {2, 1}, {0, 2});
       }},
      {"pad by less than nothing",
       -2,
       2,
       {{{4, 5}}, {{3, 4}}},
       [](const Tensors& x) {
         return pad(x[0], 0.5, {-1, 2}, {1, -2}, {1, 0});
       }},
      {"pad with a value",
       -2,
       2,
       {{{2, 3}, {}}, {{1, 4}, {}}},
       [](const Tensors& x) {
         ir::Builder& builder = *x[0].builder;
         return builder.wrap(builder
                                 .create("pad", {x[0].value, x[1].value},
                                         {{"edge_padding_low", ir::Integers{1, -1}},
                                          {"edge_padding_high", ir::Integers{0, 2}},
                                          {"interior_padding", ir::Integers{1, 1}}})
                                 ->result());
       }},
  };
}

std::vector<Case> indexing_cases() {
  auto indices = [](const Tensors& x, Shape shape, const std::vector<double>& values) {
    return x[0].builder->constant(
        Literal::from_values({ElementType::i32, std::move(shape)}, values));
  };
  // Columns of a matrix by index vectors of one component; elements by (column, row).
  const ir::GatherDimensions columns{{1}, {1}, {1}, 1};
  const ir::GatherDimensions elements{{}, {0, 1}, {1, 0}, 0};
  return {
      {"take rows, some twice, some out of range",
       -2,
       2,
       {{{3, 2}}},
       [=](const Tensors& x) {
         return take(x[0], indices(x, {2, 3}, {2, 0, 2, -1, 9, 1}), 0);
       }},
      {"take along the last dimension",
       -2,
       2,
       {{{2, 3}}, {{1, 4}}},
       [=](const Tensors& x) {
         return take(x[0], indices(x, {4}, {1, 0, 0, 2}), 1);
       }},
      {"gather columns",
       -2,
       2,
       {{{2, 3}}},
       [=](const Tensors& x) {
         return gather(x[0], indices(x, {2, 1}, {1, 1}), columns);
       }},
      {"gather elements",
       -2,
       2,
       {{{3, 2}}},
       [=](const Tensors& x) {
         return gather(x[0], indices(x, {2, 4}, {0, 1, 9, 0, 2, 1, 0, 2}), elements);
       }},
      {"scatter rows",
       -2,
       2,
       {{{3, 2}, {4, 2}}},
       [=](const Tensors& x) {
         return scatter_add(x[0], indices(x, {4}, {1, 1, -1, 3}), x[1], {{1}, {0}, {0}, 1});
       }},
      {"scatter elements",
       -2,
       2,
       {{{3, 2}, {4}}},
       [=](const Tensors& x) {
         return scatter_add(x[0], indices(x, {2, 4}, {0, 1, 9, 0, 2, 1, 0, 2}), x[1], elements);
       }},
  };
}

std::vector<Case> reduction_cases() {
  std::vector<Case> cases;
  for (const char* reducer : {"add", "maximum", "minimum", "multiply"}) {
    const std::string name = fmt::format("reduce {}", reducer);
    cases.push_back({name + " of rows",
                     -2,
                     2,
                     {{{2, 3}}, {{3, 1}}, {{1, 5}}, {{2, 4}}, {{2, 9}}},
                     [=](const Tensors& x) { return reduce(x[0], reducer, {1}); }});
    cases.push_back(
        {name + " of two dimensions", -2, 2, {{{2, 3, 2}}, {{1, 2, 3}}}, [=](const Tensors& x) {
           return reduce(x[0], reducer, {2, 0});
         }});
    cases.push_back(
        {name + " of everything", -2, 2, {{{2, 3}}, {{7}}}, [=](const Tensors& x) {
           return reduce(x[0], reducer, x[0].rank() == 1 ? ir::Integers{0} : ir::Integers{0, 1});
         }});
    cases.push_back({name + " of nothing", -2, 2, {{{2, 3}}}, [=](const Tensors& x) {
                       return reduce(x[0], reducer, {});
                     }});
  }
  return cases;
}

std::vector<Case> contraction_cases() {
  auto dot_case = [](std::string name, std::vector<std::vector<Shape>> shapes,
                     ir::DotGeneral dims) {
    return Case{"dot_general " + std::move(name), -2, 2, std::move(shapes),
                [=](const Tensors& x) { return dot_general(x[0], x[1], dims); }};
  };
  return {
      dot_case("matrices", {{{2, 3}, {3, 4}}, {{1, 2}, {2, 1}}}, {{}, {}, {1}, {0}}),
      dot_case("left transposed", {{{3, 2}, {3, 4}}}, {{}, {}, {0}, {0}}),
      dot_case("right transposed", {{{2, 3}, {4, 3}}}, {{}, {}, {1}, {1}}),
      dot_case("both transposed", {{{3, 2}, {4, 3}}}, {{}, {}, {0}, {1}}),
      dot_case("outer product", {{{2}, {3}}, {{2, 2}, {3}}}, {{}, {}, {}, {}}),
      dot_case("vectors", {{{3}, {3}}}, {{}, {}, {0}, {0}}),
      dot_case("batched", {{{2, 3, 4}, {2, 4, 2}}}, {{0}, {0}, {2}, {1}}),
      dot_case("batched in the middle", {{{3, 2, 4}, {4, 3, 2}}}, {{1}, {2}, {2}, {0}}),
      dot_case("two batching dimensions", {{{2, 3, 2, 4}, {3, 2, 4, 2}}},
               {{0, 1}, {1, 0}, {3}, {2}}),
      dot_case("two contracting dimensions, crossed", {{{2, 3, 4}, {4, 3, 2}}},
               {{}, {}, {2, 1}, {0, 1}}),
      dot_case("free on both sides of the contracted", {{{2, 3, 2}, {2, 3, 4}}},
               {{}, {}, {1}, {1}}),
      {"dot_general of one value",
       -2,
       2,
       {{{2, 2}}},
       [](const Tensors& x) { return dot(x[0], dot(x[0], x[0])); }},
  };
}

/// Channels-last convolution of x[0] and x[1] with changes.
Case convolution_case(const std::string& name, size_t spatial_rank,
                      std::vector<std::vector<Shape>> shapes,
                      std::function<void(ir::Convolution&)> change) {
  ir::Convolution c = ir::Convolution::channels_last(spatial_rank);
  change(c);
  return Case{"convolution " + name, -2, 2, std::move(shapes),
              [=](const Tensors& x) { return convolution(x[0], x[1], c); }};
}

std::vector<Case> convolution_cases() {
  using C = ir::Convolution&;
  const std::vector<std::vector<Shape>> kLine = {{{2, 7, 2}, {3, 2, 3}}, {{1, 5, 1}, {2, 1, 2}}};
  return {
      convolution_case("plain", 1, kLine, [](C) {}),
      convolution_case("with strides", 1, kLine, [](C c) { c.window_strides = {2}; }),
      convolution_case("with strides that leave a rest", 1, {{{2, 9, 1}, {2, 1, 2}}},
                       [](C c) { c.window_strides = {3}; }),
      convolution_case("padded", 1, kLine,
                       [](C c) {
                         c.padding_low = {2};
                         c.padding_high = {1};
                       }),
      convolution_case("padded by more than the kernel", 1, kLine,
                       [](C c) {
                         c.padding_low = {4};
                         c.padding_high = {5};
                         c.window_strides = {2};
                       }),
      convolution_case("padded by less than nothing", 1, kLine,
                       [](C c) {
                         c.padding_low = {-1};
                         c.padding_high = {-1};
                       }),
      convolution_case("kernel dilated", 1, kLine, [](C c) { c.rhs_dilation = {2}; }),
      convolution_case("input dilated", 1, kLine, [](C c) { c.lhs_dilation = {3}; }),
      convolution_case("everything at once", 1, kLine,
                       [](C c) {
                         c.window_strides = {2};
                         c.padding_low = {3};
                         c.padding_high = {-1};
                         c.lhs_dilation = {2};
                         c.rhs_dilation = {3};
                       }),
      convolution_case("that does not fit", 1, {{{1, 2, 1}, {3, 1, 1}}}, [](C) {}),
      convolution_case("of groups of features", 1, {{{2, 4, 4}, {2, 2, 6}}, {{1, 4, 4}, {2, 2, 2}}},
                       [](C c) { c.feature_group_count = 2; }),
      convolution_case("of each feature alone, with strides", 1, {{{2, 6, 3}, {2, 1, 6}}},
                       [](C c) {
                         c.feature_group_count = 3;
                         c.window_strides = {2};
                         c.padding_high = {1};
                       }),
      convolution_case("of groups of batches", 1, {{{4, 4, 2}, {2, 2, 6}}, {{2, 5, 1}, {3, 1, 4}}},
                       [](C c) {
                         c.batch_group_count = 2;
                         c.padding_low = {1};
                       }),
      convolution_case("of two dimensions", 2, {{{2, 4, 5, 2}, {2, 3, 2, 2}}},
                       [](C c) {
                         c.window_strides = {1, 2};
                         c.padding_low = {0, 1};
                         c.padding_high = {1, 1};
                       }),
      convolution_case("of three dimensions", 3, {{{1, 3, 2, 3, 1}, {2, 1, 2, 1, 2}}},
                       [](C c) {
                         c.rhs_dilation = {2, 1, 1};
                       }),
      convolution_case("of no spatial dimension", 0, {{{3, 2}, {2, 4}}}, [](C) {}),
      // Features first, the kernel's outputs first; groups cross the other dimensions.
      convolution_case("in another layout", 2, {{{4, 2, 3, 3}, {6, 2, 2, 2}}},
                       [](C c) {
                         c.input_feature = 0;
                         c.input_batch = 1;
                         c.input_spatial = {3, 2};
                         c.kernel_output_feature = 0;
                         c.kernel_input_feature = 1;
                         c.kernel_spatial = {2, 3};
                         c.output_batch = 2;
                         c.output_feature = 1;
                         c.output_spatial = {0, 3};
                         c.feature_group_count = 2;
                       }),
      {"convolution of one value",
       -2,
       2,
       {{{3, 3, 3}}},
       [](const Tensors& x) { return convolution(x[0], x[0], ir::Convolution::channels_last(1)); }},
  };
}

std::vector<Case> window_cases() {
  std::vector<Case> cases;
  for (const char* reducer : {"add", "maximum", "minimum"}) {
    auto window_case = [&](std::string name, std::vector<std::vector<Shape>> shapes,
                           ir::Window window) {
      cases.push_back({fmt::format("reduce_window {} {}", reducer, name), -2, 2, std::move(shapes),
                       [=](const Tensors& x) { return reduce_window(x[0], reducer, window); }});
    };
    window_case("side by side", {{{6}}, {{7}}}, {.dimensions = {2}, .strides = {2}});
    window_case("overlapping", {{{7}}, {{6}}}, {.dimensions = {3}, .strides = {2}});
    window_case("apart", {{{7}}}, {.dimensions = {2}, .strides = {3}});
    window_case("padded", {{{5}}},
                {.dimensions = {3}, .strides = {2}, .padding_low = {1}, .padding_high = {1}});
    window_case("cropped", {{{7}}}, {.dimensions = {2}, .padding_low = {-2}, .padding_high = {-1}});
    window_case("with gaps", {{{4}}},
                {.dimensions = {3}, .strides = {2}, .padding_low = {1}, .base_dilations = {2}});
    window_case("that does not fit", {{{2}}}, {.dimensions = {3}});
    window_case(
        "of an image", {{{2, 4, 5, 2}}},
        {.dimensions = {1, 2, 3, 1}, .strides = {1, 2, 2, 1}, .padding_high = {0, 0, 1, 0}});
  }
  return cases;
}

class GradientOf : public ::testing::TestWithParam<Case> {};

TEST_P(GradientOf, AgreesWithFiniteDifferences) {
  const Case& c = GetParam();
  for (const auto& shapes : c.shapes) {
    for (uint64_t seed : {1, 2, 3}) {
      std::mt19937_64 random(seed);
      std::vector<Literal> arguments;
      for (const Shape& shape : shapes) {
        arguments.push_back(random_literal({ElementType::f64, shape}, c.low, c.high, random));
      }
      expect_gradients([&](ir::Builder&, const Tensors& x) { return Tensors{c.formula(x)}; },
                       arguments, seed);
      if (HasFatalFailure()) return;
    }
  }
}

std::string test_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name;
  for (char c : info.param.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Unary, GradientOf, ::testing::ValuesIn(unary_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Binary, GradientOf, ::testing::ValuesIn(binary_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Movement, GradientOf, ::testing::ValuesIn(movement_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Indexing, GradientOf, ::testing::ValuesIn(indexing_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Reduction, GradientOf, ::testing::ValuesIn(reduction_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Contraction, GradientOf, ::testing::ValuesIn(contraction_cases()),
                         test_name);

INSTANTIATE_TEST_SUITE_P(Convolution, GradientOf, ::testing::ValuesIn(convolution_cases()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Window, GradientOf, ::testing::ValuesIn(window_cases()), test_name);

TEST(Gradients, ProductWithZeros) {
  for (const std::vector<double>& values :
       {std::vector<double>{2, 0, 3, -1}, {0, 0, 3, 1}, {0, 0, 0, 0}}) {
    const Literal x = Literal::from_values({ElementType::f64, {1, 4}}, values);
    expect_gradients(
        [](ir::Builder&, const Tensors& a) { return Tensors{reduce(a[0], "multiply", {1})}; }, {x},
        1);
  }
}

TEST(Gradients, EveryOpIsInTheTable) {
  std::set<std::string_view> known;
  for (const Gradient& gradient : gradients()) {
    EXPECT_NE(ir::find_op(gradient.op), nullptr) << gradient.op << " is no op";
    EXPECT_TRUE(known.insert(gradient.op).second) << gradient.op << " stands twice";
  }
  for (const ir::OpDefinition& op : ir::op_definitions()) {
    if (op.op_class == ir::OpClass::structured) continue;
    if (op.name == "select_and_scatter") continue;  // a gradient itself; see differentiate_test
    EXPECT_TRUE(known.contains(op.name)) << op.name << " has no entry in passes/gradients";
  }
}

TEST(Gradients, EveryRuleIsTried) {
  std::set<std::string_view> tried;
  for (auto* cases : {unary_cases, binary_cases, movement_cases, indexing_cases, reduction_cases,
                      contraction_cases, convolution_cases, window_cases}) {
    for (const Case& each : cases()) {
      ir::Region region;
      ir::Builder builder(region);
      Tensors arguments;
      for (const Shape& shape : each.shapes[0])
        arguments.push_back(builder.wrap(region.add_argument({ElementType::f64, shape})));
      each.formula(arguments);
      for (const auto& op : region.ops()) tried.insert(op->definition().name);
    }
  }
  for (const Gradient& gradient : gradients()) {
    if (gradient.rules.empty()) continue;
    EXPECT_TRUE(tried.contains(gradient.op)) << gradient.op << " has no case above";
  }
}

}  // namespace
}  // namespace kiln::passes
