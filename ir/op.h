// Values, ops and regions: SSA within a region, ops in an order that defines before it uses.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/attribute.h"
#include "ir/check.h"
#include "ir/type.h"

namespace kiln::ir {

class Op;
class Region;
struct OpDefinition;
enum class OpClass;

/// Where an op came from: the layer path, "mnist_mlp/dense_1/relu"; its gradient's is
/// "mnist_mlp/dense_1/relu/grad".
using Location = std::string;

/// An op's result or a region's argument. Its address is its identity.
class Value {
 public:
  Value(Type type, Op* op, Region* region, int index)
      : type_(std::move(type)), op_(op), region_(region), index_(index) {}

  const Type& type() const { return type_; }
  void set_type(Type type) { type_ = std::move(type); }
  /// The op whose result it is; null for a region's argument.
  Op* op() const { return op_; }
  /// The region whose argument it is; null for an op's result.
  Region* region() const { return region_; }
  /// Which result or argument.
  int index() const { return index_; }
  bool is_argument() const { return region_ != nullptr; }

 private:
  friend class Region;
  Type type_;
  Op* op_;
  Region* region_;
  int index_;
};

/// One application of an op's definition. Created through Region::append (or the Builder).
class Op {
 public:
  Op(const OpDefinition& definition, std::vector<Value*> operands, Attributes attributes,
     Location location);
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;
  ~Op();

  const OpDefinition& definition() const { return *definition_; }
  std::string_view name() const;
  bool is(std::string_view name) const { return this->name() == name; }
  /// Whether its definition is of that class.
  bool is(OpClass op_class) const;

  std::span<Value* const> operands() const { return operands_; }
  Value* operand(size_t i) const { return operands_.at(i); }
  void set_operand(size_t i, Value* value) { operands_.at(i) = value; }
  void set_operands(std::vector<Value*> operands) { operands_ = std::move(operands); }

  size_t result_count() const { return results_.size(); }
  Value* result(size_t i = 0) const { return results_.at(i).get(); }
  void add_result(Type type);

  size_t region_count() const { return regions_.size(); }
  Region& region(size_t i = 0) const { return *regions_.at(i); }
  Region& add_region();

  const Attributes& attributes() const { return attributes_; }
  bool has(std::string_view name) const { return attributes_.find(name) != attributes_.end(); }
  void set(std::string name, Attribute value) { attributes_[std::move(name)] = std::move(value); }
  void remove(std::string_view name);
  /// The attribute, which must be there with that type.
  template <typename T>
  const T& get(std::string_view name) const;
  /// The attribute, or `otherwise` where it is absent.
  template <typename T>
  T get_or(std::string_view name, T otherwise) const;

  const Location& location() const { return location_; }
  void set_location(Location location) { location_ = std::move(location); }

 private:
  const OpDefinition* definition_;
  std::vector<Value*> operands_;
  std::vector<std::unique_ptr<Value>> results_;
  std::vector<std::unique_ptr<Region>> regions_;
  Attributes attributes_;
  Location location_;
};

/// A list of ops with arguments and returned values: a function's body, a fusion's, a scan's. A
/// region is isolated: its ops use its arguments and each other's results only.
class Region {
 public:
  Region() = default;
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  size_t argument_count() const { return arguments_.size(); }
  Value* argument(size_t i) const { return arguments_.at(i).get(); }
  Value* add_argument(Type type);
  /// Removes the argument, which nothing may use.
  void remove_argument(size_t i);

  const std::vector<std::unique_ptr<Op>>& ops() const { return ops_; }
  Op* append(std::unique_ptr<Op> op);
  /// Takes all ops out, in order; the region is left without ops until they are appended again.
  std::vector<std::unique_ptr<Op>> take_ops();

  /// What the region gives: the operands of its `return`.
  const std::vector<Value*>& results() const { return results_; }
  void set_results(std::vector<Value*> results) { results_ = std::move(results); }

  /// Every use of `from`, in ops and in the results, becomes a use of `to`.
  void replace_uses(const Value* from, Value* to);

 private:
  std::vector<std::unique_ptr<Value>> arguments_;
  std::vector<std::unique_ptr<Op>> ops_;
  std::vector<Value*> results_;
};

template <typename T>
const T& Op::get(std::string_view name) const {
  auto found = attributes_.find(name);
  KILN_CHECK(found != attributes_.end(), "{} has no attribute {}", this->name(), name);
  const T* value = std::get_if<T>(&found->second);
  KILN_CHECK(value != nullptr, "{}: attribute {} has another type", this->name(), name);
  return *value;
}

template <typename T>
T Op::get_or(std::string_view name, T otherwise) const {
  return has(name) ? get<T>(name) : otherwise;
}

}  // namespace kiln::ir
