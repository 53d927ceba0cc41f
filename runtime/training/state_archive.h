// The state of a run as named arrays: what has a state lists its fields once, and the list both
// saves and restores them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/data/npz.h"

namespace kiln::runtime {

/// Saves fields into arrays, or restores fields from them. A field's array is called
/// "PREFIX/.../NAME".
class StateArchive {
 public:
  /// Saves: fields are copied to arrays().
  StateArchive() = default;
  /// Restores from `arrays`; `where` names their file in errors.
  StateArchive(std::vector<NamedArray> arrays, std::string where);

  bool restores() const { return restores_; }

  /// Fields between enter() and leave() have `prefix` before their names.
  void enter(const std::string& prefix);
  void leave();

  /// Each saves or restores one field. When restoring fails, all fields from there on stay as they
  /// are, and status() says why.
  void field(const std::string& name, bool& value);
  void field(const std::string& name, int& value);
  void field(const std::string& name, int64_t& value);
  void field(const std::string& name, double& value);
  void field(const std::string& name, std::optional<double>& value);
  void field(const std::string& name, std::string& value);
  void field(const std::string& name, std::vector<std::byte>& value);
  void field(const std::string& name, std::vector<double>& value);
  void field(const std::string& name, std::vector<int64_t>& value);
  void field(const std::string& name, std::vector<std::string>& value);

  const std::vector<NamedArray>& arrays() const { return arrays_; }
  Status status() const { return status_; }

 private:
  /// The array of `name`, of rank 1, or null (and the status set).
  const Array* find(const std::string& name, kiln_element_type type);
  template <typename Value>
  void scalar(const std::string& name, kiln_element_type type, Value& value);
  template <typename Value>
  void list(const std::string& name, kiln_element_type type, std::vector<Value>& value);

  std::vector<NamedArray> arrays_;
  std::string where_;
  std::string prefix_;
  bool restores_ = false;
  Status status_ = ok();
};

}  // namespace kiln::runtime
