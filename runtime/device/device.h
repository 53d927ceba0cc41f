// A device beside the CPU, with its own memory, on which a model's kernels run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/device/memory.h"
#include "runtime/device/temporaries.h"

namespace kiln::runtime {

/// What kernels in OpenCL C may take of a device: the threads of a block, and the memory that they
/// share.
inline constexpr int kOpenClBlockThreads = 256;
inline constexpr int kOpenClLocalBytes = 32 * 1024;

/// What is known of a device before it is used.
struct DeviceInfo {
  kiln_device_kind kind = KILN_CPU;
  int index = 0;  ///< among those of its kind
  std::string name;
  std::string vendor;
  bool is_gpu = false;
  int64_t memory_bytes = 0;
  int64_t largest_block_bytes = 0;         ///< that can be allocated at once
  std::optional<int64_t> free_bytes = {};  ///< where the driver tells
  int compute_units = 0;
  std::string capability;  ///< "8.0", "OpenCL 3.0 ..."
  std::string driver;
  std::string refusal;  ///< why kiln cannot use it; empty: it can

  /// "opencl:1"
  std::string spec() const;
  /// "opencl:1 (NAME)", for messages.
  std::string title() const { return spec() + " (" + name + ")"; }
};

/// "cpu", "opencl", "cuda".
const char* device_kind_name(kiln_device_kind kind);

/// What a kernel is called with: a value in host memory, or an address in the device's.
struct KernelArgument {
  const void* value;
  size_t bytes;  ///< of a value; an address has none of its own
  bool is_address;
};

/// One launch of a kernel.
struct KernelLaunch {
  const void* program;  ///< the address of the source that load() got
  const char* entry;
  std::array<int, 3> blocks;
  std::array<int, 3> threads;  ///< of a block
  int shared_bytes;            ///< that the threads of a block share
  std::span<const KernelArgument> arguments;
};

/// What a device was given to do since it was opened.
struct DeviceCounters {
  int64_t bytes_up = 0;    ///< copied from the host
  int64_t bytes_down = 0;  ///< copied to the host
  int64_t launches = 0;    ///< of kernels
};

/// A point in a device's work.
using DeviceEvent = std::shared_ptr<void>;

/// A device in use by one Session. Work is done in the order in which it is given, while the host
/// goes on; only uploads run beside it, until order_uploads(). One thread at a time may use it.
class Device : public Memory {
 public:
  explicit Device(DeviceInfo info) : info_(std::move(info)) {}
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const DeviceInfo& info() const { return info_; }
  const DeviceCounters& counters() const { return counters_; }
  /// Of all blocks that are allocated now.
  int64_t allocated_bytes() const { return allocated_bytes_; }

  /// Of its memory, at this moment; nothing where the driver does not tell.
  virtual std::optional<int64_t> free_bytes() { return std::nullopt; }

  /// Host memory that is copied fast. The device must outlive it.
  virtual Expected<MemoryBlock> allocate_staging(int64_t bytes) = 0;
  /// Begins to copy from the host, beside the kernels that run. Neither side may be touched until
  /// a mark() behind the next order_uploads() is reached.
  virtual Status upload(void* to, const void* from_host, int64_t bytes) = 0;
  /// What is launched from now on finds all uploads done.
  virtual Status order_uploads() = 0;

  /// Begins to copy to the host, in order with the kernels. Neither side may be touched until a
  /// mark() behind it is reached.
  virtual Status download(void* to_host, const void* from, int64_t bytes) = 0;
  /// Within the device.
  virtual Status copy(void* to, const void* from, int64_t bytes) = 0;

  /// Makes a program of `source`, text of `bytes` with its final zero. It is known by its address,
  /// where it must stay unchanged; a second call does nothing.
  virtual Status load(const char* source, size_t bytes) = 0;
  virtual Status launch(const KernelLaunch& launch) = 0;

  /// The point behind all work that was given so far, with which the device begins now at the
  /// latest.
  virtual Expected<DeviceEvent> mark() = 0;
  /// Waits until a point is reached. Null: it has been.
  virtual Status wait_for(const DeviceEvent& event) = 0;

  /// Of the session's kernels.
  Temporaries& temporaries() { return temporaries_; }

  /// Generated code cannot hand on what went wrong: the first error stays here. After it nothing
  /// more is launched.
  void fail(Diagnostic error) {
    if (status_) status_ = std::move(error);
  }
  const Status& status() const { return status_; }

 protected:
  /// Every block is counted when it is allocated and forgotten when it is released. Gives the
  /// block.
  std::byte* counted(std::byte* block, int64_t bytes);
  void forget(const std::byte* block);

  DeviceCounters counters_;

 private:
  DeviceInfo info_;
  std::unordered_map<const std::byte*, int64_t> block_bytes_;
  int64_t allocated_bytes_ = 0;
  Temporaries temporaries_;
  Status status_ = ok();
};

}  // namespace kiln::runtime
