// gather and scatter in kernels of each kind, against the interpreter.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/indexing.h"
#include "tests/codegen/fusion_case.h"

namespace kiln::tests {
namespace {

using ir::Builder;
using ir::ElementType;
using ir::Literal;
using ir::Tensor;
using ir::Type;
using Tensors = std::vector<Tensor>;
using Body = std::function<Tensors(Builder&, const Tensors&)>;

Type f32(ir::Shape shape) { return {ElementType::f32, std::move(shape)}; }

/// Indices from -1 to `extent`: at both ends out of range, some of them twice.
Literal indices(ir::Shape shape, int64_t extent, ElementType element = ElementType::i32) {
  Literal literal({element, std::move(shape)});
  for (int64_t i = 0; i < literal.type().count(); ++i)
    literal.set_int(i, i * 7 % (extent + 2) - (element == ElementType::u8 ? 0 : 1));
  return literal;
}

TEST(GatherKernels, Agree) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"pointwise", "serial"}) {
    auto add = [&](const std::string& name, std::vector<Literal> inputs, Body body) {
      cases.push_back({name + "_" + kind, kind, std::move(inputs), std::move(body)});
    };
    const Literal table = random_literal(f32({9, 35}), 3);
    for (ElementType element :
         {ElementType::i8, ElementType::u8, ElementType::i16, ElementType::i32, ElementType::i64}) {
      add(fmt::format("rows_{}", ir::name_of(element)), {table, indices({4, 3}, 9, element)},
          [](Builder&, const Tensors& x) { return Tensors{ir::take(x[0], x[1], 0)}; });
    }
    add("columns", {table, indices({21}, 35)},
        [](Builder&, const Tensors& x) { return Tensors{ir::take(x[0], x[1], 1)}; });
    add("elements", {table, indices({2, 37}, 9)}, [](Builder&, const Tensors& x) {
      return Tensors{ir::gather(x[0], x[1], {{}, {0, 1}, {1, 0}, 0})};
    });
    add("rows_first", {table, indices({6, 1}, 9)}, [](Builder&, const Tensors& x) {
      return Tensors{ir::gather(x[0], x[1], {{0}, {0}, {0}, 1})};
    });
    add("of_what_was_computed", {table, indices({17}, 9)}, [](Builder&, const Tensors& x) {
      return Tensors{ir::take(ir::tanh(x[0]), x[1] + 1.0, 0) * 2.0};
    });
    add("booleans", {random_literal({ElementType::i1, {40}}, 5), indices({33}, 40)},
        [](Builder&, const Tensors& x) { return Tensors{ir::take(x[0], x[1], 0)}; });
    add("no_indices", {table, indices({0}, 9)},
        [](Builder&, const Tensors& x) { return Tensors{ir::take(x[0], x[1], 0)}; });
  }
  for (FusionCase& each : cases) each.absolute = 1e-6;
  expect_kernels_agree(cases);
}

/// Kernels of one kind that add rows to a table.
std::vector<FusionCase> scatter_cases(const char* kind) {
  std::vector<FusionCase> cases;
  auto add = [&](const std::string& name, std::vector<Literal> inputs, Body body) {
    cases.push_back({name + "_" + kind, kind, std::move(inputs), std::move(body), 1e-5, 1e-5});
  };
  auto rows = [](Builder&, const Tensors& x) {
    return Tensors{ir::scatter_add(x[0], x[1], x[2], {{2}, {0}, {0}, 2})};
  };
  for (ElementType element : {ElementType::f32, ElementType::f64, ElementType::i32}) {
    add(fmt::format("rows_{}", ir::name_of(element)),
        {random_literal({element, {9, 64}}, 3), indices({4, 7}, 9),
         random_literal({element, {4, 7, 64}}, 4)},
        rows);
  }
  add("odd_columns",
      {random_literal(f32({9, 35}), 3), indices({4, 7}, 9, ElementType::i64),
       random_literal(f32({4, 7, 35}), 4)},
      rows);
  add("in_the_middle",
      {random_literal(f32({3, 9, 40}), 3), indices({11}, 9), random_literal(f32({11, 3, 40}), 4)},
      [](Builder&, const Tensors& x) {
        return Tensors{ir::scatter_add(x[0], x[1], x[2], {{1, 2}, {1}, {1}, 1})};
      });
  add("adam",
      {random_literal(f32({9, 48}), 3, 0.1, 1), random_literal(f32({9, 48}), 4, 0.1, 1),
       random_literal(f32({9, 48}), 5, 0.1, 1), indices({20}, 9), random_literal(f32({20, 48}), 6)},
      [](Builder& b, const Tensors& x) {
        const Tensor g =
            ir::scatter_add(b.constant(0, x[0].type()), x[3], x[4], {{1}, {0}, {0}, 1});
        const Tensor m = 0.9 * x[1] + 0.1 * g, v = 0.999 * x[2] + 0.001 * ir::square(g);
        return Tensors{x[0] - 0.001 * m / (ir::sqrt(v) + 1e-7), m, v};
      });
  add("no_rows", {random_literal(f32({9, 32}), 3), indices({0}, 9), Literal(f32({0, 32}))},
      [](Builder&, const Tensors& x) {
        return Tensors{ir::scatter_add(x[0], x[1], x[2], {{1}, {0}, {0}, 1})};
      });
  return cases;
}

TEST(ScatterKernels, Agree) {
  for (int threads : {1, 3}) expect_kernels_agree(scatter_cases("scatter"), threads);
}

TEST(ScatterKernels, AgreeAmongSmallOps) {
  std::vector<FusionCase> cases = scatter_cases("serial");
  cases.push_back(
      {"computed_places",
       "serial",
       {random_literal(f32({8, 11}), 3), random_literal(f32({8, 4, 5}), 4)},
       [](Builder& b, const Tensors& x) {
         const ir::Type index{ElementType::i32, {4, 5}};
         const Tensor place = b.iota(index, 0) * 2.0 + b.iota(index, 1);
         const Tensor within = ir::maximum(ir::minimum(place, 10.0), 0.0);
         const Tensor sums = ir::scatter_add(x[0], within, x[1], {{0}, {1}, {1}, 2});
         return Tensors{ir::gather(sums, within, {{0}, {1}, {1}, 2}), ir::reduce(sums, "add", {1})};
       },
       1e-5,
       1e-5});
  cases.push_back(
      {"elements",
       "serial",
       {random_literal(f32({9, 35}), 3), indices({2, 37}, 9), random_literal(f32({37}), 4)},
       [](Builder&, const Tensors& x) {
         return Tensors{ir::scatter_add(x[0], x[1], x[2], {{}, {0, 1}, {1, 0}, 0})};
       },
       1e-5,
       1e-5});
  cases.push_back({"one_row",
                   "serial",
                   {random_literal(f32({9, 35}), 3), indices({}, 9), random_literal(f32({35}), 4)},
                   [](Builder&, const Tensors& x) {
                     return Tensors{ir::scatter_add(x[0], x[1] + 3.0, x[2], {{0}, {0}, {0}, 0}),
                                    ir::scatter_add(x[0], x[1], x[2], {{0}, {0}, {0}, 0})};
                   }});
  cases.push_back({"constants",
                   "serial",
                   {random_literal(f32({9, 35}), 3)},
                   [](Builder& builder, const Tensors& x) {
                     const ir::Tensor rows =
                         builder.constant(ir::Literal::splat({ir::ElementType::i32, {20}}, 3));
                     const ir::Tensor ones = builder.constant(ir::Literal::splat(f32({20, 35}), 1));
                     return Tensors{ir::scatter_add(x[0], rows, ones, {{1}, {0}, {0}, 1})};
                   },
                   1e-5,
                   1e-5});
  expect_kernels_agree(cases);
}

}  // namespace
}  // namespace kiln::tests
