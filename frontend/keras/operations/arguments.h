// The arguments of one call, read as what an operation's function takes: the types of its
// parameters say how.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "frontend/keras/operations/operands.h"
#include "frontend/keras/operations/signature.h"
#include "frontend/keras/options/data_format.h"

namespace kiln::keras {

/// A call that is lowered: values for all arguments, and the tensors that they name.
struct OperationCall {
  ir::Builder& builder;
  const std::vector<SignatureArgument>& signature;
  const std::vector<Json>& values;
  std::span<const ir::Tensor> tensors;

  bool is_null(size_t at) const;
  /// An error of the argument at this place.
  Diagnostic wrong(size_t at, std::string_view wanted) const;
};

/// The number of the tensor that stands at this place of a call's arguments; nothing where another
/// value stands there.
std::optional<size_t> tensor_number(const Json& value);
/// What stands in a call's arguments for the tensor of that number.
Json tensor_place(size_t number);

// ---- what parameters may be, beside Operand, ir::Tensor, Pair, FloatPair, BoolPair,
// std::vector<Operand>, bool, int64_t, double, std::string and std::optional of them

/// A tensor of floats; integers and truth values become f32.
struct Floats {
  ir::Tensor x;
};
/// The dimensions that a reduction runs over; nothing: all.
struct AxesArgument {
  std::optional<ir::Integers> axes;

  /// In increasing order.
  Expected<ir::Integers> of(ir::Tensor x) const;
};
/// An integer or a list of them.
struct IntegerList {
  ir::Integers values;
  bool is_list = false;
};
/// A result's type; nothing: as the operation says.
struct DtypeArgument {
  std::optional<ir::ElementType> element;
};
/// Where channels are; null is Keras's default, the last dimension.
struct FormatArgument {
  DataFormat format = DataFormat::channels_last;
};
/// As the file has it.
struct AnyArgument {
  const Json* json;
};

// ---- how each is read from the argument at `at`, and what it is called in the reference
Status read_argument(Operand& into, const OperationCall& call, size_t at);
Status read_argument(ir::Tensor& into, const OperationCall& call, size_t at);
Status read_argument(Floats& into, const OperationCall& call, size_t at);
Status read_argument(std::vector<Operand>& into, const OperationCall& call, size_t at);
Status read_argument(Pair& into, const OperationCall& call, size_t at);
Status read_argument(FloatPair& into, const OperationCall& call, size_t at);
Status read_argument(BoolPair& into, const OperationCall& call, size_t at);
Status read_argument(bool& into, const OperationCall& call, size_t at);
Status read_argument(int64_t& into, const OperationCall& call, size_t at);
Status read_argument(double& into, const OperationCall& call, size_t at);
Status read_argument(std::string& into, const OperationCall& call, size_t at);
Status read_argument(IntegerList& into, const OperationCall& call, size_t at);
Status read_argument(AxesArgument& into, const OperationCall& call, size_t at);
Status read_argument(DtypeArgument& into, const OperationCall& call, size_t at);
Status read_argument(FormatArgument& into, const OperationCall& call, size_t at);
Status read_argument(AnyArgument& into, const OperationCall& call, size_t at);
/// Null: nothing.
template <typename T>
Status read_argument(std::optional<T>& into, const OperationCall& call, size_t at) {
  if (call.is_null(at)) return ok();
  T value{};
  KILN_TRY(read_argument(value, call, at));
  into = std::move(value);
  return ok();
}

constexpr std::string_view argument_type(const Operand*) { return "tensor"; }
constexpr std::string_view argument_type(const ir::Tensor*) { return "tensor"; }
constexpr std::string_view argument_type(const Floats*) { return "tensor"; }
constexpr std::string_view argument_type(const Pair*) { return "tensor"; }
constexpr std::string_view argument_type(const std::vector<Operand>*) { return "list of tensors"; }
constexpr std::string_view argument_type(const bool*) { return "boolean"; }
constexpr std::string_view argument_type(const int64_t*) { return "integer"; }
constexpr std::string_view argument_type(const double*) { return "number"; }
constexpr std::string_view argument_type(const std::string*) { return "text"; }
constexpr std::string_view argument_type(const IntegerList*) { return "integers"; }
constexpr std::string_view argument_type(const AxesArgument*) { return "axes"; }
constexpr std::string_view argument_type(const DtypeArgument*) { return "type"; }
constexpr std::string_view argument_type(const FormatArgument*) { return "text"; }
constexpr std::string_view argument_type(const AnyArgument*) { return "value"; }
template <typename T>
constexpr std::string_view argument_type(const std::optional<T>*) {
  return argument_type(static_cast<const T*>(nullptr));
}

/// How many arguments a parameter takes.
template <typename T>
inline constexpr size_t kArgumentsOf = std::is_base_of_v<Pair, T> ? 2 : 1;

}  // namespace kiln::keras
