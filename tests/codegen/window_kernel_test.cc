// Convolutions and windows: every attribute, in kernels of their own and among others.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/ops/convolution.h"
#include "tests/codegen/fusion_case.h"

namespace kiln::tests {
namespace {

using ir::Builder;
using ir::Convolution;
using ir::ElementType;
using ir::Integers;
using ir::Shape;
using ir::Tensor;
using ir::Type;
using Tensors = std::vector<Tensor>;
using Body = std::function<Tensors(Builder&, const Tensors&)>;

FusionCase random_case(const std::string& name, const std::string& kind,
                       const std::vector<Type>& inputs, Body body) {
  FusionCase result{name, kind, {}, std::move(body), 1e-5, 1e-4};
  for (const Type& type : inputs)
    result.inputs.push_back(random_literal(type, 11 + result.inputs.size()));
  return result;
}

Type f32(Shape shape) { return {ElementType::f32, std::move(shape)}; }

struct Slide {
  std::string name;
  Shape input, kernel;
  Convolution convolution;
};

Convolution channels_last(size_t spatial_rank, const std::function<void(Convolution&)>& change) {
  Convolution c = Convolution::channels_last(spatial_rank);
  change(c);
  return c;
}

/// The gradient of a kernel: features of the input as examples, examples as features.
void exchange_for_kernel_gradient(Convolution& c) {
  std::swap(c.input_batch, c.input_feature);
  c.kernel_input_feature = 0;
  c.kernel_output_feature = 3;
  c.kernel_spatial = {1, 2};
  c.output_batch = 2;
  c.output_feature = 3;
  c.output_spatial = {0, 1};
}

const std::vector<Slide>& slides() {
  auto pad = [](int64_t low, int64_t high) {
    return [=](Convolution& c) {
      c.padding_low = Integers(c.padding_low.size(), low);
      c.padding_high = Integers(c.padding_high.size(), high);
    };
  };
  static const std::vector<Slide> all = {
      {"plain", {2, 9, 13, 5}, {3, 3, 5, 32}, channels_last(2, [](auto&) {})},
      {"one_channel", {2, 12, 15, 1}, {3, 3, 1, 24}, channels_last(2, [](auto&) {})},
      {"same", {2, 8, 14, 6}, {3, 3, 6, 16}, channels_last(2, pad(1, 1))},
      {"wide", {1, 4, 56, 3}, {5, 5, 3, 16}, channels_last(2, pad(2, 2))},
      {"uneven", {1, 7, 11, 3}, {2, 4, 3, 7}, channels_last(2, pad(1, 2))},
      {"cropped", {2, 9, 9, 4}, {3, 3, 4, 8}, channels_last(2, pad(-1, -2))},
      {"strides",
       {2, 9, 14, 4},
       {3, 3, 4, 16},
       channels_last(2,
                     [](Convolution& c) {
                       c.window_strides = {2, 3};
                       c.padding_low = {1, 0};
                     })},
      {"dilated",
       {2, 11, 12, 4},
       {3, 3, 4, 16},
       channels_last(2,
                     [](Convolution& c) {
                       c.rhs_dilation = {2, 3};
                       c.padding_low = {0, 2};
                     })},
      {"gaps",
       {2, 5, 6, 4},
       {3, 3, 4, 16},
       channels_last(2,
                     [](Convolution& c) {
                       c.lhs_dilation = {2, 3};
                       c.padding_low = {2, 1};
                       c.padding_high = {2, 3};
                     })},
      {"groups",
       {2, 6, 7, 8},
       {3, 3, 2, 12},
       channels_last(2,
                     [](Convolution& c) {
                       c.feature_group_count = 4;
                       c.padding_low = {1, 1};
                     })},
      {"depthwise",
       {2, 6, 8, 32},
       {3, 3, 1, 32},
       channels_last(2,
                     [](Convolution& c) {
                       c.feature_group_count = 32;
                       c.padding_low = c.padding_high = {1, 1};
                     })},
      {"batch_groups",
       {8, 5, 6, 3},
       {3, 3, 3, 12},
       channels_last(2, [](Convolution& c) { c.batch_group_count = 4; })},
      {"input_gradient",
       {2, 11, 11, 8},
       {3, 3, 16, 8},
       channels_last(2,
                     [&](Convolution& c) {
                       std::swap(c.kernel_input_feature, c.kernel_output_feature);
                       pad(2, 2)(c);
                     })},
      {"kernel_gradient",
       {4, 9, 10, 8},
       {4, 7, 8, 16},
       channels_last(2, exchange_for_kernel_gradient)},
      {"first_kernel_gradient",
       {16, 28, 28, 1},
       {16, 28, 28, 32},
       channels_last(2,
                     [&](Convolution& c) {
                       exchange_for_kernel_gradient(c);
                       pad(1, 1)(c);
                     })},
      {"depthwise_gradient",
       {4, 9, 10, 8},
       {4, 7, 8, 8},
       channels_last(2,
                     [](Convolution& c) {
                       exchange_for_kernel_gradient(c);
                       c.batch_group_count = 8;
                     })},
      {"transposed_gradient",
       {4, 7, 8, 8},
       {4, 9, 10, 6},
       channels_last(2,
                     [&](Convolution& c) {
                       exchange_for_kernel_gradient(c);
                       std::swap(c.output_batch, c.output_feature);
                       pad(4, 4)(c);
                     })},
      {"channels_first",
       {2, 5, 8, 9},
       {6, 5, 3, 3},
       channels_last(2,
                     [&](Convolution& c) {
                       c.input_feature = c.output_feature = c.kernel_input_feature = 1;
                       c.kernel_output_feature = 0;
                       c.input_spatial = c.output_spatial = c.kernel_spatial = {2, 3};
                       pad(1, 1)(c);
                     })},
      // Kernels larger than a cache: blocks.
      {"many_channels", {2, 9, 13, 160}, {3, 3, 160, 70}, channels_last(2, pad(1, 1))},
      {"many_channels_gradient",
       {2, 9, 13, 160},
       {3, 3, 70, 160},
       channels_last(2,
                     [&](Convolution& c) {
                       std::swap(c.kernel_input_feature, c.kernel_output_feature);
                       pad(1, 1)(c);
                     })},
      {"deep", {1, 8, 8, 2053}, {1, 1, 2053, 70}, channels_last(2, [](auto&) {})},
      // Extents that no tile divides.
      {"ragged", {2, 7, 31, 5}, {3, 3, 5, 37}, channels_last(2, pad(1, 1))},
      {"ragged_depthwise",
       {2, 6, 13, 37},
       {3, 3, 1, 37},
       channels_last(2,
                     [](Convolution& c) {
                       c.feature_group_count = 37;
                       c.padding_low = c.padding_high = {1, 1};
                     })},
      {"ragged_groups",
       {2, 6, 7, 6},
       {3, 3, 2, 57},
       channels_last(2, [](Convolution& c) { c.feature_group_count = 3; })},
      {"ragged_input_gradient",
       {2, 11, 13, 19},
       {3, 3, 37, 19},
       channels_last(2,
                     [&](Convolution& c) {
                       std::swap(c.kernel_input_feature, c.kernel_output_feature);
                       pad(2, 2)(c);
                     })},
      {"ragged_kernel_gradient",
       {4, 15, 13, 5},
       {4, 15, 13, 37},
       channels_last(2,
                     [&](Convolution& c) {
                       exchange_for_kernel_gradient(c);
                       pad(1, 1)(c);
                     })},
      {"ragged_transposed_gradient",
       {4, 7, 8, 19},
       {4, 9, 10, 21},
       channels_last(2,
                     [&](Convolution& c) {
                       exchange_for_kernel_gradient(c);
                       std::swap(c.output_batch, c.output_feature);
                       pad(4, 4)(c);
                     })},
      {"rank1", {3, 20, 4}, {5, 4, 8}, channels_last(1, pad(4, 0))},
      {"rank3", {2, 5, 6, 7, 3}, {2, 3, 2, 3, 8}, channels_last(3, pad(1, 0))},
      {"rank0", {6, 5}, {5, 8}, channels_last(0, [](auto&) {})},
      {"padding_only", {2, 0, 3, 4}, {2, 2, 4, 8}, channels_last(2, pad(1, 1))},
  };
  return all;
}

Tensors convolve(const Slide& slide, const Tensors& x) {
  return {ir::convolution(x[0], x[1], slide.convolution)};
}

TEST(ConvolutionKernels, EveryAttributeAgrees) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"convolution", "serial"}) {
    for (const Slide& slide : slides()) {
      if (slide.name == "padding_only" && kind == std::string("convolution")) continue;
      cases.push_back(random_case(fmt::format("{}_{}", slide.name, kind), kind,
                                  {f32(slide.input), f32(slide.kernel)},
                                  [&](Builder&, const Tensors& x) { return convolve(slide, x); }));
      // f32 sums of 12,544 products.
      if (slide.name == "first_kernel_gradient") cases.back().absolute = 1e-3;
    }
  }
  expect_kernels_agree(cases, 8);
}

TEST(ConvolutionKernels, EpiloguesAgree) {
  auto forward = [](Builder&, const Tensors& x) {
    const Tensor y = ir::convolution(x[0], x[1], Convolution::channels_last(2));
    const Tensor z = y + ir::broadcast_to(x[2], y.shape());
    return Tensors{ir::maximum(z, 0.0), ir::compare(z, "GT", 0.0)};
  };
  auto turned = [](Builder&, const Tensors& x) {
    Convolution c = Convolution::channels_last(2);
    std::swap(c.kernel_input_feature, c.kernel_output_feature);
    c.padding_low = c.padding_high = {2, 2};
    const Tensor y = ir::convolution(x[0], ir::reverse(x[1], {0, 1}), c);
    return Tensors{ir::select(ir::compare(x[2], "GT", 0.0), y, 0.0)};
  };
  auto momentum = [](Builder&, const Tensors& x) {
    Convolution c = Convolution::channels_last(2);
    exchange_for_kernel_gradient(c);
    const Tensor gradient = ir::convolution(x[0], x[1], c);
    const Tensor velocity = 0.9 * x[3] - 0.1 * gradient;
    return Tensors{x[2] + velocity, velocity};
  };
  const std::vector<FusionCase> cases = {
      random_case("bias_relu", "convolution",
                  {f32({4, 13, 13, 16}), f32({3, 3, 16, 32}), f32({32})}, forward),
      random_case("relu_gradient", "convolution",
                  {f32({4, 11, 11, 32}), f32({3, 3, 16, 32}), f32({4, 13, 13, 16})}, turned),
      random_case(
          "update", "convolution",
          {f32({8, 13, 13, 16}), f32({8, 11, 11, 32}), f32({3, 3, 16, 32}), f32({3, 3, 16, 32})},
          momentum),
      random_case(
          "first_update", "convolution",
          {f32({8, 28, 28, 1}), f32({8, 26, 26, 32}), f32({3, 3, 1, 32}), f32({3, 3, 1, 32})},
          momentum),
  };
  for (int threads : {1, 8}) expect_kernels_agree(cases, threads);
}

TEST(ConvolutionKernels, EveryElementTypeAgrees) {
  std::vector<FusionCase> cases;
  for (ElementType element :
       {ElementType::f64, ElementType::f16, ElementType::bf16, ElementType::i32}) {
    auto each = random_case(
        std::string(ir::name_of(element)), "convolution",
        {{element, {2, 8, 9, 5}}, {element, {3, 3, 5, 16}}}, [](Builder&, const Tensors& x) {
          return Tensors{ir::convolution(x[0], x[1], Convolution::channels_last(2))};
        });
    if (element == ElementType::f16) each.relative = 1e-2;
    if (element == ElementType::bf16) each.relative = each.absolute = 5e-2;
    cases.push_back(std::move(each));
  }
  expect_kernels_agree(cases);
}

struct Pool {
  std::string name;
  Shape input;
  ir::Window window;
};

const std::vector<Pool>& pools() {
  static const std::vector<Pool> all = {
      {"halves", {2, 8, 6, 33}, {{1, 2, 2, 1}, {1, 2, 2, 1}, {}, {}, {}}},
      {"odd", {2, 11, 7, 16}, {{1, 2, 2, 1}, {1, 2, 2, 1}, {}, {}, {}}},
      {"same", {1, 11, 7, 8}, {{1, 2, 2, 1}, {1, 2, 2, 1}, {0, 0, 0, 0}, {0, 1, 1, 0}, {}}},
      {"overlapping", {2, 9, 8, 16}, {{1, 3, 3, 1}, {1, 2, 2, 1}, {0, 1, 0, 0}, {0, 1, 1, 0}, {}}},
      {"dense", {1, 7, 8, 5}, {{1, 3, 2, 1}, {1, 1, 1, 1}, {0, 1, 1, 0}, {0, 1, 0, 0}, {}}},
      {"sparse", {1, 9, 11, 16}, {{1, 2, 2, 1}, {1, 3, 4, 1}, {}, {}, {}}},
      {"cropped", {1, 9, 9, 16}, {{1, 2, 2, 1}, {1, 2, 2, 1}, {0, -1, -2, 0}, {0, -1, 0, 0}, {}}},
      {"channels_first",
       {2, 3, 9, 12},
       {{1, 1, 3, 3}, {1, 1, 2, 2}, {0, 0, 1, 1}, {0, 0, 1, 1}, {}}},
      {"all_dimensions", {4, 6}, {{2, 3}, {2, 1}, {1, 1}, {1, 1}, {}}},
      {"vector", {30}, {{4}, {2}, {1}, {1}, {}}},
      {"whole", {3, 7, 5, 16}, {{1, 7, 5, 1}, {1, 1, 1, 1}, {}, {}, {}}},
  };
  return all;
}

TEST(WindowKernels, ReduceWindowAgrees) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"window", "serial"}) {
    for (const char* reducer : {"add", "maximum", "minimum"}) {
      for (const Pool& pool : pools()) {
        auto body = [&pool, reducer](Builder&, const Tensors& x) {
          return Tensors{ir::reduce_window(x[0], reducer, pool.window)};
        };
        cases.push_back(random_case(fmt::format("{}_{}_{}", pool.name, reducer, kind), kind,
                                    {f32(pool.input)}, body));
      }
    }
    auto gaps = [](Builder&, const Tensors& x) {
      return Tensors{ir::reduce_window(
          x[0], "add", {{1, 2, 2, 1}, {}, {0, 1, 1, 0}, {0, 1, 1, 0}, {1, 2, 2, 1}})};
    };
    cases.push_back(random_case(fmt::format("gaps_{}", kind), kind, {f32({2, 5, 4, 16})}, gaps));
  }
  expect_kernels_agree(cases, 4);
}

TEST(WindowKernels, SelectAndScatterAgrees) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"window", "serial"}) {
    for (const char* direction : {"GE", "LE"}) {
      for (const Pool& pool : pools()) {
        std::vector<ir::WindowDimension> windows;
        for (size_t d = 0; d < pool.input.size(); ++d) {
          auto entry = [&](const Integers& list, int64_t otherwise) {
            return list.empty() ? otherwise : list[d];
          };
          windows.push_back({pool.input[d], entry(pool.window.dimensions, 1),
                             entry(pool.window.strides, 1), entry(pool.window.padding_low, 0),
                             entry(pool.window.padding_high, 0)});
        }
        auto body = [&pool, direction](Builder&, const Tensors& x) {
          const Tensor dx = ir::select_and_scatter(x[0], x[1], direction, pool.window);
          return Tensors{ir::select(ir::compare(x[0], "GT", 0.0), dx, 0.0)};
        };
        auto each = random_case(fmt::format("{}_{}_{}", pool.name, direction, kind), kind,
                                {f32(pool.input), f32(ir::window_counts(windows))}, body);
        // Many equal elements, as after relu.
        for (int64_t i = 0; i < each.inputs[0].type().count(); ++i)
          each.inputs[0].set(i, std::round(each.inputs[0].get(i)));
        cases.push_back(std::move(each));
      }
    }
  }
  expect_kernels_agree(cases, 4);
}

TEST(WindowKernels, NaNIsChosenAsTheDefinitionSays) {
  auto body = [](Builder&, const Tensors& x) {
    return Tensors{ir::select_and_scatter(x[0], x[1], "GE", {{2, 1}, {2, 1}, {}, {}, {}}),
                   ir::reduce_window(x[0], "maximum", {{1, 1}, {1, 1}, {}, {}, {}})};
  };
  auto each = random_case("nan", "serial", {f32({8, 16}), f32({4, 16})}, body);
  for (int64_t at : {0, 17, 33, 48, 49}) each.inputs[0].set(at, std::nan(""));
  expect_kernels_agree({each});
}

}  // namespace
}  // namespace kiln::tests
