// Threefry-2x32 with 20 rounds: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
// 1, 2, 3" (SC 2011).
#pragma once

#include <cstdint>

namespace kiln::ir {

/// Rotations of the rounds, repeated with period 8.
inline constexpr int kThreefryRotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
inline constexpr uint32_t kThreefryParity = 0x1BD11BDA;
inline constexpr int kThreefryRounds = 20;

/// The first word of the block for counter (index, stream) under a 64-bit key.
inline uint32_t random_bits(uint64_t key, uint32_t stream, uint32_t index) {
  const uint32_t k[3] = {
      static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32),
      kThreefryParity ^ static_cast<uint32_t>(key) ^ static_cast<uint32_t>(key >> 32)};
  uint32_t x0 = index + k[0];
  uint32_t x1 = stream + k[1];
  for (int round = 0; round < kThreefryRounds; ++round) {
    const int r = kThreefryRotations[round % 8];
    x0 += x1;
    x1 = ((x1 << r) | (x1 >> (32 - r))) ^ x0;
    if (round % 4 != 3) continue;
    const uint32_t injection = static_cast<uint32_t>(round / 4 + 1);
    x0 += k[injection % 3];
    x1 += k[(injection + 1) % 3] + injection;
  }
  return x0;
}

}  // namespace kiln::ir
