// Ops that look at more than one element: movement, reductions, contractions, random bits, and how
// they go together in fusions of each kind.
#include <fmt/format.h>
#include <gtest/gtest.h>

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

/// A case over random inputs of these types.
FusionCase random_case(const std::string& name, const std::string& kind,
                       const std::vector<Type>& inputs, Body body, double relative = 0,
                       double absolute = 0) {
  FusionCase result{name, kind, {}, std::move(body), relative, absolute};
  for (const Type& type : inputs)
    result.inputs.push_back(random_literal(type, 11 + result.inputs.size()));
  return result;
}

Type f32(ir::Shape shape) { return {ElementType::f32, std::move(shape)}; }

TEST(MovementKernels, Agree) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"pointwise", "serial"}) {
    auto add = [&](const std::string& name, const std::vector<Type>& inputs, Body body) {
      cases.push_back(random_case(name + "_" + kind, kind, inputs, std::move(body)));
    };
    add("broadcast", {f32({5, 1})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::broadcast_in_dim(x[0], {7, 5, 33}, {1, 2})};
    });
    add("broadcast_scalar", {f32({})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::broadcast_in_dim(x[0], {3, 21}, {})};
    });
    add("reshape", {f32({6, 35})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::reshape(x[0], {3, 14, 5})};
    });
    add("reshape_units", {f32({4, 1, 9})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::reshape(x[0], {1, 36})};
    });
    add("flatten", {f32({2, 5, 7, 3})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::reshape(x[0], {2, 105})};
    });
    add("to_scalar", {f32({1, 1})},
        [](Builder&, const Tensors& x) { return Tensors{ir::reshape(x[0], {})}; });
    add("transpose", {f32({5, 17})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::transpose(x[0], {1, 0})};
    });
    add("transpose3", {f32({3, 18, 5})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::transpose(x[0], {2, 0, 1})};
    });
    for (int64_t columns : {5, 16, 17, 50}) {
      add(fmt::format("backwards{}", columns), {f32({3, columns})},
          [](Builder&, const Tensors& x) { return Tensors{x[0] + ir::reverse(x[0], {1})}; });
    }
    add("slice", {f32({9, 40})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::slice(x[0], {1, 3}, {9, 38}, {3, 2})};
    });
    add("reverse", {f32({4, 19})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::reverse(x[0], {0, 1})};
    });
    add("concatenate", {f32({3, 5}), f32({3, 16}), f32({3, 2})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::concatenate({x[0], x[1], x[2]}, 1)};
    });
    add("concatenate_rows", {f32({3, 5}), f32({1, 5})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::concatenate({x[0], x[1]}, 0)};
    });
    add("pad", {f32({5, 7})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::pad(x[0], 0.5, {2, 1}, {0, 3})};
    });
    add("pad_interior", {f32({5, 7})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::pad(x[0], -1, {1, 0}, {2, 2}, {1, 2})};
    });
    add("crop", {f32({5, 30})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::pad(x[0], 9, {-1, -3}, {2, -4})};
    });
    add("booleans", {{ElementType::i1, {4, 19}}}, [](Builder&, const Tensors& x) {
      return Tensors{ir::transpose(ir::logical_not(x[0]), {1, 0})};
    });
    add("iota", {}, [](Builder& b, const Tensors&) {
      return Tensors{b.iota({ElementType::i32, {3, 20}}, 0),
                     b.iota({ElementType::f32, {3, 20}}, 1)};
    });
    add("dense_constant", {f32({3})}, [](Builder& b, const Tensors& x) {
      return Tensors{x[0] + b.constant(Literal::from_values(f32({3}), {0.5, -1, 4}))};
    });
  }
  expect_kernels_agree(cases);
}

TEST(MovementKernels, EmptyTensorsAreNeverRead) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"pointwise", "serial"}) {
    auto add = [&](const std::string& name, const std::vector<Type>& inputs, Body body) {
      cases.push_back(random_case(name + "_" + kind, kind, inputs, std::move(body)));
    };
    add("reshape", {f32({0, 3})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::reshape(x[0], {5, 0})};
    });
    add("constant", {}, [](Builder& b, const Tensors&) {
      return Tensors{b.constant(Literal(f32({0, 4})))};
    });
    add("pad", {f32({0})},
        [](Builder&, const Tensors& x) { return Tensors{ir::pad(x[0], 2, {3}, {4})}; });
    add("concatenate", {f32({0, 3}), f32({2, 3})}, [](Builder&, const Tensors& x) {
      return Tensors{ir::concatenate({x[0], x[1]}, 0)};
    });
    add("slice", {f32({4})},
        [](Builder&, const Tensors& x) { return Tensors{ir::slice(x[0], {2}, {2})}; });
  }
  auto sum = [](Builder&, const Tensors& x) {
    return Tensors{ir::sum(x[0], {0}), ir::reduce(x[0], "maximum", {0})};
  };
  cases.push_back(random_case("sum", "serial", {f32({0, 3})}, sum));
  auto dot = [](Builder&, const Tensors& x) { return Tensors{ir::dot(x[0], x[1])}; };
  cases.push_back(random_case("dot", "serial", {f32({4, 0}), f32({0, 5})}, dot));
  expect_kernels_agree(cases);
}

TEST(ReduceKernels, EveryReducerAgrees) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"serial", "reduction"}) {
    for (const char* reducer : {"add", "multiply", "maximum", "minimum"}) {
      for (ElementType element :
           {ElementType::f32, ElementType::f64, ElementType::i32, ElementType::u8}) {
        for (const ir::Integers& dims : {ir::Integers{1}, {0}, {0, 1, 2}, {0, 2}, {}}) {
          const std::string name =
              fmt::format("{}_{}_{}_{}", kind, reducer, ir::name_of(element), fmt::join(dims, ""));
          auto body = [=](Builder&, const Tensors& x) {
            return Tensors{ir::reduce(x[0], reducer, dims)};
          };
          cases.push_back(random_case(name, kind, {{element, {3, 19, 5}}}, body, 1e-5, 1e-5));
        }
      }
    }
    for (const char* reducer : {"and", "or"}) {
      auto body = [=](Builder&, const Tensors& x) {
        return Tensors{ir::reduce(x[0], reducer, {1})};
      };
      cases.push_back(random_case(fmt::format("{}_{}", kind, reducer), kind,
                                  {{ElementType::i1, {40, 2}}}, body));
    }
  }
  expect_kernels_agree(cases);
}

TEST(ReduceKernels, LargeOnesAreCutIntoTasks) {
  struct Large {
    ir::Shape shape;
    ir::Integers dims;
  };
  const std::vector<Large> all = {
      {{8, 26, 26, 32}, {0, 1, 2}},     // a bias's gradient
      {{11, 33, 13, 20}, {0, 1, 2}},    // pieces of unequal size
      {{16, 26, 26, 32}, {1, 2}},       // global pooling
      {{13, 9, 50, 33}, {3, 1}},        // rows and columns, not in memory's order
      {{300, 700}, {1}},                // long rows
      {{6000, 10}, {1}},                // short rows
      {{6000, 10}, {0}},                // few columns
      {{40, 26, 3, 33}, {0, 1, 2, 3}},  // everything
      {{100003}, {0}},
      {{300, 1021}, {0}},  // columns that vectors do not divide
      {{40, 26, 61}, {1}},
      {{700, 37}, {0}},
  };
  std::vector<FusionCase> cases;
  for (const Large& large : all) {
    for (const char* reducer : {"add", "maximum"}) {
      auto body = [&large, reducer](Builder&, const Tensors& x) {
        const Tensor y = ir::reduce(ir::square(x[0] - 0.5), reducer, large.dims);
        return Tensors{ir::sqrt(y), 2.0 * y};
      };
      cases.push_back(random_case(fmt::format("{}_{}", reducer, cases.size()), "reduction",
                                  {f32(large.shape)}, body, 1e-5, 1e-5));
    }
  }
  for (int threads : {1, 8}) expect_kernels_agree(cases, threads);
}

TEST(ReduceKernels, ConstantsAreSummed) {
  auto count = [](Builder& b, const Tensors& x) {
    return Tensors{x[0] + ir::sum(b.constant(1, f32({20, 35})), {0})};
  };
  auto windows = [](Builder& b, const Tensors& x) {
    return Tensors{x[0] + ir::reduce_window(b.constant(1, f32({35})), "add", {{3}, {}, {1}, {1}})};
  };
  expect_kernels_agree({random_case("count", "serial", {f32({35})}, count),
                        random_case("windows", "serial", {f32({35})}, windows)});
}

TEST(ReduceKernels, ExtremesKeepNaN) {
  std::vector<FusionCase> cases;
  for (const char* reducer : {"maximum", "minimum"}) {
    for (int64_t dimension : {0, 1}) {
      auto body = [=](Builder&, const Tensors& x) {
        return Tensors{ir::reduce(x[0], reducer, {dimension})};
      };
      auto each =
          random_case(fmt::format("{}_{}", reducer, dimension), "serial", {f32({9, 20})}, body);
      for (int64_t at : {0, 25, 59, 179}) each.inputs[0].set(at, std::nan(""));
      cases.push_back(std::move(each));
    }
  }
  expect_kernels_agree(cases);
}

/// An element is compared with the extreme that it is: computed twice, it might differ in its last
/// bit and not be found.
TEST(ReduceKernels, ExtremesAreFoundAgain) {
  std::vector<FusionCase> cases;
  for (const char* reducer : {"maximum", "minimum"}) {
    for (int64_t columns : {1, 3, 7, 16, 35}) {
      auto body = [=](Builder& b, const Tensors& x) {
        const ir::Shape& shape = x[0].shape();
        const Tensor length =
            ir::broadcast_in_dim(ir::rsqrt(ir::sum(ir::square(x[0]), {1}, true)), shape, {0, 1, 2});
        const Tensor y = x[0] * length * ir::broadcast_in_dim(x[1], shape, {1});
        const Tensor found =
            ir::compare(y, "EQ", ir::broadcast_in_dim(ir::reduce(y, reducer, {1}), shape, {0, 2}));
        const Tensor ones = b.constant(1, y.type());
        return Tensors{ir::sum(ir::select(found, ones, 0), {1}),
                       ir::sum(ir::select(found, x[0] * length, 0), {0, 2}),
                       ir::sum(ir::select(found, ones, 0) * x[0], {1})};
      };
      cases.push_back(random_case(fmt::format("{}_{}", reducer, columns), "serial",
                                  {f32({4, 8, columns}), f32({8})}, body, 1e-5, 1e-5));
    }
  }
  expect_kernels_agree(cases);
}

TEST(ReduceKernels, SoftmaxCrossEntropyInOneKernel) {
  auto body = [](Builder& b, const Tensors& x) {
    Tensor logits = x[0];
    Tensor shifted =
        logits - ir::broadcast_in_dim(ir::reduce(logits, "maximum", {1}), logits.shape(), {0});
    Tensor e = ir::exp(shifted);
    Tensor p = e / ir::broadcast_in_dim(ir::reduce(e, "add", {1}), logits.shape(), {0});
    Tensor one_hot = ir::convert(ir::compare(b.iota({ElementType::i32, logits.shape()}, 1), "EQ",
                                             ir::broadcast_in_dim(x[1], logits.shape(), {0})),
                                 ElementType::f32);
    Tensor loss = ir::mean(-ir::sum(one_hot * ir::log(p), {1}), {0});
    return Tensors{p - one_hot, loss, ir::argmax(p, 1)};
  };
  auto each =
      random_case("softmax", "serial", {f32({32, 10}), {ElementType::i32, {32}}}, body, 1e-5, 1e-6);
  for (int64_t i = 0; i < 32; ++i) each.inputs[1].set_int(i, i % 10);
  expect_kernels_agree({each});
}

struct Product {
  ir::Shape lhs, rhs;
  ir::DotGeneral dims;
};

const std::vector<Product> kProducts = {
    {{32, 784}, {784, 128}, {{}, {}, {1}, {0}}},    // dense
    {{32, 128}, {32, 48}, {{}, {}, {0}, {0}}},      // a weight's gradient
    {{32, 10}, {128, 10}, {{}, {}, {1}, {1}}},      // an input's gradient: rhs transposed
    {{7, 13}, {13, 11}, {{}, {}, {1}, {0}}},        // odd sizes
    {{1, 5}, {5, 1}, {{}, {}, {1}, {0}}},           // vectors
    {{4, 6, 8}, {4, 8, 16}, {{0}, {0}, {2}, {1}}},  // batched
    {{4, 8, 6}, {16, 4, 8}, {{0}, {1}, {1}, {2}}},  // batched, transposed
    {{3, 5, 12}, {12, 20}, {{}, {}, {2}, {0}}},     // time-distributed dense
    {{5, 3, 4}, {3, 4, 17}, {{}, {}, {1, 2}, {0, 1}}},
    {{3, 5, 4}, {4, 3, 17}, {{}, {}, {0, 2}, {1, 0}}},  // sums in the order of neither
};

TEST(ContractionKernels, EveryLayoutAgrees) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"contraction", "serial"}) {
    for (size_t i = 0; i < kProducts.size(); ++i) {
      const Product& product = kProducts[i];
      auto body = [&product](Builder&, const Tensors& x) {
        return Tensors{ir::dot_general(x[0], x[1], product.dims)};
      };
      cases.push_back(random_case(fmt::format("{}_{}", kind, i), kind,
                                  {f32(product.lhs), f32(product.rhs)}, body, 1e-5, 1e-4));
    }
  }
  expect_kernels_agree(cases);
}

/// Stacks of matrices are cut into tasks of whole matrices, or of parts where they are few.
TEST(ContractionKernels, StacksAreCutIntoTasks) {
  std::vector<FusionCase> cases;
  const std::vector<Product> products = {
      {{21, 32, 96}, {64, 96}, {{}, {}, {2}, {1}}},                  // one right operand, packed
      {{21, 32, 96}, {96, 64}, {{}, {}, {2}, {0}}},                  // not packed
      {{2, 48, 64}, {128, 64}, {{}, {}, {2}, {1}}},                  // fewer than threads
      {{6, 5, 32, 24}, {6, 5, 40, 24}, {{0, 1}, {0, 1}, {3}, {3}}},  // attention's scores
      {{2, 7, 32, 24}, {24, 2, 40}, {{0}, {1}, {3}, {0}}},           // a right operand for a few
      {{3, 64, 32}, {16, 32, 3}, {{0}, {2}, {2}, {1}}},
  };
  for (size_t i = 0; i < products.size(); ++i) {
    auto body = [&product = products[i]](Builder&, const Tensors& x) {
      return Tensors{ir::maximum(ir::dot_general(x[0], x[1], product.dims), 0.0)};
    };
    cases.push_back(random_case(fmt::format("stack_{}", i), "contraction",
                                {f32(products[i].lhs), f32(products[i].rhs)}, body, 1e-5, 1e-4));
  }
  for (int threads : {1, 4}) expect_kernels_agree(cases, threads);
}

/// Extents that no tile divides: the last vectors are partly filled, the last rows come twice.
TEST(ContractionKernels, TilesNeedNotDivideTheResult) {
  std::vector<FusionCase> cases;
  const std::vector<Product> products = {
      {{61, 37}, {37, 131}, {{}, {}, {1}, {0}}},     // dense
      {{61, 37}, {131, 37}, {{}, {}, {1}, {1}}},     // packed
      {{37, 61}, {37, 131}, {{}, {}, {0}, {0}}},     // a weight's gradient
      {{17, 29}, {29, 31}, {{}, {}, {1}, {0}}},      // two vectors
      {{1, 53}, {53, 67}, {{}, {}, {1}, {0}}},       // one row
      {{103, 19}, {19, 3}, {{}, {}, {1}, {0}}},      // less than a vector
      {{13, 2050}, {2050, 59}, {{}, {}, {1}, {0}}},  // the sums are split
      {{3, 2, 61, 23}, {3, 2, 59, 23}, {{0, 1}, {0, 1}, {3}, {3}}},
      {{3, 2, 61, 59}, {3, 2, 59, 23}, {{0, 1}, {0, 1}, {3}, {2}}},
      {{5, 7, 13}, {13, 47}, {{}, {}, {2}, {0}}},
  };
  for (const char* kind : {"contraction", "serial"}) {
    for (size_t i = 0; i < products.size(); ++i) {
      auto body = [&product = products[i]](Builder&, const Tensors& x) {
        return Tensors{ir::tanh(ir::dot_general(x[0], x[1], product.dims))};
      };
      cases.push_back(random_case(fmt::format("{}_{}", kind, i), kind,
                                  {f32(products[i].lhs), f32(products[i].rhs)}, body, 1e-5, 1e-4));
    }
  }
  for (int threads : {1, 4}) expect_kernels_agree(cases, threads);
}

/// Products that are larger than a cache: blocks of rows, chunks of the sums.
TEST(ContractionKernels, LargeOnesAreSummedInBlocks) {
  std::vector<FusionCase> cases;
  const std::vector<Product> products = {
      {{300, 1500}, {1500, 70}, {{}, {}, {1}, {0}}},
      {{300, 1500}, {70, 1500}, {{}, {}, {1}, {1}}},  // packed by transposing
      {{1511, 67}, {1511, 133}, {{}, {}, {0}, {0}}},  // a prime extent is summed
      {{70, 40}, {40, 1100}, {{}, {}, {1}, {0}}},     // rows far apart in memory
      {{67, 40}, {40, 1061}, {{}, {}, {1}, {0}}},
      {{64, 3, 700}, {3, 700, 65}, {{}, {}, {1, 2}, {0, 1}}},
  };
  for (size_t i = 0; i < products.size(); ++i) {
    auto body = [&product = products[i]](Builder&, const Tensors& x) {
      return Tensors{ir::tanh(ir::dot_general(x[0], x[1], product.dims))};
    };
    cases.push_back(random_case(fmt::format("blocks_{}", i), "contraction",
                                {f32(products[i].lhs), f32(products[i].rhs)}, body, 1e-5, 2e-4));
  }
  for (int threads : {1, 4}) expect_kernels_agree(cases, threads);
}

/// An operand that is computed in the kernel is read as far as it reaches.
TEST(ContractionKernels, TilesReadComputedOperands) {
  auto body = [](Builder&, const Tensors& x) {
    return Tensors{ir::dot(x[0] * 2.0, ir::exp(x[1])),
                   ir::dot(x[2], ir::convert(ir::compare(x[1], "GT", 0.0), ElementType::f32))};
  };
  expect_kernels_agree({random_case(
      "computed", "serial", {f32({19, 23}), f32({23, 37}), f32({11, 23})}, body, 1e-5, 1e-4)});
}

TEST(ContractionKernels, EveryElementTypeAgrees) {
  std::vector<FusionCase> cases;
  auto body = [](Builder&, const Tensors& x) { return Tensors{ir::dot(x[0], x[1])}; };
  for (ElementType element : {ElementType::f64, ElementType::i32, ElementType::i8}) {
    const std::string name(ir::name_of(element));
    cases.push_back(random_case(name, "contraction", {{element, {8, 24}}, {element, {24, 32}}},
                                body, 1e-12, 1e-12));
    cases.push_back(random_case(name + "_ragged", "contraction",
                                {{element, {13, 23}}, {element, {23, 37}}}, body, 1e-12, 1e-12));
  }
  for (ElementType element : {ElementType::f16, ElementType::bf16}) {
    cases.push_back(random_case(std::string(ir::name_of(element)), "contraction",
                                {{element, {13, 23}}, {element, {23, 37}}}, body, 1e-2, 1e-2));
  }
  expect_kernels_agree(cases);
}

TEST(ContractionKernels, EpiloguesAgree) {
  auto dense = [](Builder&, const Tensors& x) {
    Tensor y = ir::dot(x[0], x[1]);
    return Tensors{ir::maximum(y + ir::broadcast_in_dim(x[2], y.shape(), {1}), 0.0)};
  };
  auto two_outputs = [](Builder&, const Tensors& x) {
    Tensor y = ir::dot(x[0], x[1]);
    y = y + ir::broadcast_in_dim(x[2], y.shape(), {1});
    return Tensors{ir::tanh(y), ir::compare(y, "GT", 0.0)};
  };
  auto sgd = [](Builder&, const Tensors& x) {
    Tensor gradient = ir::dot_general(x[0], x[1], {{}, {}, {0}, {0}});
    return Tensors{x[2] - 0.1 * gradient, 0.9 * x[3] + gradient};
  };
  const std::vector<Type> forward = {f32({32, 64}), f32({64, 128}), f32({128})};
  const std::vector<Type> backward = {f32({32, 64}), f32({32, 128}), f32({64, 128}),
                                      f32({64, 128})};
  const std::vector<Type> ragged_forward = {f32({31, 64}), f32({64, 61}), f32({61})};
  const std::vector<Type> ragged_backward = {f32({32, 67}), f32({32, 61}), f32({67, 61}),
                                             f32({67, 61})};
  const std::vector<FusionCase> cases = {
      random_case("dense", "contraction", forward, dense, 1e-5, 1e-4),
      random_case("two_outputs", "contraction", forward, two_outputs, 1e-5, 1e-4),
      random_case("sgd", "contraction", backward, sgd, 1e-5, 1e-4),
      random_case("ragged_dense", "contraction", ragged_forward, dense, 1e-5, 1e-4),
      random_case("ragged_two_outputs", "contraction", ragged_forward, two_outputs, 1e-5, 1e-4),
      random_case("ragged_sgd", "contraction", ragged_backward, sgd, 1e-5, 1e-4),
  };
  for (int threads : {1, 3}) expect_kernels_agree(cases, threads);
}

TEST(RandomKernels, BitsAreThreefry) {
  std::vector<FusionCase> cases;
  for (const char* kind : {"pointwise", "serial"}) {
    auto bits = [](Builder&, const Tensors& x) {
      auto [state, drawn] = ir::rng_bit_generator(x[0], {5, 21});
      return Tensors{state, drawn, ir::uniform(drawn, -1, 1)};
    };
    auto each = random_case(std::string("bits_") + kind, kind, {{ElementType::i64, {2}}}, bits);
    each.inputs[0].set_int(0, INT64_C(0x123456789abcdef0));
    each.inputs[0].set_int(1, 7);
    cases.push_back(std::move(each));
  }
  expect_kernels_agree(cases);
}

/// Halide could take all that is computed from elements at constant places for one expression.
TEST(SerialKernels, SingleElementsOfManyOpsCompile) {
  auto polynomial = [](Tensor drawn) {
    const Tensor t = -ir::log(ir::uniform(drawn, 0.1, 1)) - 0.5;
    Tensor y = t;
    for (int i = 0; i < 12; ++i) y = y * t + 0.1 * i;
    return ir::select(ir::compare(t, "LT", 0.0), y, ir::sqrt(ir::maximum(t, 0.1)));
  };
  auto random = [=](Builder&, const Tensors& x) {
    auto [state, drawn] = ir::rng_bit_generator(x[0], {1, 1});
    return Tensors{state, polynomial(drawn)};
  };
  auto from_another_state = [=](Builder& b, const Tensors& x) {
    auto [state, unused] = ir::rng_bit_generator(x[0], {1});
    auto [next, drawn] = ir::rng_bit_generator(state + b.constant(3, x[0].type()), {1});
    return Tensors{next, polynomial(drawn)};
  };
  auto chain = [](Builder&, const Tensors& x) {
    Tensor y = x[0];
    for (int i = 0; i < 12; ++i) {
      y = ir::tanh(ir::logistic(ir::maximum(y, -3.0)) * y + 0.5);
      y = y * y - ir::minimum(y, 0.3) * ir::exp(-y);
    }
    return Tensors{y};
  };
  const Type state{ElementType::i64, {2}};
  expect_kernels_agree({random_case("random", "serial", {state}, random, 1e-5, 1e-6),
                        random_case("state", "serial", {state}, from_another_state, 1e-5, 1e-6),
                        random_case("chain", "serial", {f32({1, 1})}, chain, 1e-4, 1e-5),
                        random_case("short_chain", "serial", {f32({3})}, chain, 1e-4, 1e-5)});
}

/// Rows that vectors do not divide, with results that may lie over operands.
TEST(PointwiseKernels, RowsEndInMaskedVectors) {
  std::vector<FusionCase> cases;
  for (const ir::Shape& shape :
       {ir::Shape{3, 37}, {2, 5, 61}, {1021}, {7, 17}, {600, 131}, {5, 1}}) {
    auto body = [](Builder&, const Tensors& x) {
      const Tensor y = x[0] * x[1] + 1.0;
      return Tensors{ir::exp(y), ir::sqrt(ir::abs(y)) / x[0], ir::compare(y, "GT", 0.0)};
    };
    cases.push_back(random_case(fmt::format("{}", fmt::join(shape, "x")), "pointwise",
                                {f32(shape), f32(shape)}, body, 1e-5, 1e-5));
  }
  for (int threads : {1, 4}) expect_kernels_agree(cases, threads);
}

TEST(PointwiseKernels, LargeOnesRunInParallel) {
  auto adam = [](Builder&, const Tensors& x) {
    Tensor m = 0.9 * x[1] + 0.1 * x[3], v = 0.999 * x[2] + 0.001 * ir::square(x[3]);
    return Tensors{x[0] - 0.001 * m / (ir::sqrt(v) + 1e-7), m, v};
  };
  std::vector<FusionCase> cases;
  for (const ir::Shape& shape : {ir::Shape{784, 128}, {100352}, {7, 111, 129}}) {
    cases.push_back(random_case(fmt::format("adam{}", shape.size()), "pointwise",
                                {f32(shape), f32(shape), f32(shape), f32(shape)}, adam, 1e-5,
                                1e-6));
    for (size_t i = 0; i < 4; ++i) cases.back().inputs[i] = random_literal(f32(shape), i, 0.1, 1);
  }
  for (int threads : {1, 4}) expect_kernels_agree(cases, threads);
}

TEST(PointwiseKernels, ReluKeepsNaN) {
  auto relu = [](Builder&, const Tensors& x) {
    return Tensors{ir::maximum(x[0], 0.0), ir::minimum(x[0], 6.0)};
  };
  auto each = random_case("relu", "pointwise", {f32({40})}, relu);
  each.inputs[0].set(3, std::nan(""));
  each.inputs[0].set(39, std::nan(""));
  expect_kernels_agree({each});
}

}  // namespace
}  // namespace kiln::tests
