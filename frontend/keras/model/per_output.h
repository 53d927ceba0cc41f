// Arguments of compile() for models with one output or several.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace kiln::keras {

/// A value for every output: one for all of them, a list by their order, or values by their names.
/// Nothing at all by default.
template <typename T>
class PerOutput {
 public:
  using List = std::vector<std::optional<T>>;
  using Named = std::vector<std::pair<std::string, std::optional<T>>>;

  PerOutput() = default;
  template <typename U>
  requires std::convertible_to<U, T> PerOutput(U value)
      : form_(std::in_place_type<T>, std::move(value)) {}
  PerOutput(List list) : form_(std::move(list)) {}
  PerOutput(Named named) : form_(std::move(named)) {}
  PerOutput(std::initializer_list<T> list) requires(!std::ranges::range<T>)
      : form_(List(list.begin(), list.end())) {}
  PerOutput(std::initializer_list<std::pair<std::string, T>> named)
      : form_(Named(named.begin(), named.end())) {}

  bool empty() const { return std::holds_alternative<std::monostate>(form_); }
  /// The one value for all outputs; null where the form is another.
  const T* one() const { return std::get_if<T>(&form_); }
  T* one() { return std::get_if<T>(&form_); }
  const List* list() const { return std::get_if<List>(&form_); }
  const Named* named() const { return std::get_if<Named>(&form_); }

 private:
  std::variant<std::monostate, T, List, Named> form_;
};

}  // namespace kiln::keras
