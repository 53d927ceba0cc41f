// How large this machine's caches are.
#pragma once

#include <cstddef>

namespace kiln::codegen {

/// In bytes. What is not known is as on common machines; no third cache: 0.
struct CacheSizes {
  size_t l1 = 32 << 10;  ///< of data, of one core
  size_t l2 = 1 << 20;   ///< of one core
  size_t l3 = 0;         ///< shared
};

/// As the system says: /sys/devices/system/cpu/cpu0/cache.
CacheSizes cache_sizes();

}  // namespace kiln::codegen
