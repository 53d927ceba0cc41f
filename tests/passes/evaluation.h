// Functions of tensors for tests: built from a lambda, evaluated by the interpreter, compared.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/builder.h"
#include "ir/literal.h"
#include "ir/module.h"

namespace kiln::passes {

/// What a test builds: results from arguments.
using Formula = std::function<std::vector<ir::Tensor>(ir::Builder& builder,
                                                      const std::vector<ir::Tensor>& arguments)>;

/// A module of one function "main" whose inputs "x0", "x1", ... have those types.
ir::Module module_of(const std::vector<ir::Type>& types, const Formula& formula,
                     const std::string& location = "model");

/// What "main" gives for those arguments, by position.
std::vector<ir::Literal> evaluate(const ir::Module& module,
                                  const std::vector<ir::Literal>& arguments);

/// Uniform in [low, high), rounded to the element type.
ir::Literal random_literal(const ir::Type& type, double low, double high, std::mt19937_64& random);

/// Equal types and equal bits; any NaN equals any other.
::testing::AssertionResult same_bits(const ir::Literal& expected, const ir::Literal& actual);

/// The names of main's ops in order, separated by spaces.
std::string op_names(const ir::Module& module);
/// How many ops of that name main has.
int count_ops(const ir::Module& module, std::string_view name);

}  // namespace kiln::passes
