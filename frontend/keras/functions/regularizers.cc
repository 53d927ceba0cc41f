#include "frontend/keras/functions/regularizers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "frontend/keras/functions/vectors.h"
#include "frontend/keras/json/keras_object.h"
#include "frontend/keras/json/names.h"
#include "frontend/keras/options/config.h"
#include "frontend/keras/options/object_kind.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

struct NamedMeaning {
  std::string_view class_name;
  std::string_view meaning;
};

constexpr NamedMeaning kClasses[] = {
    {"L1", "l1 · sum |x|"},
    {"L2", "l2 · sum x²"},
    {"L1L2", "l1 · sum |x| + l2 · sum x²"},
    {"OrthogonalRegularizer", "the mean absolute cosine between rows of a matrix"},
};

bool is_known(std::string_view class_name) {
  return std::ranges::any_of(kClasses, [&](auto& known) { return known.class_name == class_name; });
}

Diagnostic unknown_regularizer(const std::string& where, std::string_view class_name) {
  std::vector<std::string_view> names;
  for (const NamedMeaning& known : kClasses) names.push_back(known.class_name);
  return {where, fmt::format("unknown regularizer \"{}\"", class_name),
          ir::did_you_mean(class_name, names)};
}

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

Regularizer::Regularizer(std::string_view name) : class_name(name) {
  for (const NamedMeaning& known : kClasses) {
    if (to_snake_case(known.class_name) == name) class_name = known.class_name;
  }
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
  if (!is_known(regularizer.class_name)) return unknown_regularizer("", regularizer.class_name);
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
  if (json.is_null()) return Regularizer();
  KILN_ASSIGN(const KerasObject object, read_object(json, "a regularizer", where));
  Regularizer regularizer(object.identifier);
  if (!is_known(regularizer.class_name)) return unknown_regularizer(where, regularizer.class_name);
  if (!object.has_config()) return regularizer;
  ConfigReader reader(object.config, where + ": " + regularizer.class_name);
  read_options(regularizer.option_list(), reader);
  KILN_TRY(reader.finish());
  return regularizer;
}

Json write_regularizer(const Regularizer& regularizer) {
  if (!regularizer) return nullptr;
  Json config = Json::object();
  write_options_of(regularizer, config);
  return write_object("keras.regularizers", regularizer.class_name, std::move(config));
}

std::vector<ClassReference> regularizer_reference() {
  std::vector<ClassReference> classes;
  for (const NamedMeaning& known : kClasses) {
    Regularizer regularizer(known.class_name);
    classes.push_back(describe(known.class_name, known.meaning, regularizer.option_list()));
  }
  return classes;
}

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
