// How the time of every pass grows with the number of ops.
//   pass_time [SHAPE...]     default: all shapes
// Training steps of 1,000, 3,000 and 10,000 ops, counted behind `differentiate`, go through the
// whole pipeline. A row is a pass: milliseconds, microseconds for each op, and the last column the
// microseconds at 10,000 ops over those at 1,000: 1 where a pass is linear. CPU time, the least of
// several runs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ir/builder.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/pass.h"

namespace kiln {
namespace {

using ir::Tensor;

constexpr size_t kSizes[] = {1000, 3000, 10000};
constexpr int kRuns = 3;

template <typename T>
T must(Expected<T> value) {
  if (value) return std::move(*value);
  fmt::print(stderr, "{}\n", value.error().to_string());
  std::exit(2);
}

/// A training step in the making: weights that the loss's gradient moves.
class Step {
 public:
  Step() : function_(module_.add_function("train_step")), builder_(function_.body, "step") {}

  Tensor input(const ir::Shape& shape) { return argument(shape, ir::Binding::plain(next("x"))); }
  Tensor weight(const ir::Shape& shape) {
    const std::string name = next("w");
    ir::Variable& variable = module_.variables.emplace_back();
    variable.name = name;
    variable.type = {ir::ElementType::f32, shape};
    weights_.push_back(argument(shape, ir::Binding::variable(name)));
    return weights_.back();
  }

  ir::Module finish(Tensor loss) {
    const std::vector<Tensor> gradients = gradient(loss, weights_);
    for (size_t i = 0; i < weights_.size(); ++i) {
      const std::string name = module_.variables[i].name;
      function_.add_result((weights_[i] - gradients[i] * 0.01).value, ir::Binding::variable(name));
    }
    function_.add_result(loss.value, ir::Binding::plain("loss"));
    return std::move(module_);
  }

 private:
  std::string next(const char* kind) { return fmt::format("{}{}", kind, count_++); }
  Tensor argument(const ir::Shape& shape, ir::Binding binding) {
    return builder_.wrap(function_.add_argument({ir::ElementType::f32, shape}, std::move(binding)));
  }

  ir::Module module_;
  ir::Function& function_;
  ir::Builder builder_;
  std::vector<Tensor> weights_;
  size_t count_ = 0;
};

Tensor dense(Step& step, Tensor x, int64_t units) {
  return dot(x, step.weight({x.shape()[1], units})) + step.weight({units});
}

/// Dense layers one after the other: large ones, each op a kernel's, or small ones.
ir::Module chain(size_t layers, int64_t width) {
  Step step;
  Tensor x = step.input({width, width});
  for (size_t i = 0; i < layers; ++i) x = maximum(dense(step, x, width), 0);
  return step.finish(sum(square(x)));
}

/// A square of cells that each read the one above and the one on the left.
ir::Module grid(size_t cells, int64_t width) {
  const auto side = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(cells))));
  Step step;
  const Tensor x = step.input({width, width});
  std::vector<Tensor> row(std::max<size_t>(side, 1), x);
  for (size_t i = 0; i < row.size(); ++i) {
    Tensor left = x;
    for (Tensor& above : row) left = above = tanh(above + dot(left, step.weight({width, width})));
  }
  return step.finish(sum(square(row.back())));
}

/// Batch normalization, whose statistics are small, between large products.
ir::Module normalized(size_t layers, int64_t width) {
  Step step;
  Tensor x = step.input({width, width});
  for (size_t i = 0; i < layers; ++i) {
    x = dot(x, step.weight({width, width}));
    const Tensor centered = x - mean(x, {0}, true);
    const Tensor scale = rsqrt(mean(square(centered), {0}, true) + 1e-3);
    x = maximum(centered * (scale * step.weight({1, width})) + step.weight({1, width}), 0);
  }
  return step.finish(sum(square(x)));
}

/// Blocks in which each layer reads all before it, as DenseNet's do.
ir::Module dense_blocks(size_t layers, int64_t width) {
  constexpr size_t kBlock = 16;
  Step step;
  Tensor x = step.input({width, width});
  for (size_t i = 0; i < layers; ++i) {
    if (i % kBlock == 0) x = dense(step, x, width);
    x = ir::concatenate({x, maximum(dense(step, x, width / 4), 0)}, 1);
  }
  return step.finish(sum(square(x)));
}

/// Layers with a residual, all of which read one large mask.
ir::Module masked(size_t layers, int64_t width) {
  Step step;
  Tensor x = step.input({width, width});
  const Tensor mask = step.input({width, width});
  for (size_t i = 0; i < layers; ++i) x = x + tanh(dense(step, x, width)) * mask;
  return step.finish(sum(square(x)));
}

using Build = std::function<ir::Module(size_t units)>;

const std::vector<std::pair<std::string, Build>>& shapes() {
  static const std::vector<std::pair<std::string, Build>> all = {
      {"chain", [](size_t n) { return chain(n, 128); }},
      {"small_chain", [](size_t n) { return chain(n, 16); }},
      {"grid", [](size_t n) { return grid(n, 128); }},
      {"small_grid", [](size_t n) { return grid(n, 16); }},
      {"normalized", [](size_t n) { return normalized(n, 128); }},
      {"dense_blocks", [](size_t n) { return dense_blocks(n, 128); }},
      {"masked", [](size_t n) { return masked(n, 128); }},
  };
  return all;
}

size_t op_count(const ir::Module& module) { return module.functions[0]->body.ops().size(); }

/// Ops behind `differentiate`.
size_t differentiated_op_count(ir::Module module) {
  must((*passes::find_pass(passes::pipeline(), "differentiate", "benchmark"))->run(module));
  return op_count(module);
}

/// Milliseconds, by what took them.
using Times = std::vector<std::pair<std::string, double>>;

struct Measured {
  size_t ops = 0;
  Times times;
};

void measure(Times& times, const std::string& name, const std::function<void()>& work) {
  const std::clock_t start = std::clock();
  work();
  times.emplace_back(name,
                     1e3 * static_cast<double>(std::clock() - start) / double{CLOCKS_PER_SEC});
}

Times measure_once(const Build& build, size_t units) {
  Times times;
  ir::Module module;
  measure(times, "build", [&] { module = build(units); });
  std::string text;
  measure(times, "print", [&] { text = ir::print(module); });
  measure(times, "parse", [&] { module = must(ir::parse_module(text, "module")); });
  double verify = 0;
  for (const passes::Pass& pass : passes::pipeline()) {
    measure(times, std::string(pass.name), [&] { must(pass.run(module)); });
    measure(times, "verify", [&] { must(ir::verify(module)); });
    verify += times.back().second;
    times.pop_back();
  }
  times.emplace_back("verify", verify);
  return times;
}

/// The least of several runs, for each row.
Measured measure_size(const Build& build, size_t size) {
  constexpr size_t kProbe = 36;
  const double ops_per_unit = static_cast<double>(differentiated_op_count(build(kProbe))) / kProbe;
  const auto units = static_cast<size_t>(std::lround(static_cast<double>(size) / ops_per_unit));
  Measured measured{differentiated_op_count(build(units)), measure_once(build, units)};
  for (int run = 1; run < kRuns; ++run) {
    const Times again = measure_once(build, units);
    for (size_t i = 0; i < again.size(); ++i)
      measured.times[i].second = std::min(measured.times[i].second, again[i].second);
  }
  return measured;
}

void print_table(const std::string& shape, const Build& build) {
  std::vector<Measured> sizes;
  for (size_t size : kSizes) sizes.push_back(measure_size(build, size));
  fmt::print("{:<14}", shape);
  for (const Measured& size : sizes) fmt::print("{:>12} ops        ", size.ops);
  fmt::print("{:>8}\n", "ratio");
  for (size_t row = 0; row < sizes[0].times.size(); ++row) {
    fmt::print("  {:<12}", sizes[0].times[row].first);
    std::vector<double> each;  // microseconds an op
    for (const Measured& size : sizes) {
      const double milliseconds = size.times[row].second;
      each.push_back(1e3 * milliseconds / static_cast<double>(size.ops));
      fmt::print("{:>10.2f} ms {:>7.3f} us", milliseconds, each.back());
    }
    fmt::print("{:>8.2f}\n", each.back() / each.front());
  }
}

}  // namespace
}  // namespace kiln

int main(int argc, char** argv) {
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  for (const auto& [name, build] : kiln::shapes()) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end())
      kiln::print_table(name, build);
  }
}
