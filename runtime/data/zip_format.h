// The parts of the zip format that its reader and its writer share.
// Source: PKWARE's APPNOTE.TXT 6.3.10.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kiln::runtime {

// Signatures and sizes of APPNOTE 4.3.7, 4.3.12, 4.3.14 to 4.3.16, without the variable parts.
inline constexpr uint32_t kLocalSignature = 0x04034b50;
inline constexpr uint32_t kCentralSignature = 0x02014b50;
inline constexpr uint32_t kEndSignature = 0x06054b50;
inline constexpr uint32_t kEnd64Signature = 0x06064b50;
inline constexpr uint32_t kEnd64LocatorSignature = 0x07064b50;
inline constexpr int64_t kLocalSize = 30;
inline constexpr int64_t kCentralSize = 46;
inline constexpr int64_t kEndSize = 22;
inline constexpr int64_t kEnd64Size = 56;
inline constexpr int64_t kEnd64LocatorSize = 20;

// A field with this value has its true value in the ZIP64 structures.
inline constexpr uint32_t kIn64 = 0xffffffff;
inline constexpr uint16_t kCountIn64 = 0xffff;
inline constexpr uint16_t kZip64Extra = 1;

inline constexpr uint16_t kStored = 0;
inline constexpr uint16_t kDeflated = 8;
inline constexpr uint16_t kEncryptedFlag = 1;
inline constexpr uint16_t kUtf8Flag = 1 << 11;
inline constexpr std::string_view kNpySuffix = ".npy";

// One entry as the central directory tells it. Offsets count from the start of the file.
struct ZipEntry {
  std::string name;
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t checksum = 0;
  uint64_t compressed_size = 0;
  uint64_t size = 0;
  uint64_t header_offset = 0;
};

}  // namespace kiln::runtime
