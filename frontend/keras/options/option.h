// Options of Keras's objects (layers, losses, metrics, optimizers, ...), each said once: an object
// lists its options with their places, and reading, writing, comparing and the printed reference
// follow from the list.
//
//   OptionList Dense::option_list() {
//     return {{"units", &options_.units, "how many outputs", kRequired},
//             {"activation", &options_.activation, "applied to the outputs"},
//             ...};
//   }
//
// To add an option is to add its field and its line. To add a kind of option is to add it to
// OptionPlace and say in kinds.cc what it is called and how it is read and written; a type of
// Keras's objects says that in its own file (object_kind.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kiln::keras {

struct Extents;
struct ObjectKind;
enum class DataFormat;

/// A value that an option is fixed to.
using FixedValue = std::variant<std::nullptr_t, bool, int, double, std::string_view>;

/// Kiln supports no other values than these. Written is the first, or `written`.
struct Fixed {
  std::vector<FixedValue> values;
  std::optional<FixedValue> written = {};
  std::string_view note = {};  ///< what to do where it has another; otherwise what kiln takes
};
/// Any value will do, because results do not depend on it. Written is this one.
struct Ignored {
  FixedValue value = nullptr;
};
/// What Keras computes in: float32, as its DTypePolicy.
struct ComputeType {};
/// Text, or null, which stands in the object as `none`.
struct NullableText {
  std::string* text;
  std::string_view none = "";
};
/// A whole number that is kept as a double: steps. Written as an integer.
struct Count {
  double* value;
};
struct Counts {
  std::vector<double>* values;
};
/// A list of integers; one without a list stands for all from 1 to it. Null where empty.
struct UpTo {
  std::vector<int64_t>* numbers;
};
/// A text or an integer, which is kept as its digits, or null.
struct TextOrInteger {
  std::optional<std::string>* text;
  bool* is_integer;
};
/// A number or a list of them, of which one is written as a number. Null where empty.
struct NumberOrList {
  std::vector<double>* numbers;
};
/// Extents along `rank` dimensions, one number for all or a number for each. Where they are empty,
/// `otherwise` is written, or null.
struct ExtentsOf {
  Extents* extents;
  size_t rank;
  const Extents* otherwise = nullptr;
};
/// An integer; where there is none, `otherwise` is written.
struct IntegerOr {
  std::optional<int64_t>* value;
  const int64_t* otherwise;
};
/// Dimensions or sizes as Keras lists them, one of them also without a list.
struct Axes {
  enum Form {
    kNumberOrList,  ///< one is written as a number; null: the default
    kList,          ///< written as a list; null: the default
    kListOrNull,    ///< likewise; null: none, which is written as null
    kListOrEmpty,   ///< likewise; null: none, which is written as []
  };
  std::vector<int64_t>* axes;
  Form form = kNumberOrList;
  std::string_view wanted = "an axis or a list of axes";
};
/// Extents of a tensor; those that are open (kNone) are null in the file.
struct ShapeOf {
  std::vector<int64_t>* shape;
  bool empty_is_null = false;
};
/// The shape of an input with its batch, which may be open.
struct BatchShape {
  std::vector<int64_t>* shape;
  std::optional<int64_t>* batch;
};
/// Before and after the elements, for each dimension; of one dimension without a list around it.
struct BordersOf {
  std::span<std::array<int64_t, 2>> sides;
};

/// An object of Keras's, of a type with an object_kind() (object_kind.h).
struct ObjectPlace {
  void* object;
  const ObjectKind* kind;

  template <typename T>
  requires requires(const T* of_type) { object_kind(of_type); }
  ObjectPlace(T* object) : object(object), kind(&object_kind(object)) {}
};

/// Where an option's value is; the type says how it is read and written.
using OptionPlace =
    std::variant<bool*, int64_t*, double*, std::string*, std::optional<int64_t>*,
                 std::optional<double>*, std::optional<std::string>*, std::vector<double>*,
                 std::vector<std::string>*, std::array<int64_t, 2>*, DataFormat*, ObjectPlace,
                 Fixed, Ignored, ComputeType, NullableText, Count, Counts, UpTo, TextOrInteger,
                 NumberOrList, ExtentsOf, IntegerOr, Axes, ShapeOf, BatchShape, BordersOf>;

/// What is special about an option.
enum OptionFlags : unsigned {
  kPlain = 0,
  kRequired = 1,    ///< a config without it is an error
  kNotWritten = 2,  ///< read where a config has it, but Keras does not write it
  kOfCall = 4,      ///< an argument of the layer's call: Keras's files have it with the call
  kNotInFiles = 8,  ///< Keras's files do not have it, though compiled code depends on it
};
/// For options that Keras writes under a condition.
constexpr OptionFlags written_if(bool condition) { return condition ? kPlain : kNotWritten; }

struct Option {
  std::string_view key;
  OptionPlace place;
  std::string_view meaning;  ///< a line for the reference; of fixed options it may be empty
  OptionFlags flags = kPlain;

  bool has(OptionFlags flag) const { return (flags & flag) != 0; }
};

/// In the order in which Keras writes them.
using OptionList = std::vector<Option>;

/// The options of both lists, the first's first.
OptionList operator+(OptionList first, const OptionList& second);

}  // namespace kiln::keras
