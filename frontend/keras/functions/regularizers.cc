#include "frontend/keras/functions/regularizers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "frontend/keras/functions/class_table.h"
#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/options/object_kind.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr NamedMeaning kClasses[] = {
    {"L1", "l1 · sum |x|"},
    {"L2", "l2 · sum x²"},
    {"L1L2", "l1 · sum |x| + l2 · sum x²"},
    {"OrthogonalRegularizer", "the mean absolute cosine between rows of a matrix"},
};

constexpr ClassTable kTable = {"regularizer", "keras.regularizers", kClasses};

bool has_l1(const Regularizer& r) { return r.class_name == "L1" || r.class_name == "L1L2"; }
bool has_l2(const Regularizer& r) { return r.class_name == "L2" || r.class_name == "L1L2"; }

/// The mean absolute cosine of two different rows, halved sum over all ordered pairs.
Tensor mean_cosine(Tensor matrix) {
  const Tensor rows = unit_vectors(matrix, {1});
  const Tensor cosines = dot(rows, transpose(rows, {1, 0}));
  const int64_t size = matrix.shape()[0];
  ir::Builder& builder = *matrix.builder;
  const ir::Type indices{ir::ElementType::i32, {size, size}};
  const Tensor different = compare(builder.iota(indices, 0), "NE", builder.iota(indices, 1));
  const double pairs = static_cast<double>(size) * static_cast<double>(size - 1) / 2;
  return sum(select(different, abs(cosines), 0.0)) * (0.5 / pairs);
}

}  // namespace

Regularizer::Regularizer(std::string_view name) : class_name(kTable.class_called(name)) {
  if (class_name == "L1") l1 = 0.01;
  if (class_name == "L2") l2 = 0.01;
}

Regularizer L1(double l1) {
  Regularizer regularizer("L1");
  regularizer.l1 = l1;
  return regularizer;
}

Regularizer L2(double l2) {
  Regularizer regularizer("L2");
  regularizer.l2 = l2;
  return regularizer;
}

Regularizer L1L2(double l1, double l2) {
  Regularizer regularizer("L1L2");
  regularizer.l1 = l1;
  regularizer.l2 = l2;
  return regularizer;
}

Regularizer OrthogonalRegularizer(double factor, std::string mode) {
  Regularizer regularizer("OrthogonalRegularizer");
  regularizer.factor = factor;
  regularizer.mode = std::move(mode);
  return regularizer;
}

Status check(const Regularizer& regularizer, const ir::Shape& shape) {
  if (!regularizer) return ok();
  if (!kTable.has(regularizer.class_name)) return kTable.unknown("", regularizer.class_name);
  for (double factor : {regularizer.l1, regularizer.l2, regularizer.factor}) {
    if (std::isfinite(factor) && factor >= 0) continue;
    return Diagnostic{
        "",
        fmt::format("{}: factors must not be negative, one is {}", regularizer.class_name, factor),
        ""};
  }
  if (regularizer.class_name != "OrthogonalRegularizer") return ok();
  if (regularizer.mode != "rows" && regularizer.mode != "columns") {
    return Diagnostic{"",
                      fmt::format("{}: mode must be \"rows\" or \"columns\", not \"{}\"",
                                  regularizer.class_name, regularizer.mode),
                      ""};
  }
  if (shape.size() == 2) return ok();
  return Diagnostic{"",
                    fmt::format("{} applies to matrices, not to {} dimensions",
                                regularizer.class_name, shape.size()),
                    ""};
}

Tensor penalty(const Regularizer& regularizer, Tensor x) {
  if (regularizer.class_name == "OrthogonalRegularizer") {
    const bool rows = regularizer.mode == "rows";
    return mean_cosine(rows ? x : transpose(x, {1, 0})) * regularizer.factor;
  }
  Tensor total;
  if (regularizer.l1 != 0) total = sum(abs(x)) * regularizer.l1;
  if (regularizer.l2 != 0) {
    const Tensor squares = sum(square(x)) * regularizer.l2;
    total = total ? total + squares : squares;
  }
  return total ? total : x.builder->scalar(0);
}

OptionList Regularizer::option_list() {
  OptionList options;
  if (has_l1(*this)) options.push_back({"l1", &l1, "factor of the sum of absolute values"});
  if (has_l2(*this)) options.push_back({"l2", &l2, "factor of the sum of squares"});
  if (class_name == "OrthogonalRegularizer") {
    options.push_back({"factor", &factor, "of the mean cosine"});
    options.push_back({"mode", &mode, "of which vectors: \"rows\" or \"columns\""});
  }
  return options;
}

Expected<Regularizer> read_regularizer(const Json& json, const std::string& where) {
  return read_from_table<Regularizer>(kTable, json, where);
}

Json write_regularizer(const Regularizer& regularizer) {
  return write_from_table(kTable, regularizer);
}

std::vector<ClassReference> regularizer_reference() { return reference_of<Regularizer>(kTable); }

namespace {

void read(Regularizer& regularizer, const OptionReading& from) {
  from.keep(regularizer, read_regularizer(from.value(), from.where()));
}
Json write(const Regularizer& regularizer, ConfigKind) { return write_regularizer(regularizer); }

}  // namespace

const ObjectKind& object_kind(const Regularizer*) {
  static constexpr ObjectKind kKind =
      object_kind_of<Regularizer, read, write>("regularizer or null");
  return kKind;
}

}  // namespace kiln::keras
