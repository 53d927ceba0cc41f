// What an operation is: Keras's name, its arguments, what it means, and the function that builds it
// in ops. Its result's types and shapes follow from what the function builds (operation.cc).
//
//   define("Mean", "x; axis=None, keepdims=False", "the mean along axes",
//          [](Floats x, AxesArgument axes, bool keepdims) -> Expected<Tensor> { ... });
//
// The function's parameters are the signature's arguments, in their order; their types say how they
// are read (arguments.h). It gives a tensor or several, or why there is none: what does not fit
// must be found before an op is built of it.
#pragma once

#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "frontend/keras/operations/arguments.h"

namespace kiln::keras {

using Tensors = std::vector<ir::Tensor>;

struct OperationDefinition {
  std::string_view name;       ///< Keras's class
  std::string_view signature;  ///< signature.h
  std::string_view meaning;    ///< a line for the reference
  Expected<Tensors> (*apply)(const OperationCall& call);
  std::vector<std::string_view> (*types)();  ///< of the arguments
};

namespace operation_detail {

inline Expected<Tensors> as_tensors(ir::Tensor result) { return Tensors{result}; }
inline Expected<Tensors> as_tensors(Tensors results) { return results; }
template <typename T>
Expected<Tensors> as_tensors(Expected<T> results) {
  if (!results) return results.error();
  return as_tensors(std::move(*results));
}

/// The parameter from the next arguments.
template <typename T>
Expected<T> read_next(const OperationCall& call, size_t& at) {
  const size_t first = at;
  at += kArgumentsOf<T>;
  T value{};
  KILN_TRY(read_argument(value, call, first));
  return value;
}

template <typename Function, typename Result, typename... P>
struct Adapter {
  static Expected<Tensors> apply(const OperationCall& call) {
    size_t at = 0;
    // Braces have their elements evaluated in order.
    std::tuple<Expected<P>...> read{read_next<P>(call, at)...};
    return std::apply(
        [](auto&... each) -> Expected<Tensors> {
          const Diagnostic* error = nullptr;
          ((error = !error && !each ? &each.error() : error), ...);
          if (error) return *error;
          return as_tensors(Function{}(std::move(*each)...));
        },
        read);
  }
  static std::vector<std::string_view> types() {
    std::vector<std::string_view> names;
    (names.insert(names.end(), kArgumentsOf<P>, argument_type(static_cast<const P*>(nullptr))),
     ...);
    return names;
  }
};

template <typename Function, typename Result, typename... P>
Adapter<Function, Result, std::decay_t<P>...> adapter_of(Result (Function::*)(P...) const);

}  // namespace operation_detail

/// `function`: without captures.
template <typename Function>
OperationDefinition define(std::string_view name, std::string_view signature,
                           std::string_view meaning, Function) {
  using Adapter = decltype(operation_detail::adapter_of<Function>(&Function::operator()));
  return {name, signature, meaning, Adapter::apply, Adapter::types};
}

using Definitions = std::vector<OperationDefinition>;

}  // namespace kiln::keras
