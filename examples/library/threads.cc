// One library in two threads at once, and how long a prediction takes.
//
//   kiln compile mnist.keras -o libmnist.a --emit=lib
//   c++ -std=c++17 -I. threads.cc libmnist.a -pthread -o threads
//   ./threads
#include <array>
#include <chrono>
#include <cstdio>
#include <thread>

#include "mnist.h"

namespace {

constexpr int kCalls = 20000;

struct Predictor {
  alignas(MNIST_ALIGNMENT) std::array<unsigned char, MNIST_ARENA_BYTES> arena;
  std::array<float, 784> pixels;
  std::array<float, 10> probabilities;

  // Predicts again and again; whether each time gives the same.
  bool run() {
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i % 7) / 7;
    mnist_predict(pixels.data(), probabilities.data(), arena.data());
    const std::array<float, 10> first = probabilities;
    bool same = true;
    for (int i = 0; i < kCalls; ++i) {
      mnist_predict(pixels.data(), probabilities.data(), arena.data());
      same = same && probabilities == first;
    }
    return same;
  }
};

}  // namespace

int main() {
  static Predictor one, other;
  bool same_in_other = false;
  const auto start = std::chrono::steady_clock::now();
  std::thread thread([&] { same_in_other = other.run(); });
  const bool same = one.run();
  thread.join();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  const bool agree = same && same_in_other && one.probabilities == other.probabilities;
  std::printf("%s, %.1f us a prediction\n", agree ? "all the same" : "not the same",
              took.count() / kCalls);
  return agree ? 0 : 1;
}
