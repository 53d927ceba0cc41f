// Keras's functional API in C++: one image, two answers. The digit, and whether it is even, are
// read from the same hidden layers.
#include <cstdio>

#include "frontend/kiln.h"

using namespace kiln;

namespace {

/// 1 where the digit is even, else 0: [examples, 1].
Array is_even(const Array& digits) {
  const Array labels = runtime::convert(digits, KILN_I32);
  const Array even = runtime::allocate(KILN_F32, {labels.rows(), 1});
  for (int64_t i = 0; i < labels.rows(); ++i)
    even.as<float>()[i] = labels.as<int32_t>()[i] % 2 == 0 ? 1.0f : 0.0f;
  return even;
}

}  // namespace

int main() {
  const Dataset digits = value_or_exit(load_dataset("digits:train=10000,test=1000"));

  const Input image({784});
  const KerasTensor hidden = Dense(64, "relu")(image);
  const KerasTensor more = Concatenate()({hidden, Dense(32, "relu")(hidden)});
  const KerasTensor digit = Dense({.units = 10, .activation = "softmax", .name = "digit"})(more);
  const KerasTensor even = Dense({.units = 1, .activation = "sigmoid", .name = "even"})(more);
  Model model({image}, {digit, even});

  model.compile(
      {.optimizer = "adam",
       .loss = {{"digit", "sparse_categorical_crossentropy"}, {"even", "binary_crossentropy"}},
       .metrics = {{"digit", {"accuracy"}}, {"even", {"accuracy"}}},
       .loss_weights = {{"digit", 1.0}, {"even", 0.5}}});
  std::puts(value_or_exit(model.summary()).c_str());

  value_or_exit(model.fit(digits.x(), {{"digit", digits.y()}, {"even", is_even(digits.y())}},
                          {.epochs = 5, .validation_split = 0.2}));

  const std::vector<Array> answers =
      value_or_exit(model.predict_all(digits.test_x().slice_rows(0, 1)));
  std::printf("The first test image is even with probability %.4f\n", answers[1].as<float>()[0]);
}
