// Random numbers from random bits (ir::rng_bit_generator).
#pragma once

#include <cstdint>

#include "ir/builder.h"

namespace kiln::keras {

/// Standard normal numbers, f32; truncated: none beyond two standard deviations.
ir::Tensor standard_normal(ir::Tensor bits, bool truncated = false);

/// i1: true with that probability, to 2^-32; below 1.
ir::Tensor bernoulli(ir::Tensor bits, double probability);

}  // namespace kiln::keras
