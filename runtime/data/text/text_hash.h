// Hashes of texts, the same on every machine: those that TensorFlow's to_hash_bucket functions use.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kiln::runtime {

/// FarmHash's Fingerprint64, that of tf.strings.to_hash_bucket_fast.
/// Source: G. Pike, FarmHash, https://github.com/google/farmhash, farmhashna.
uint64_t farm_fingerprint(std::string_view text);

/// SipHash-2-4, that of tf.strings.to_hash_bucket_strong.
/// Source: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
uint64_t sip_hash(const std::array<uint64_t, 2>& key, std::string_view text);

}  // namespace kiln::runtime
