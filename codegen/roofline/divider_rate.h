// The roof of divisions: how many this machine does. One unit of a core does them, and square roots,
// a vector in several cycles.
#pragma once

namespace kiln::codegen {

/// f32 numbers a second, of all threads together.
struct DividerRate {
  double divisions = 0;
  double roots = 0;
};

/// Of `threads` threads that do nothing but independent divisions, or square roots, in the vectors
/// that do them fastest.
DividerRate divider_rate(int threads);

}  // namespace kiln::codegen
