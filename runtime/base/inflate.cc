#include "runtime/base/inflate.h"

#define ZLIB_CONST  // next_in points to const bytes
#include <zlib.h>

#include <algorithm>
#include <utility>

namespace kiln::runtime {
namespace {

// zlib counts in 32 bits.
constexpr int64_t kPiece = int64_t{1} << 30;

// windowBits of inflateInit2: negative for raw deflate, plus 16 for gzip, neither for zlib.
constexpr int kRawDeflate = -MAX_WBITS;
constexpr int kGzipOnly = MAX_WBITS + 16;

}  // namespace

struct Inflater::Stream {
  z_stream zlib = {};
};

bool is_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

bool can_inflate_to(int64_t compressed, int64_t size) {
  // Deflate's best is 258 bytes for two bits, 1032:1.
  return size / 1032 <= compressed;
}

Inflater::Inflater(std::string where, Format format, std::span<const std::byte> compressed)
    : where_(std::move(where)),
      format_(format),
      compressed_(compressed),
      stream_(std::make_unique<Stream>()) {
  // Fails only without memory; inflate() then reports Z_STREAM_ERROR.
  inflateInit2(&stream_->zlib, format == Format::kGzip   ? kGzipOnly
                               : format == Format::kZlib ? MAX_WBITS
                                                         : kRawDeflate);
}

Inflater::~Inflater() { inflateEnd(&stream_->zlib); }

Diagnostic Inflater::failure(const std::string& message) const {
  return {where_, message + ", at byte " + std::to_string(position_) + " of the compressed data",
          "the file is damaged or was cut off: get it again"};
}

bool Inflater::next_member() {
  const auto rest = compressed_.subspan(static_cast<size_t>(position_));
  return format_ == Format::kGzip && is_gzip(rest) && inflateReset(&stream_->zlib) == Z_OK;
}

Expected<int64_t> Inflater::read_some(std::span<std::byte> to) {
  z_stream& zlib = stream_->zlib;
  const int64_t room = std::min<int64_t>(kPiece, static_cast<int64_t>(to.size()));
  zlib.next_out = reinterpret_cast<Bytef*>(to.data());
  zlib.avail_out = static_cast<uInt>(room);
  while (!at_end_ && zlib.avail_out == room) {
    const int64_t input =
        std::min<int64_t>(kPiece, static_cast<int64_t>(compressed_.size()) - position_);
    zlib.next_in = reinterpret_cast<const Bytef*>(compressed_.data() + position_);
    zlib.avail_in = static_cast<uInt>(input);
    const int result = inflate(&zlib, Z_NO_FLUSH);
    position_ += input - zlib.avail_in;
    if (result == Z_STREAM_END) {
      at_end_ = !next_member();
    } else if (result == Z_BUF_ERROR) {
      return failure("the compressed data ends early");
    } else if (result != Z_OK) {
      return failure(std::string("the compressed data is damaged") +
                     (zlib.msg != nullptr ? std::string(" (") + zlib.msg + ")" : ""));
    }
  }
  return room - zlib.avail_out;
}

Status Inflater::read(std::span<std::byte> to) {
  while (!to.empty()) {
    KILN_ASSIGN(const int64_t count, read_some(to));
    if (count == 0) return failure("the data ends early once decompressed");
    to = to.subspan(static_cast<size_t>(count));
  }
  return ok();
}

Status Inflater::finish() {
  std::byte surplus;
  KILN_ASSIGN(const int64_t count, read_some({&surplus, 1}));
  if (count != 0) return failure("the data goes on behind its expected end");
  if (position_ != static_cast<int64_t>(compressed_.size())) {
    return failure("something else follows the compressed data");
  }
  return ok();
}

}  // namespace kiln::runtime
