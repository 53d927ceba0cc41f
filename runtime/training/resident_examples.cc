#include "runtime/training/resident_examples.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "runtime/base/round_up.h"
#include "runtime/device/row_gather.h"
#include "runtime/model/memory_need.h"

namespace kiln::runtime {
namespace {

// Rows go up in pieces of about so many bytes, one converted while the one before is copied.
constexpr int64_t kPieceBytes = 4 << 20;

Expected<bool> fits(Device& device, std::span<const BatchInput> inputs, int64_t rows) {
  int64_t total = rows * static_cast<int64_t>(sizeof(uint32_t)) + 2 * KILN_ALIGNMENT;
  for (const BatchInput& input : inputs) {
    const int64_t bytes = rows * input.row_bytes();
    if (bytes > device.info().largest_block_bytes) return false;
    total += bytes;
  }
  KILN_ASSIGN(const int64_t spare, spare_memory(device));
  return total <= spare;
}

// Copies an input's rows to the device through two pieces of the host's memory.
class RowUpload {
 public:
  RowUpload(Session& session, const BatchInput& input, int64_t batch, int64_t examples)
      : session_(session),
        device_(*session.device()),
        input_(input),
        batch_(batch),
        examples_(examples) {
    const int64_t batches = std::max<int64_t>(1, kPieceBytes / (batch * input.row_bytes()));
    piece_rows_ = std::min(batches * batch, round_up(examples, batch));
  }

  Status run(std::byte* to) {
    for (Piece& piece : pieces_) {
      KILN_ASSIGN(piece.staging, device_.allocate_staging(piece_rows_ * input_.row_bytes()));
    }
    for (int64_t first = 0; first < examples_; first += piece_rows_) {
      KILN_TRY(copy(pieces_[first / piece_rows_ % pieces_.size()], first, to));
    }
    for (const Piece& piece : pieces_) KILN_TRY(device_.wait_for(piece.done));
    return ok();
  }

 private:
  struct Piece {
    MemoryBlock staging;
    DeviceEvent done;
  };

  Status copy(Piece& piece, int64_t first, std::byte* to) {
    const int64_t count = std::min(piece_rows_, examples_ - first);
    const int64_t row_bytes = input_.row_bytes();
    KILN_TRY(device_.wait_for(piece.done));
    input_.gather(piece.staging.get(), session_.pool(), nullptr, first, count);
    KILN_TRY(device_.upload(to + first * row_bytes, piece.staging.get(),
                            round_up(count, batch_) * row_bytes));
    KILN_TRY(device_.order_uploads());
    KILN_ASSIGN(piece.done, device_.mark());
    return ok();
  }

  Session& session_;
  Device& device_;
  const BatchInput& input_;
  int64_t batch_, examples_;
  int64_t piece_rows_;
  std::array<Piece, 2> pieces_;
};

}  // namespace

Expected<std::optional<ResidentExamples>> ResidentExamples::create(
    Session& session, const kiln_function& function, std::span<const BatchInput> inputs,
    int64_t examples) {
  ResidentExamples resident(*session.device(), function.batch, examples);
  const int64_t rows = round_up(examples, function.batch);
  KILN_ASSIGN(const bool fit, fits(*session.device(), inputs, rows));
  // Another process may have been faster: the host does as well.
  if (!fit || !resident.allocate(session, inputs)) return std::optional<ResidentExamples>();
  for (size_t i = 0; i < inputs.size(); ++i) {
    KILN_TRY(RowUpload(session, inputs[i], function.batch, examples)
                 .run(resident.inputs_[i].block.get()));
  }
  KILN_TRY(resident.fill_counts());
  return std::optional<ResidentExamples>(std::move(resident));
}

Status ResidentExamples::allocate(Session& session, std::span<const BatchInput> inputs) {
  const int64_t rows = round_up(examples_, batch_);
  for (const BatchInput& input : inputs) {
    KILN_ASSIGN(MemoryBlock block, runtime::allocate(session.memory(), rows * input.row_bytes()));
    inputs_.push_back({std::move(block), input.row_bytes()});
  }
  KILN_ASSIGN(counts_, runtime::allocate(session.memory(), 2 * KILN_ALIGNMENT));
  KILN_ASSIGN(order_, runtime::allocate(session.memory(), rows * int64_t{sizeof(uint32_t)}));
  return ok();
}

Status ResidentExamples::fill_counts() {
  const auto full = static_cast<int32_t>(batch_);
  const auto last = static_cast<int32_t>(examples_ - (round_up(examples_, batch_) - batch_));
  KILN_TRY(device_->write(counts_.get(), &full, sizeof(full)));
  return device_->write(counts_.get() + KILN_ALIGNMENT, &last, sizeof(last));
}

Status ResidentExamples::set_order(std::span<const uint32_t> order) {
  has_order_ = !order.empty();
  if (!has_order_) return ok();
  std::vector<uint32_t> padded(order.begin(), order.end());
  padded.resize(round_up(examples_, batch_), order.back());
  // In order with the steps that read the order before.
  return device_->write(order_.get(), padded.data(),
                        static_cast<int64_t>(padded.size() * sizeof(uint32_t)));
}

Status ResidentExamples::feed(FunctionCall& call, int64_t index) const {
  for (size_t i = 0; i < inputs_.size(); ++i) KILN_TRY(feed_rows(call, i, index * batch_));
  const bool is_last = (index + 1) * batch_ > examples_;
  call.use_in_place(inputs_.size(), counts_.get() + (is_last ? KILN_ALIGNMENT : 0));
  return ok();
}

Status ResidentExamples::feed_rows(FunctionCall& call, size_t input, int64_t first) const {
  const Rows& rows = inputs_[input];
  if (has_order_) {
    const std::byte* order = order_.get() + first * int64_t{sizeof(uint32_t)};
    return gather_rows(*device_, call.device_input(input), rows.block.get(), order, batch_,
                       rows.row_bytes);
  }
  const std::byte* batch = rows.block.get() + first * rows.row_bytes;
  if (first * rows.row_bytes % KILN_ALIGNMENT != 0)
    return device_->copy(call.device_input(input), batch, batch_ * rows.row_bytes);
  call.use_in_place(input, batch);
  return ok();
}

}  // namespace kiln::runtime
