#include "frontend/keras/json/names.h"

#include <cctype>

namespace kiln::keras {
namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Whether a word starts at `i`: a capital that a lower-case letter follows, or that follows one.
bool starts_word(std::string_view name, size_t i) {
  if (i == 0 || !is_upper(name[i])) return false;
  return (i + 1 < name.size() && is_lower(name[i + 1])) || is_lower(name[i - 1]);
}

}  // namespace

std::string to_snake_case(std::string_view class_name) {
  // Keras's code calls the class of that public name otherwise, and its objects after that.
  if (class_name == "GroupQueryAttention") class_name = "GroupedQueryAttention";
  std::string snake;
  for (size_t i = 0; i < class_name.size(); ++i) {
    if (starts_word(class_name, i)) snake += '_';
    snake += lower(class_name[i]);
  }
  return snake;
}

std::string AutoNames::next(std::string_view class_name) {
  std::string name = to_snake_case(class_name);
  const int count = used_[name]++;
  return count == 0 ? name : name + "_" + std::to_string(count);
}

}  // namespace kiln::keras
