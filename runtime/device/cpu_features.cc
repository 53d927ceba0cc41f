#include "runtime/device/cpu_features.h"

#include <algorithm>
#include <string>

namespace kiln::runtime {
namespace {

// A word of a target's name, as Halide has it, and one of the features that it stands for.
struct Need {
  std::string_view word;
  std::string_view feature;
};

constexpr Need kNeeds[] = {
    {"sse41", "sse4.1"},
    {"avx", "avx"},
    {"avx2", "avx2"},
    {"fma", "fma"},
    {"f16c", "f16c"},
    {"avx512", "avx512f"},
    {"avx512_skylake", "avx512f"},
    {"avx512_skylake", "avx512vl"},
    {"avx512_skylake", "avx512bw"},
    {"avx512_skylake", "avx512dq"},
    {"avx512_cannonlake", "avx512ifma"},
    {"avx512_cannonlake", "avx512vbmi"},
    {"avx512_zen4", "avx512vnni"},
    {"avx512_zen4", "avx512bf16"},
    {"avx512_sapphirerapids", "avx512vnni"},
    {"avx512_sapphirerapids", "avx512bf16"},
    {"avx512_sapphirerapids", "amx-tile"},
};

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
  // The builtin takes literals alone.
#define KILN_CPU_HAS(name) \
  if (feature == name) return __builtin_cpu_supports(name) != 0
  KILN_CPU_HAS("sse4.1");
  KILN_CPU_HAS("avx");
  KILN_CPU_HAS("avx2");
  KILN_CPU_HAS("fma");
  KILN_CPU_HAS("f16c");
  KILN_CPU_HAS("avx512f");
  KILN_CPU_HAS("avx512vl");
  KILN_CPU_HAS("avx512bw");
  KILN_CPU_HAS("avx512dq");
  KILN_CPU_HAS("avx512ifma");
  KILN_CPU_HAS("avx512vbmi");
  KILN_CPU_HAS("avx512vnni");
  KILN_CPU_HAS("avx512bf16");
  KILN_CPU_HAS("amx-tile");
#undef KILN_CPU_HAS
#endif
  return false;
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
