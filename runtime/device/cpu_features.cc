#include "runtime/device/cpu_features.h"

#include <algorithm>
#include <string>

namespace kiln::runtime {
namespace {

// A word of a target's name, as Halide has it, and one of the features that it stands for.
struct Need {
  std::string_view word;
  std::string_view feature;
  bool (*is_there)();
};

// GCC's builtin takes literals alone.
#if defined(__x86_64__)
#define KILN_NEED(word, feature)                                       \
  {                                                                    \
    word, feature, [] { return __builtin_cpu_supports(feature) != 0; } \
  }
#else
#define KILN_NEED(word, feature)        \
  {                                     \
    word, feature, [] { return false; } \
  }
#endif

constexpr Need kNeeds[] = {
    KILN_NEED("sse41", "sse4.1"),
    KILN_NEED("avx", "avx"),
    KILN_NEED("avx2", "avx2"),
    KILN_NEED("fma", "fma"),
    KILN_NEED("f16c", "f16c"),
    KILN_NEED("avx512", "avx512f"),
    KILN_NEED("avx512_skylake", "avx512f"),
    KILN_NEED("avx512_skylake", "avx512vl"),
    KILN_NEED("avx512_skylake", "avx512bw"),
    KILN_NEED("avx512_skylake", "avx512dq"),
    KILN_NEED("avx512_cannonlake", "avx512ifma"),
    KILN_NEED("avx512_cannonlake", "avx512vbmi"),
    KILN_NEED("avx512_zen4", "avx512vnni"),
    KILN_NEED("avx512_zen4", "avx512bf16"),
    KILN_NEED("avx512_sapphirerapids", "avx512vnni"),
    KILN_NEED("avx512_sapphirerapids", "avx512bf16"),
    KILN_NEED("avx512_sapphirerapids", "amx-tile"),
};

#undef KILN_NEED

bool has_word(std::string_view name, std::string_view word) {
  for (size_t at = 0; at <= name.size();) {
    const size_t end = std::min(name.find('-', at), name.size());
    if (name.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

bool cpu_has(std::string_view feature) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  const auto* need = std::ranges::find(kNeeds, feature, &Need::feature);
  return need != std::end(kNeeds) && need->is_there();
}

Status check_cpu(std::string_view target, bool (*has)(std::string_view feature)) {
  std::string lacking, last;
  for (const Need& need : kNeeds) {
    if (!has_word(target, need.word) || has(need.feature) || need.feature == last) continue;
    last = need.feature;
    lacking += (lacking.empty() ? "" : ", ") + last;
  }
  if (lacking.empty()) return ok();
  return Diagnostic{"",
                    "the program was compiled for a CPU that has " + lacking + ", this one has not",
                    "compile the model on this machine, or on one like it"};
}

}  // namespace kiln::runtime
