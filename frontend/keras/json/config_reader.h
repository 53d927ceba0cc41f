// Reads the `config` object of a Keras file strictly: what is not understood is refused, because an
// option that is passed over would change the results without a word.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/json/json.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Each getter marks its key as read and gives the key's value, or the fallback where the key is
/// absent. Errors are kept: finish() gives the first.
class ConfigReader {
 public:
  /// `where` goes in front of every error: `layer "dense_1"`. `config` must outlive the reader.
  ConfigReader(const Json& config, std::string where);

  const std::string& where() const { return where_; }

  int64_t integer(std::string_view key, std::optional<int64_t> fallback = {});
  double number(std::string_view key, std::optional<double> fallback = {});
  bool boolean(std::string_view key, std::optional<bool> fallback = {});
  std::string string(std::string_view key, std::optional<std::string> fallback = {});
  /// Absent or null: nothing.
  std::optional<int64_t> optional_integer(std::string_view key);
  std::optional<double> optional_number(std::string_view key);
  /// A list of extents, none negative; null elements are kNone.
  std::vector<int64_t> integers(std::string_view key);
  /// A list of numbers.
  std::vector<double> numbers(std::string_view key);
  /// The value as it stands; null where absent.
  const Json& value(std::string_view key);
  bool has(std::string_view key) const;

  /// The key may be absent or have one of these values, and nothing else: kiln supports no more.
  /// `note` says what to do about another; empty: which values kiln takes.
  void only(std::string_view key, const std::vector<Json>& allowed, std::string_view note = {});
  /// The key has no influence on results.
  void ignore(std::string_view key) { read_.insert(std::string(key)); }

  void fail(std::string message, std::string note = "");
  void fail(Diagnostic error);
  /// The first error so far.
  Status check() const { return error_ ? Status(*error_) : ok(); }
  /// The first error; an option that nobody has read is one.
  Status finish() const;

 private:
  /// The value if it is there and `is_right`; marks it, complains.
  const Json* find(std::string_view key, bool optional, std::string_view kind,
                   const std::function<bool(const Json&)>& is_right);

  const Json& config_;
  std::string where_;
  std::set<std::string, std::less<>> read_;
  std::optional<Diagnostic> error_;
};

/// JSON text shortened for a message.
std::string excerpt(const Json& value);

}  // namespace kiln::keras
