// Decompression of deflate data into memory of known size: the caller says how much it expects, so
// a stream that would expand without limit cannot. Source: RFC 1950 (zlib), RFC 1951
// (deflate), RFC 1952 (gzip); zlib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// True where `bytes` begin as a gzip file does.
bool is_gzip(std::span<const std::byte> bytes);

/// True where `compressed` bytes of deflate data could expand to `size` bytes.
bool can_inflate_to(int64_t compressed, int64_t size);

/// Decompresses a stream front to back. Errors name `where` and the offset in the compressed data.
class Inflater {
 public:
  /// kGzip: one or more members, as gzip -c a b writes; kZlib: RFC 1950.
  enum class Format { kDeflate, kGzip, kZlib };

  /// `compressed` must outlive the inflater.
  Inflater(std::string where, Format format, std::span<const std::byte> compressed);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `to` from the stream; it is an error where the stream has less.
  Status read(std::span<std::byte> to);

  /// Checks that the stream, its checksum included, ends here and that nothing stands behind it.
  Status finish();

 private:
  struct Stream;  // keeps zlib.h out of this header

  // Produces up to to.size() bytes; 0 only at the end of the stream.
  Expected<int64_t> read_some(std::span<std::byte> to);
  bool next_member();
  Diagnostic failure(const std::string& message) const;

  std::string where_;
  Format format_;
  std::span<const std::byte> compressed_;
  int64_t position_ = 0;
  bool at_end_ = false;
  std::unique_ptr<Stream> stream_;
};

}  // namespace kiln::runtime
