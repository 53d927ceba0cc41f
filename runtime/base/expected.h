// The result type of everything that can go wrong through a user's input: a value, or a Diagnostic
// that says what is wrong, where, and what to do. It stands in runtime/ because the runtime is the
// one part that everything else, generated executables included, can use.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace kiln {

/// One error as a person reads it: `error: WHERE: MESSAGE`, then `note: NOTE` if there is one.
struct Diagnostic {
  std::string where;    ///< file, file:line:column, layer path; may be empty
  std::string message;  ///< what is wrong, one sentence, no full stop
  std::string note;     ///< what to do about it; may be empty

  /// The text printed to stderr, without a trailing newline.
  std::string to_string() const {
    std::string text = "error: ";
    if (!where.empty()) text += where + ": ";
    text += message;
    if (!note.empty()) text += "\nnote: " + note;
    return text;
  }
};

/// A value of type T, or the Diagnostic that says why there is none.
template <typename T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(Diagnostic error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Diagnostic& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Diagnostic> state_;
};

/// Success, or the Diagnostic that says why not.
struct Unit {};
using Status = Expected<Unit>;
inline Status ok() { return Unit{}; }

}  // namespace kiln

/// Evaluates EXPR (an Expected) and returns its error from the enclosing function, or assigns the
/// value.
#define KILN_CONCAT_INNER(a, b) a##b
#define KILN_CONCAT(a, b) KILN_CONCAT_INNER(a, b)
#define KILN_ASSIGN(DECLARATION, EXPR) \
  KILN_ASSIGN_AS(DECLARATION, EXPR, KILN_CONCAT(expected_, __LINE__))
#define KILN_ASSIGN_AS(DECLARATION, EXPR, NAME) \
  auto NAME = (EXPR);                           \
  if (!NAME) return NAME.error();               \
  DECLARATION = std::move(*NAME)
#define KILN_TRY(EXPR)                                                                   \
  do {                                                                                   \
    if (auto kiln_try_result = (EXPR); !kiln_try_result) return kiln_try_result.error(); \
  } while (false)
