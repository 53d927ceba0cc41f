// A small planned model as text: what the passes would give for one dense layer trained by SGD.
#pragma once

namespace kiln::tests {

/// init, train_step, predict_step over 4 rows of 8 features; 3 outputs. Uses every kind of buffer.
inline constexpr const char* kMlp = R"(
module @small attributes {index_limits = [0, 7], inputs = ["a", "b"], label_classes = [3], losses = ["mean_squared_error"], outputs = ["c"], state_bytes = 192, summary = "one\ntwo"} {
  variable @dense/kernel : tensor<8x3xf32> {offset = 0, role = "trainable"}
  variable @count : tensor<i32> {offset = 128, role = "metric"}
  func @init(%0: tensor<i64> "seed") -> (tensor<8x3xf32> @dense/kernel, tensor<i32> @count) attributes {arena_bytes = 0} {
    %1 = constant {value = dense<[1, 2, 3]>} : tensor<3xf32>
    %2, %3 = fusion %1 {buffers = ["state:dense/kernel", "state:count"], kind = "serial"} : tensor<8x3xf32>, tensor<i32> region(%4: tensor<3xf32>) {
      %5 = broadcast_in_dim %4 {broadcast_dimensions = [1]} : tensor<8x3xf32>
      %6 = constant {value = dense<0>} : tensor<i32>
      return %5, %6
    } loc("dense")
    return %2, %3
  }
  func @train_step(%0: tensor<8x3xf32> @dense/kernel, %1: tensor<i32> @count, %2: tensor<4x8xf32> "x", %3: tensor<4x3xf32> "y") -> (tensor<8x3xf32> @dense/kernel, tensor<i32> @count, tensor<f32> "batch_loss") attributes {arena_bytes = 128, arena_lower_bound = 48, batch = 4} {
    %4 = fusion %2, %0, %3 {buffers = ["arena+64"], kind = "contraction"} : tensor<4x3xf32> region(%5: tensor<4x8xf32>, %6: tensor<8x3xf32>, %7: tensor<4x3xf32>) {
      %8 = dot_general %5, %6 {lhs_batching = [], lhs_contracting = [1], rhs_batching = [], rhs_contracting = [0]} : tensor<4x3xf32>
      %9 = subtract %8, %7 : tensor<4x3xf32>
      return %9
    } loc("small/dense")
    %flat = reshape %4 : tensor<12xf32> loc("small/loss")
    %10, %11 = fusion %flat, %1 {buffers = ["output:batch_loss", "state:count"], kind = "serial"} : tensor<f32>, tensor<i32> region(%12: tensor<12xf32>, %13: tensor<i32>) {
      %14 = multiply %12, %12 : tensor<12xf32>
      %15 = reduce %14 {dimensions = [0], reducer = "add"} : tensor<f32>
      %16 = constant {value = dense<1>} : tensor<i32>
      %17 = add %13, %16 : tensor<i32>
      return %15, %17
    } loc("small/loss")
    %18 = fusion %2, %4, %0 {buffers = ["state:dense/kernel"], kind = "contraction"} : tensor<8x3xf32> region(%19: tensor<4x8xf32>, %20: tensor<4x3xf32>, %21: tensor<8x3xf32>) {
      %22 = dot_general %19, %20 {lhs_batching = [], lhs_contracting = [0], rhs_batching = [], rhs_contracting = [0]} : tensor<8x3xf32>
      %23 = constant {value = dense<0.01>} : tensor<8x3xf32>
      %24 = multiply %22, %23 : tensor<8x3xf32>
      %25 = subtract %21, %24 : tensor<8x3xf32>
      return %25
    } loc("small/dense/grad")
    return %18, %11, %10
  }
  func @predict_step(%0: tensor<8x3xf32> @dense/kernel, %1: tensor<4x8xf32> "x") -> (tensor<4x3xf32> "y") attributes {arena_bytes = 0, batch = 4} {
    %2 = fusion %1, %0 {buffers = ["output:y"], kind = "contraction"} : tensor<4x3xf32> region(%3: tensor<4x8xf32>, %4: tensor<8x3xf32>) {
      %5 = dot_general %3, %4 {lhs_batching = [], lhs_contracting = [1], rhs_batching = [], rhs_contracting = [0]} : tensor<4x3xf32>
      return %5
    } loc("small/dense")
    return %2
  }
}
)";

}  // namespace kiln::tests
