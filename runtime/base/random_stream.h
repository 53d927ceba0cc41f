// Random numbers for generated data: the same on every machine.
#pragma once

#include <cstdint>

namespace kiln::runtime {

/// Training and test examples are drawn by different streams.
enum class DataPart { kTrain, kTest };

/// The stream of one example. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014 (SplitMix64).
class RandomStream {
 public:
  RandomStream(uint64_t seed, DataPart part, uint64_t index) {
    // Each value passes through the mixer, so that neighbouring seeds share nothing.
    state_ = seed;
    state_ = next() ^ (part == DataPart::kTrain ? 0x7261696e : 0x74657374);
    state_ = next() ^ index;
    state_ = next();
  }

  uint64_t next() {
    uint64_t value = state_ += 0x9e3779b97f4a7c15;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
  }

  /// An integer in [low, high], all alike (to 2^-32: the ranges here are short).
  int64_t uniform(int64_t low, int64_t high) {
    const auto range = static_cast<uint64_t>(high - low + 1);
    return low + static_cast<int64_t>((next() >> 32) * range >> 32);
  }

  /// An integer in [-spread, spread], bell-shaped; its standard deviation is spread / 3.
  int64_t bell(int64_t spread) {
    return (uniform(-spread, spread) + uniform(-spread, spread) + uniform(-spread, spread)) / 3;
  }

 private:
  uint64_t state_;
};

}  // namespace kiln::runtime
