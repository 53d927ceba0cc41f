#include "codegen/roofline/kernel_work.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace kiln::codegen {
namespace {

/// The share of an argument's bytes that a region reads.
double share_read(const ir::Value& argument) {
  if (argument.is_returned()) return 1;
  int64_t taken = 0;
  for (const ir::Op* user : argument.users()) {
    const bool takes_part =
        user->is("slice") ||
        (user->is("gather") && user->operand(0) == &argument && user->operand(1) != &argument);
    if (!takes_part) return 1;
    taken += user->result()->type().bytes();
  }
  const auto bytes = static_cast<double>(argument.type().bytes());
  return bytes == 0 ? 0 : std::min(1.0, static_cast<double>(taken) / bytes);
}

/// Writes a function's calls down in the order in which they run.
class Trace {
 public:
  explicit Trace(const FunctionPlan& plan) { follow(plan.steps); }

  std::vector<KernelWork> work() && {
    const auto accesses = accesses_of(calls_);
    std::vector<std::map<double, double>> bytes(kernels_.size());  // by working set
    for (size_t i = 0; i < calls_.size(); ++i) {
      for (const Access& access : accesses[i])
        bytes[kernel_of_call_[i]][access.working_set] += access.bytes;
    }
    for (size_t k = 0; k < kernels_.size(); ++k) {
      KernelWork& kernel = kernels_[k];
      kernel.arithmetic = static_cast<double>(kernel.calls) * kernel.arithmetic;
      for (const auto& [working_set, count] : bytes[k])
        kernel.accesses.push_back({count, working_set});
    }
    return std::move(kernels_);
  }

 private:
  void follow(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (const auto* call = std::get_if<KernelCall>(&step)) add(*call);
      if (const auto* copy = std::get_if<Copy>(&step)) {
        add(nullptr, {touch(copy->from, copy->bytes, 1, 0), touch(copy->to, copy->bytes, 0, 1)});
      }
      if (const auto* loop = std::get_if<Loop>(&step)) follow(*loop);
    }
  }

  void follow(const Loop& loop) {
    indices_.push_back(0);
    for (int64_t i = 0; i < loop.trip_count; ++i) {
      indices_.back() = loop.reverse ? loop.trip_count - 1 - i : i;
      follow(loop.steps);
    }
    indices_.pop_back();
  }

  void add(const KernelCall& call) {
    const ir::Region& region = call.fusion->region();
    std::vector<Touch> touches;
    for (size_t i = 0; i < call.buffers.size(); ++i) {
      const bool is_operand = i < region.argument_count();
      const double read = is_operand ? share_read(*region.argument(i)) : 0;
      touches.push_back(
          touch(call.buffers[i].place, call.buffers[i].type.bytes(), read, is_operand ? 0 : 1));
    }
    add(call.fusion, std::move(touches));
  }

  void add(const ir::Op* fusion, std::vector<Touch> touches) {
    const auto [found, is_new] = numbers_.try_emplace(fusion, kernels_.size());
    if (is_new) {
      KernelWork& kernel = kernels_.emplace_back();
      kernel.fusion = fusion;
      if (fusion != nullptr) kernel.arithmetic = arithmetic_of(fusion->region());
    }
    ++kernels_[found->second].calls;
    kernel_of_call_.push_back(found->second);
    calls_.push_back(std::move(touches));
  }

  /// The buffer at that place in this round of the loops around it.
  Touch touch(const Place& place, int64_t bytes, double read, double written) const {
    constexpr int kBases = 5;  // of Place::Base
    const bool is_whole_block =
        place.base == Place::Base::input || place.base == Place::Base::output;
    const int block = static_cast<int>(place.base) +
                      (is_whole_block ? kBases * (1 + static_cast<int>(place.at)) : 0);
    int64_t begin = is_whole_block ? 0 : place.at;
    for (size_t i = 0; i < place.steps.size(); ++i) begin += place.steps[i] * indices_[i];
    return {block, begin, begin + bytes, read, written};
  }

  std::vector<KernelWork> kernels_;
  std::unordered_map<const ir::Op*, size_t> numbers_;  ///< in kernels_
  std::vector<std::vector<Touch>> calls_;
  std::vector<size_t> kernel_of_call_;
  std::vector<int64_t> indices_;  ///< of the loops around the step that is followed
};

}  // namespace

double KernelWork::bytes() const {
  double total = 0;
  for (const Access& access : accesses) total += access.bytes;
  return total;
}

std::string KernelWork::kind() const {
  return fusion == nullptr ? "copy" : fusion->get<std::string>("kind");
}

std::string KernelWork::location() const { return fusion == nullptr ? "" : fusion->location(); }

std::vector<KernelWork> work_of(const FunctionPlan& plan) { return Trace(plan).work(); }

}  // namespace kiln::codegen
