#include "tests/random_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/ops/definition.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "tests/random_ops.h"

namespace kiln::tests {

using ir::ElementType;
using ir::Tensor;
using ir::Type;
using ir::Value;

ir::Literal random_literal(const Type& type, Random& random) {
  const bool splat = random.chance(30);
  ir::Literal literal(splat ? Type{type.element, {}} : type);
  for (int64_t i = 0, n = literal.type().count(); i < n; ++i) {
    if (ir::is_float(type.element)) {
      literal.set(i, random.uniform(-2, 2));
    } else {
      literal.set_int(i, random.chance(80) ? random.between(-10, 10)
                                           : random.between(INT32_MIN, INT32_MAX) * 1000003);
    }
  }
  return splat ? ir::Literal::from_bytes(type, true, literal.bytes()) : literal;
}

ir::Literal random_literal(const Type& type, uint64_t seed) {
  Random random(seed);
  return random_literal(type, random).dense();
}

// ---- Pool

bool Pool::integers_allowed() const {
  return options_.roughest == Smoothness::jumps && !options_.integers.empty();
}

ElementType Pool::number_element() {
  return integers_allowed() && random_.chance(30) ? random_.pick(options_.integers)
                                                  : float_element();
}

Type Pool::random_type(ElementType element) {
  Type type{element, {}};
  for (int64_t rank = random_.below(4); rank > 0; --rank)
    type.shape.push_back(random_.between(1, 5));
  if (type.rank() > 0 && random_.chance(2)) type.shape[0] = 0;
  return type;
}

Tensor Pool::any(bool floats, bool integers, bool booleans) {
  for (int attempt = 0; attempt < 20 && !values_.empty(); ++attempt) {
    // Recent values more often: long chains instead of many short ones.
    const int64_t size = static_cast<int64_t>(values_.size());
    const int64_t at =
        size - 1 - random_.below(random_.chance(50) ? std::min<int64_t>(size, 6) : size);
    const Tensor value = values_[static_cast<size_t>(at)];
    const ElementType element = value.type().element;
    if (ir::is_float(element) ? floats : element == ElementType::i1 ? booleans : integers)
      return value;
  }
  if (floats) return of_type(random_type(float_element()));
  if (integers && random_.chance(60)) return of_type(random_type(random_.pick(options_.integers)));
  return of_type(random_type(ElementType::i1));
}

Tensor Pool::any_float() { return any(true, false, false); }
Tensor Pool::number() { return any(true, integers_allowed(), false); }
Tensor Pool::bits() { return any(false, integers_allowed(), true); }
Tensor Pool::anything() { return any(true, integers_allowed(), integers_allowed()); }

Tensor Pool::of_type(const Type& type) {
  std::vector<Tensor> fitting;
  for (const Tensor& value : values_) {
    if (value.type() == type) fitting.push_back(value);
  }
  if (!fitting.empty() && random_.chance(75)) return random_.pick(fitting);
  Value* value = fresh_ && random_.chance(70) ? fresh_(type) : nullptr;
  const Tensor tensor =
      value ? builder_.wrap(value) : builder_.constant(random_literal(type, random_));
  add(tensor);
  return tensor;
}

namespace {

/// Fills a module's functions.
class Generator {
 public:
  Generator(uint64_t seed, const RandomModuleOptions& options) : random_(seed), options_(options) {
    for (const RandomOp& op : random_ops()) {
      if (op.smoothness <= options.roughest) ops_.push_back(op);
    }
    module_.name = fmt::format("random_{}", seed);
  }

  ir::Module generate() {
    for (int i = 0; i < options_.functions; ++i)
      function(module_.add_function(fmt::format("f{}", i)));
    return std::move(module_);
  }

 private:
  void function(ir::Function& function);
  Value* argument(ir::Function& function, const Type& type);
  void apply(Pool& pool);
  void fuse(Pool& pool);
  void results(ir::Function& function, Pool& pool);
  void add_loss(ir::Function& function, Pool& pool);

  Random random_;
  const RandomModuleOptions& options_;
  std::vector<RandomOp> ops_;
  ir::Module module_;
};

/// A new input, a new variable, or one that an earlier function made; null where none is to be had.
Value* Generator::argument(ir::Function& function, const Type& type) {
  const int64_t kind = random_.below(3);
  if (kind == 0) {
    return function.add_argument(
        type, ir::Binding::plain(fmt::format("x{}", function.argument_bindings.size())));
  }
  if (kind == 1) {
    const auto role = static_cast<ir::Role>(random_.below(4));
    const std::string name = fmt::format("v{}", module_.variables.size());
    module_.variables.push_back({name, type, role, {}, "random"});
    return function.add_argument(type, ir::Binding::variable(name));
  }
  for (const ir::Variable& variable : module_.variables) {
    if (variable.type != type || function.variable_argument(variable.name)) continue;
    return function.add_argument(type, ir::Binding::variable(variable.name));
  }
  return nullptr;
}

void Generator::apply(Pool& pool) {
  const RandomOp& op = random_.pick(ops_);
  const ir::LocationScope scope(pool.builder(), op.name);
  const Tensor result = op.apply(pool);
  if (result && result.type().count() <= kLargestRandomTensor) pool.add(result);
}

/// A fusion of a few ops over some of the pool's values.
void Generator::fuse(Pool& pool) {
  std::vector<Value*> operands;
  for (int64_t i = random_.between(1, 3); i > 0; --i) operands.push_back(pool.anything().value);
  auto op = std::make_unique<ir::Op>(*ir::find_op("fusion"), operands,
                                     ir::Attributes{{"kind", std::string("serial")}},
                                     pool.builder().location());
  ir::Region& region = op->add_region();
  ir::Builder builder(region, pool.builder().location());
  Pool inner(builder, random_, options_, {});
  for (const Value* operand : operands)
    inner.add(builder.wrap(region.add_argument(operand->type())));
  const size_t arguments = inner.values().size();
  for (int64_t i = random_.between(1, 4); i > 0; --i) apply(inner);
  std::vector<Value*> results;
  for (size_t i = arguments; i < inner.values().size(); ++i) {
    if (results.empty() || random_.chance(30)) results.push_back(inner.values()[i].value);
  }
  region.set_results(results);
  for (const Value* result : results) op->add_result(result->type());
  ir::Op* appended = pool.builder().region().append(std::move(op));
  for (size_t i = 0; i < appended->result_count(); ++i)
    pool.add(pool.builder().wrap(appended->result(i)));
}

/// New values of some variables, and the last values as outputs.
void Generator::results(ir::Function& function, Pool& pool) {
  const std::vector<ir::Variable> variables = module_.variables;  // the pool may add some
  for (const ir::Variable& variable : variables) {
    if (!function.variable_argument(variable.name) || random_.chance(40)) continue;
    function.add_result(pool.of_type(variable.type).value, ir::Binding::variable(variable.name));
  }
  const size_t size = pool.values().size();
  for (size_t i = size - std::min<size_t>(size, 3); i < size; ++i) {
    function.add_result(pool.values()[i].value,
                        ir::Binding::plain(fmt::format("y{}", function.result_bindings.size())));
  }
}

void Generator::add_loss(ir::Function& function, Pool& pool) {
  const ElementType element = options_.floats.front();
  Tensor loss = pool.builder().scalar(0, element);
  for (const Tensor& value : pool.values()) {
    if (!ir::is_float(value.type().element) || value.type().count() == 0 || random_.chance(30))
      continue;
    const Tensor part = ir::sum(ir::square(ir::convert(value, element)));
    loss = loss + part * (0.125 / static_cast<double>(value.type().count()));
  }
  function.add_result(loss.value, ir::Binding::plain("loss"));
}

void Generator::function(ir::Function& function) {
  ir::Builder builder(function.body, module_.name);
  Pool pool(builder, random_, options_, [&](const Type& type) { return argument(function, type); });
  while (static_cast<int>(function.body.ops().size()) < options_.ops) {
    if (options_.fusions && random_.chance(15)) {
      fuse(pool);
    } else {
      apply(pool);
    }
  }
  results(function, pool);
  if (options_.loss) add_loss(function, pool);
}

}  // namespace

ir::Module random_module(uint64_t seed, const RandomModuleOptions& options) {
  ir::Module module = Generator(seed, options).generate();
  const auto verified = ir::verify(module);
  KILN_CHECK(static_cast<bool>(verified), "random module, seed {}: {}\n{}", seed,
             verified.error().to_string(), ir::print(module));
  return module;
}

RandomValues random_values(const ir::Module& module, const ir::Function& function, uint64_t seed) {
  Random random(seed);
  RandomValues values;
  for (const ir::Variable& variable : module.variables) {
    values.variables[variable.name] = random_literal(variable.type, random).dense();
  }
  for (size_t i = 0; i < function.argument_bindings.size(); ++i) {
    if (function.argument_bindings[i].is_variable) continue;
    values.inputs[function.argument_bindings[i].name] =
        random_literal(function.body.argument(i)->type(), random).dense();
  }
  return values;
}

void add_special_values(RandomValues& values, uint64_t seed) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<double> specials = {std::nan(""), kInfinity, -kInfinity, 0.0, -0.0};
  Random random(seed);
  for (auto* literals : {&values.variables, &values.inputs}) {
    for (auto& [name, literal] : *literals) {
      const int64_t count = literal.type().count();
      if (!ir::is_float(literal.type().element) || count == 0 || random.chance(50)) continue;
      literal.set(random.below(count), random.pick(specials));
    }
  }
}

}  // namespace kiln::tests
