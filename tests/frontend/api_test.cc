// The C++ API with data and options that a user may get wrong, and what it gives for the right
// ones.
#include "frontend/kiln.h"
#include "gtest/gtest.h"

namespace kiln {
namespace {

Array floats(std::vector<int64_t> dims, const std::vector<float>& values) {
  return runtime::copy_of(KILN_F32, std::move(dims), values.data());
}

template <typename T>
std::string error_of(const Expected<T>& result) {
  return result ? "no error" : result.error().to_string();
}

TEST(Api, IdsOutsideTheVocabularyAreAnError) {
  Sequential model({Input({3}), Embedding(6, 2), Flatten(), Dense(1)});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Array y = floats({2, 1}, {1, 2});
  const Array good = floats({2, 3}, {0, 1, 2, 3, 4, 5}), wrong = floats({2, 3}, {0, 1, 2, 3, 6, 5});
  EXPECT_TRUE(model.fit(good, y, {.verbose = 0}));
  const std::string says =
      "error: x: row 1, element 1 (counted from 0) is 6, but the model's input \"input_layer\" "
      "takes ids from a vocabulary of 6, 0 to 5\n";
  for (const std::string& error :
       {error_of(model.fit(wrong, y, {.verbose = 0})),
        error_of(model.evaluate(wrong, y, {.verbose = 0})), error_of(model.predict(wrong))}) {
    EXPECT_EQ(error.substr(0, says.size()), says);
  }
}

}  // namespace
}  // namespace kiln
