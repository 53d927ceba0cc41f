#include "codegen/kernels/double_constants.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace kiln::codegen {

Halide::Expr DoublesByBits::visit(const Halide::Internal::FloatImm* constant) {
  const double value = constant->value;
  const bool is_single =
      std::isfinite(value) && static_cast<double>(static_cast<float>(value)) == value;
  if (constant->type.bits() != 64 || is_single) return constant;
  const Halide::Expr bits =
      Halide::Internal::make_const(Halide::UInt(64), std::bit_cast<uint64_t>(value));
  return Halide::reinterpret(constant->type, bits);
}

}  // namespace kiln::codegen
