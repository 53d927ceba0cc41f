#include "frontend/keras/optimizers/adafactor.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

Tensor root_mean_square(Tensor x) {
  return sqrt(sum(square(x)) / static_cast<double>(x.type().count()));
}

ir::Shape without(ir::Shape shape, int64_t from_back) {
  shape.erase(shape.end() - from_back);
  return shape;
}

/// The mean squares that the rows' and the columns' means say.
Tensor joined(Tensor rows, Tensor columns, const ir::Shape& shape) {
  ir::Shape row_shape = shape, column_shape = shape;
  row_shape.back() = 1;
  column_shape[column_shape.size() - 2] = 1;
  const Tensor share = rows / mean(rows, {rows.rank() - 1}, true);
  return reshape(share, row_shape) * reshape(columns, column_shape);
}

}  // namespace

/// A vector's rows and columns are placeholders, as in Keras's files.
std::vector<std::vector<Slot>> Adafactor::slots(const NamedType& weight) const {
  const ir::Type placeholder{ir::ElementType::i32, {}};
  const ir::Shape& shape = weight.type.shape;
  if (shape.size() < 2)
    return {{Slot{"row", 0, placeholder}, Slot{"column", 0, placeholder}, Slot{"velocity"}}};
  const ir::Type rows{ir::ElementType::f32, without(shape, 1)};
  const ir::Type columns{ir::ElementType::f32, without(shape, 2)};
  return {{Slot{"row", 0, rows}, Slot{"column", 0, columns}, Slot{"velocity"}}};
}

Prepared Adafactor::prepare(const StepScalars& step) const {
  const Tensor limit = 1.0 / sqrt(step.step);
  return {{minimum(step.learning_rate, limit), 1.0 - power(step.step, beta_2_decay)}, {}};
}

WeightUpdate Adafactor::update(const WeightUpdate& before, std::span<const Tensor> prepared) const {
  const Tensor &g = before.gradient, &beta_2 = prepared[1];
  const Tensor squares = before.squared_gradient() + epsilon_1;
  auto running_mean = [&](Tensor mean, Tensor x) { return mean * beta_2 + x * (1.0 - beta_2); };
  WeightUpdate after{{}, {}, before.slots};
  const int64_t rank = g.rank();
  if (rank >= 2) {
    after.slots[0] = running_mean(before.slots[0], mean(squares, {rank - 1}));
    after.slots[1] = running_mean(before.slots[1], mean(squares, {rank - 2}));
    after.slots[2] = joined(after.slots[0], after.slots[1], g.shape());
  } else {
    after.slots[2] = running_mean(before.slots[2], squares);
  }
  const Tensor direction = g / sqrt(after.slots[2]);
  const Tensor clipped = direction / maximum(root_mean_square(direction) / clip_threshold, 1.0);
  const Tensor size = maximum(root_mean_square(before.weight), epsilon_2) * prepared[0];
  after.weight = before.weight - clipped * size;
  return after;
}

OptionList Adafactor::own_options() {
  return {{"beta_2_decay", &beta_2_decay, "power of the step in the running mean of squares"},
          {"epsilon_1", &epsilon_1, "added to the squares"},
          {"epsilon_2", &epsilon_2, "the least length of a weight that scales its step"},
          {"clip_threshold", &clip_threshold, "largest root mean square of a step"},
          {"relative_step", &relative_step,
           "Keras writes it; the step is at most 1 / sqrt(steps) in any case"}};
}

}  // namespace kiln::keras
