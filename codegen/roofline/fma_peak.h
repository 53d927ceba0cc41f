// The roof of arithmetic: how many fused multiply-adds this machine does.
#pragma once

namespace kiln::codegen {

/// f32 FLOP/s of `threads` threads that do nothing but independent multiply-adds in the widest
/// vectors.
double fma_peak(int threads);

}  // namespace kiln::codegen
