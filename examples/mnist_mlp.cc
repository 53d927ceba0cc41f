// The Keras beginner's tutorial in C++: a classifier of handwritten digits.
#include <cstdio>

#include "frontend/kiln.h"

using namespace kiln;

int main() {
  const Dataset digits = value_or_exit(load_dataset("digits"));

  Sequential model({
      Input({784}),
      Dense(128, "relu"),
      Dense(64, "relu"),
      Dense(10, "softmax"),
  });
  model.compile(
      {.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  std::puts(value_or_exit(model.summary()).c_str());

  value_or_exit(
      model.fit(digits.x(), digits.y(), {.epochs = 10, .batch_size = 32, .validation_split = 0.2}));
  value_or_exit(model.evaluate(digits.test_x(), digits.test_y()));

  const Array probabilities = value_or_exit(model.predict(digits.test_x().slice_rows(0, 1)));
  std::puts("The first test image is:");
  for (int digit = 0; digit < 10; ++digit) {
    std::printf("  %d with probability %.4f\n", digit, probabilities.as<float>()[digit]);
  }
}
