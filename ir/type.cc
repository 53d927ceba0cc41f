#include "ir/type.h"

#include <fmt/format.h>

#include <array>

namespace kiln::ir {
namespace {

struct ElementInfo {
  std::string_view name;
  int64_t size;
  bool floating;
};

constexpr std::array<ElementInfo, 10> kElements = {{
    {"f32", 4, true},
    {"f64", 8, true},
    {"f16", 2, true},
    {"bf16", 2, true},
    {"i8", 1, false},
    {"i16", 2, false},
    {"i32", 4, false},
    {"i64", 8, false},
    {"u8", 1, false},
    {"i1", 1, false},
}};

const ElementInfo& info(ElementType element) { return kElements[static_cast<size_t>(element)]; }

}  // namespace

int64_t size_of(ElementType element) { return info(element).size; }
std::string_view name_of(ElementType element) { return info(element).name; }
bool is_float(ElementType element) { return info(element).floating; }
bool is_integer(ElementType element) { return !is_float(element) && element != ElementType::i1; }

std::optional<ElementType> element_type_from_name(std::string_view name) {
  for (size_t i = 0; i < kElements.size(); ++i) {
    if (kElements[i].name == name) return static_cast<ElementType>(i);
  }
  return std::nullopt;
}

int64_t element_count(const Shape& shape) {
  int64_t count = 1;
  for (int64_t extent : shape) count *= extent;
  return count;
}

std::optional<std::string> problem_of(const Type& type) {
  if (type.rank() > kMaxRank) return fmt::format("a tensor has at most {} dimensions", kMaxRank);
  int64_t bytes = size_of(type.element);
  for (int64_t extent : type.shape) {
    if (extent < 0) return fmt::format("{} has a negative extent", type.to_string());
    if (extent > kMaxTensorBytes / bytes) {
      return fmt::format("{} is larger than {} GiB", type.to_string(), kMaxTensorBytes >> 30);
    }
    bytes *= extent > 0 ? extent : 1;
  }
  return std::nullopt;
}

std::string Type::to_string() const {
  std::string text = "tensor<";
  for (int64_t extent : shape) text += fmt::format("{}x", extent);
  return text + std::string(name_of(element)) + ">";
}

}  // namespace kiln::ir
