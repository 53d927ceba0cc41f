#include "runtime/data/text/text_hash.h"

#include <bit>
#include <cstddef>
#include <utility>

#include "runtime/base/byte_order.h"

namespace kiln::runtime {
namespace {

// Farm's names of its constants, primes between 2^63 and 2^64.
constexpr uint64_t k0 = 0xc3a5c85c97cb3127, k1 = 0xb492b66fbe98f273, k2 = 0x9ae16a3b2f90404f;

uint64_t word(const char* at) {
  return load_little<uint64_t>(reinterpret_cast<const std::byte*>(at));
}

uint64_t half_word(const char* at) {
  return load_little<uint32_t>(reinterpret_cast<const std::byte*>(at));
}

uint64_t mix_down(uint64_t value) { return value ^ (value >> 47); }

uint64_t combine(uint64_t u, uint64_t v, uint64_t factor) {
  const uint64_t a = mix_down((u ^ v) * factor);
  return mix_down((v ^ a) * factor) * factor;
}

uint64_t farm_to_16(std::string_view text) {
  const char* const s = text.data();
  const uint64_t size = text.size(), factor = k2 + size * 2;
  if (size >= 8) {
    const uint64_t a = word(s) + k2, b = word(s + size - 8);
    return combine(std::rotr(b, 37) * factor + a, (std::rotr(a, 25) + b) * factor, factor);
  }
  if (size >= 4) return combine(size + (half_word(s) << 3), half_word(s + size - 4), factor);
  if (size == 0) return k2;
  const auto byte = [&](uint64_t i) { return static_cast<uint64_t>(static_cast<uint8_t>(s[i])); };
  const uint64_t y = byte(0) + (byte(size >> 1) << 8), z = size + (byte(size - 1) << 2);
  return mix_down((y * k2) ^ (z * k0)) * k2;
}

// What 17 to 32 bytes, and the ends of 33 to 64, come to before the last combination.
struct Ends {
  uint64_t a, b, c, d, factor;

  explicit Ends(std::string_view text, uint64_t first_factor)
      : a(word(text.data()) * first_factor),
        b(word(text.data() + 8)),
        c(word(text.data() + text.size() - 8) * (k2 + text.size() * 2)),
        d(word(text.data() + text.size() - 16) * k2),
        factor(k2 + text.size() * 2) {}

  uint64_t sum() const { return std::rotr(a + b, 43) + std::rotr(c, 30) + d; }
  uint64_t other() const { return a + std::rotr(b + k2, 18) + c; }
};

uint64_t farm_to_32(std::string_view text) {
  const Ends ends(text, k1);
  return combine(ends.sum(), ends.other(), ends.factor);
}

uint64_t farm_to_64(std::string_view text) {
  const char* const s = text.data();
  const Ends ends(text, k2);
  const uint64_t factor = ends.factor, y = ends.sum(), z = combine(y, ends.other(), factor);
  const uint64_t e = word(s + 16) * factor, f = word(s + 24);
  const uint64_t g = (y + word(s + text.size() - 32)) * factor;
  const uint64_t h = (z + word(s + text.size() - 24)) * factor;
  return combine(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + ends.a, 18) + g,
                 factor);
}

using Pair = std::pair<uint64_t, uint64_t>;

// 32 bytes with two seeds.
Pair weak_hash(const char* s, uint64_t a, uint64_t b) {
  const uint64_t w = word(s), x = word(s + 8), y = word(s + 16), z = word(s + 24);
  a += w;
  b = std::rotr(b + a + z, 21);
  const uint64_t c = a;
  a += x + y;
  b += std::rotr(a, 44);
  return {a + z, b + c};
}

// The state that long texts are mixed into, 64 bytes at a time.
struct FarmState {
  uint64_t x = 81, y = 81 * k1 + 113, z = mix_down((81 * k1 + 113) * k2 + 113) * k2;
  Pair v = {0, 0}, w = {0, 0};

  FarmState() { x = x * k2; }

  // `weight`: of the words that earlier bytes left, which the last block counts more.
  void mix(const char* s, uint64_t factor, uint64_t weight) {
    x = std::rotr(x + y + v.first + word(s + 8), 37) * factor;
    y = std::rotr(y + v.second + word(s + 48), 42) * factor;
    x ^= w.second * weight;
    y += v.first * weight + word(s + 40);
    z = std::rotr(z + w.first, 33) * factor;
    v = weak_hash(s, v.second * factor, x + w.first);
    w = weak_hash(s + 32, z + w.second, y + word(s + 16));
    std::swap(z, x);
  }
};

uint64_t farm_long(std::string_view text) {
  const char* s = text.data();
  FarmState state;
  state.x += word(s);
  // The last block has 1 to 64 bytes of its own, and is made whole by those before it.
  const size_t own = (text.size() - 1) % 64;
  const char* const end = s + (text.size() - 1) / 64 * 64;
  for (; s != end; s += 64) state.mix(s, k1, 1);
  const uint64_t factor = k1 + ((state.z & 0xff) << 1);
  state.w.first += own;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.mix(end + own + 1 - 64, factor, 9);
  return combine(combine(state.v.first, state.w.first, factor) + mix_down(state.y) * k0 + state.z,
                 combine(state.v.second, state.w.second, factor) + state.x, factor);
}

// SipHash's four words.
struct SipState {
  uint64_t v0, v1, v2, v3;

  explicit SipState(const std::array<uint64_t, 2>& key)
      : v0(key[0] ^ 0x736f6d6570736575),
        v1(key[1] ^ 0x646f72616e646f6d),
        v2(key[0] ^ 0x6c7967656e657261),
        v3(key[1] ^ 0x7465646279746573) {}

  void round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }

  void take(uint64_t message) {
    v3 ^= message;
    round();
    round();
    v0 ^= message;
  }
};

}  // namespace

uint64_t farm_fingerprint(std::string_view text) {
  if (text.size() <= 16) return farm_to_16(text);
  if (text.size() <= 32) return farm_to_32(text);
  return text.size() <= 64 ? farm_to_64(text) : farm_long(text);
}

uint64_t sip_hash(const std::array<uint64_t, 2>& key, std::string_view text) {
  SipState state(key);
  const size_t whole = text.size() / 8 * 8;
  for (size_t i = 0; i < whole; i += 8) state.take(word(text.data() + i));
  uint64_t last = static_cast<uint64_t>(text.size()) << 56;
  for (size_t i = whole; i < text.size(); ++i)
    last |= static_cast<uint64_t>(static_cast<uint8_t>(text[i])) << (i - whole) * 8;
  state.take(last);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace kiln::runtime
