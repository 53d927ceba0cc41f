#include "codegen/kernels/gpu/temporaries.h"

#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/device/temporaries.h"

namespace kiln::codegen {
namespace {

using Halide::Expr;
using namespace Halide::Internal;

/// Puts the constants that are known for variables, and for first elements of allocations.
class KnownConstants : public IRMutator {
 public:
  std::map<std::string, Expr> values;

 private:
  using IRMutator::visit;

  Expr known(const std::string& name, const Expr& otherwise) const {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
  }
  Expr visit(const Variable* variable) override { return known(variable->name, variable); }
  Expr visit(const Load* load) override {
    return is_const_zero(load->index) ? known(load->name, load) : Expr(load);
  }
};

/// Finds _halide_buffer_init(room, dims, host, device, interface, code, bits, ...), whose dims are
/// make_struct(min, extent, stride, flags, ...).
class BufferInitFinder : public IRVisitor {
 public:
  std::vector<Expr> dims;
  Expr bits;

 private:
  using IRVisitor::visit;

  void visit(const Call* call) override {
    IRVisitor::visit(call);
    if (call->is_intrinsic(Call::make_struct)) dims = call->args;
    if (call->name == "_halide_buffer_init") bits = call->args[6];
  }
};

/// Does what a kernel's host does, launches aside. Some allocations are as large as the largest of
/// the blocks of a launch needs, which the host finds out in a loop.
class Host : public IRVisitor {
 public:
  int64_t taken_bytes = 0;

 private:
  using IRVisitor::visit;

  void visit(const LetStmt* let) override {
    define(let->name, let->value);
    IRVisitor::visit(let);
    known_.values.erase(let->name);
  }
  void visit(const Allocate* allocation) override {
    if (allocation->new_expr.defined()) define(allocation->name, allocation->new_expr);
    IRVisitor::visit(allocation);
    known_.values.erase(allocation->name);
  }
  void visit(const Store* store) override {
    const Expr value = folded(store->value);
    if (is_const_zero(store->index) && is_const(value)) {
      known_.values[store->name] = value;
    } else {
      known_.values.erase(store->name);
    }
  }
  void visit(const For* loop) override {
    const int64_t first = number(loop->min), count = number(loop->extent);
    for (int64_t i = 0; i < count; ++i) {
      known_.values[loop->name] = make_const(loop->min.type(), first + i);
      loop->body.accept(this);
    }
  }
  void visit(const Call* call) override {
    IRVisitor::visit(call);
    if (call->name != "halide_device_malloc") return;
    // (context, buffer, interface); the context is not always among them.
    const Expr& buffer = call->args[call->args.size() - 2];
    const auto* variable = buffer.as<Variable>();
    const auto found = variable == nullptr ? buffers_.end() : buffers_.find(variable->name);
    if (found == buffers_.end()) throw Halide::CompileError("a buffer without a description");
    // A second call for a buffer does nothing.
    if (found->second.has_value()) taken_bytes += piece_bytes(*found->second);
    found->second.reset();
  }

  void define(const std::string& name, const Expr& value) {
    if (value.type().is_handle()) {
      BufferInitFinder buffer;
      value.accept(&buffer);
      if (buffer.bits.defined()) buffers_[name] = std::move(buffer);
    } else if (const Expr constant = folded(value); is_const(constant)) {
      known_.values[name] = constant;
    }
  }

  /// As halide_device_malloc() counts them.
  int64_t piece_bytes(const BufferInitFinder& buffer) {
    int64_t elements = 1;
    for (size_t d = 0; d + 3 < buffer.dims.size(); d += 4)
      elements += (number(buffer.dims[d + 1]) - 1) * std::abs(number(buffer.dims[d + 2]));
    return runtime::Temporaries::piece_bytes(elements * ((number(buffer.bits) + 7) / 8));
  }

  Expr folded(const Expr& expression) { return simplify(known_.mutate(expression)); }
  int64_t number(const Expr& expression) {
    const auto value = as_const_int(folded(expression));
    if (!value) throw Halide::CompileError("the size of a buffer depends on more than shapes");
    return *value;
  }

  KnownConstants known_;
  /// The descriptions of buffers by name; nothing: the buffer has memory.
  std::map<std::string, std::optional<BufferInitFinder>> buffers_;
};

}  // namespace

int64_t temporary_bytes(const Halide::Module& module) {
  Host host;
  for (const LoweredFunc& function : module.functions()) function.body.accept(&host);
  return host.taken_bytes;
}

}  // namespace kiln::codegen
