// Products of vectors, matrices and stacks of them, all written as sums over letters.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "frontend/keras/operations/list.h"

namespace kiln::keras {
namespace {

using ir::Integers;
using ir::Tensor;

/// A tensor with a letter for each dimension. Dimensions that an ellipsis stands for have digits.
struct Lettered {
  Tensor x;
  std::string letters;
};

bool has(const std::string& letters, char letter) {
  return letters.find(letter) != std::string::npos;
}
int64_t place(const std::string& letters, char letter) {
  return static_cast<int64_t>(letters.find(letter));
}

/// Sums over the letters that nobody keeps.
Lettered sum_out(const Lettered& a, const std::string& kept) {
  Lettered result{a.x, ""};
  Integers summed;
  for (char letter : a.letters) {
    if (has(kept, letter)) {
      result.letters += letter;
    } else {
      summed.push_back(place(a.letters, letter));
    }
  }
  if (!summed.empty()) result.x = sum(a.x, summed);
  return result;
}

/// Dimensions of extent 1 whose letter has a larger extent in the other leave it: they broadcast.
Lettered without_ones(const Lettered& a, const Lettered& other) {
  Lettered result{a.x, ""};
  ir::Shape shape;
  for (size_t d = 0; d < a.letters.size(); ++d) {
    const char letter = a.letters[d];
    if (a.x.shape()[d] == 1 && has(other.letters, letter) &&
        extent(other.x, place(other.letters, letter)) != 1)
      continue;
    result.letters += letter;
    shape.push_back(a.x.shape()[d]);
  }
  result.x = reshape(a.x, shape);
  return result;
}

/// The product of two, summed over the letters that are not kept.
Expected<Lettered> multiply(Lettered a, Lettered b, const std::string& kept) {
  std::tie(a, b) = std::pair(without_ones(a, b), without_ones(b, a));
  for (char letter : a.letters) {
    if (!has(b.letters, letter)) continue;
    const int64_t x = extent(a.x, place(a.letters, letter));
    const int64_t y = extent(b.x, place(b.letters, letter));
    if (x == y) continue;
    return Diagnostic{"",
                      fmt::format("{} and {} do not fit: {} against {}", show_shape(a.x.shape()),
                                  show_shape(b.x.shape()), x, y),
                      ""};
  }
  a = sum_out(a, kept + b.letters);
  b = sum_out(b, kept + a.letters);
  ir::DotGeneral dot;
  std::string batch, left, right;
  for (char letter : a.letters) {
    const int64_t d = place(a.letters, letter);
    if (!has(b.letters, letter)) {
      left += letter;
    } else if (has(kept, letter)) {
      batch += letter;
      dot.lhs_batching.push_back(d);
      dot.rhs_batching.push_back(place(b.letters, letter));
    } else {
      dot.lhs_contracting.push_back(d);
      dot.rhs_contracting.push_back(place(b.letters, letter));
    }
  }
  for (char letter : b.letters) {
    if (!has(a.letters, letter)) right += letter;
  }
  return Lettered{dot_general(a.x, b.x, dot), batch + left + right};
}

/// The sum of the operands' product, in the order of the result's letters.
Expected<Tensor> contract(const std::vector<Lettered>& operands, const std::string& result) {
  Lettered product = operands[0];
  for (size_t i = 1; i < operands.size(); ++i) {
    std::string kept = result;
    for (size_t later = i + 1; later < operands.size(); ++later) kept += operands[later].letters;
    KILN_ASSIGN(product, multiply(product, operands[i], kept));
  }
  product = sum_out(product, result);
  Integers order;
  for (char letter : result) order.push_back(place(product.letters, letter));
  return transpose(product.x, order);
}

/// Operands in the type that products are taken in.
Expected<std::vector<Tensor>> factors(const std::vector<Operand>& operands) {
  std::vector<Tensor> tensors = promote(operands);
  if (is_bool(tensors[0]))
    return Diagnostic{"", "does not take truth values", "convert them first, with keras.ops.cast"};
  // Keras adds up products of int8 in int32.
  for (Tensor& x : tensors) {
    if (x.type().element == ir::ElementType::i8 && operands.size() > 1)
      x = convert(x, ir::ElementType::i32);
  }
  return tensors;
}

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::string letters(int64_t first, int64_t count) {
  return std::string(kLetters.substr(static_cast<size_t>(first), static_cast<size_t>(count)));
}

// ---- einsum

Diagnostic bad_subscripts(const std::string& text, const std::string& why) {
  return {"", fmt::format("subscripts \"{}\": {}", text, why), ""};
}

/// The letters of one operand; `width` digits, the last ones of nine, in place of an ellipsis.
std::string expand_ellipsis(const std::string& term, int64_t width) {
  const size_t at = term.find("...");
  if (at == std::string::npos) return term;
  std::string digits;
  for (int64_t i = 9 - width; i < 9; ++i) digits += static_cast<char>('0' + i);
  return term.substr(0, at) + digits + term.substr(at + 3);
}

Status check_letters(const std::string& text, const std::string& term) {
  std::set<char> seen;
  for (char c : term) {
    if (!std::isalnum(static_cast<unsigned char>(c)))
      return bad_subscripts(text, "is not understood");
    if (!seen.insert(c).second)
      return bad_subscripts(text, "a letter that comes twice in one term is not supported");
  }
  return ok();
}

/// Without "->": the letters that come once, in the alphabet's order, after an ellipsis.
std::string implied_result(const std::vector<std::string>& terms) {
  std::map<char, int> counts;
  for (const std::string& term : terms) {
    for (char c : term) ++counts[c];
  }
  std::string digits, once;
  for (const auto& [c, count] : counts) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (count == 1)
      once += c;
  }
  return digits + once;
}

Expected<Tensor> einsum(const std::vector<Operand>& operands, const std::string& subscripts) {
  std::string text = subscripts;
  std::erase(text, ' ');
  const size_t arrow = text.find("->");
  std::vector<std::string> terms(1);
  for (char c : text.substr(0, arrow)) {
    if (c == ',')
      terms.emplace_back();
    else
      terms.back() += c;
  }
  if (terms.size() != operands.size())
    return bad_subscripts(subscripts,
                          fmt::format("{} terms for {} operands", terms.size(), operands.size()));
  KILN_ASSIGN(const std::vector<Tensor> tensors, factors(operands));
  std::vector<Lettered> lettered;
  int64_t widest = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    const bool has_ellipsis = terms[i].find("...") != std::string::npos;
    const int64_t named = static_cast<int64_t>(terms[i].size()) - (has_ellipsis ? 3 : 0);
    const int64_t width = tensors[i].rank() - named;
    if (width < 0 || width > 9 || (!has_ellipsis && width > 0)) {
      return bad_subscripts(subscripts, fmt::format("\"{}\" does not fit a tensor of shape {}",
                                                    terms[i], show_shape(tensors[i].shape())));
    }
    widest = std::max(widest, has_ellipsis ? width : 0);
    terms[i] = expand_ellipsis(terms[i], width);
    KILN_TRY(check_letters(subscripts, terms[i]));
    lettered.push_back({tensors[i], terms[i]});
  }
  std::string result = implied_result(terms);
  if (arrow != std::string::npos) result = expand_ellipsis(text.substr(arrow + 2), widest);
  KILN_TRY(check_letters(subscripts, result));
  for (char letter : result) {
    const auto has_letter = [&](const std::string& term) { return has(term, letter); };
    if (std::none_of(terms.begin(), terms.end(), has_letter))
      return bad_subscripts(subscripts, fmt::format("no operand has \"{}\"", letter));
  }
  return contract(lettered, result);
}

// ---- products by their names

/// Contracts dimensions of a with dimensions of b; what is left of both follows in order.
Expected<Tensor> contract_pairs(const Operand& a, const Operand& b, const Integers& of_a,
                                const Integers& of_b) {
  KILN_ASSIGN(const std::vector<Tensor> x, factors({a, b}));
  std::string left = letters(0, x[0].rank()), right = letters(26, x[1].rank()), result;
  for (size_t i = 0; i < of_a.size(); ++i) {
    if (extent(x[0], of_a[i]) != extent(x[1], of_b[i])) {
      return Diagnostic{
          "",
          fmt::format("{} and {} do not fit along axes {} and {}", show_shape(x[0].shape()),
                      show_shape(x[1].shape()), of_a[i], of_b[i]),
          ""};
    }
    right.at(static_cast<size_t>(of_b[i])) = left.at(static_cast<size_t>(of_a[i]));
  }
  for (char c : left) {
    if (!has(right, c)) result += c;
  }
  for (char c : right) {
    if (!has(left, c)) result += c;
  }
  return contract({{x[0], left}, {x[1], right}}, result);
}

Expected<Tensor> matmul(const Operand& a, const Operand& b) {
  KILN_ASSIGN(const std::vector<Tensor> x, factors({a, b}));
  if (x[0].rank() == 0 || x[1].rank() == 0)
    return Diagnostic{"", "does not take scalars", "keras.ops.multiply does"};
  // ...ij, ...jk -> ...ik; a vector has only the j.
  const bool row = x[0].rank() == 1, column = x[1].rank() == 1;
  const int64_t batch = std::max<int64_t>({x[0].rank() - 2, x[1].rank() - 2, 0});
  const auto stack_letters = [&](Tensor tensor) {
    const int64_t own = std::max<int64_t>(tensor.rank() - 2, 0);
    return letters(batch - own, own);
  };
  const std::string i = "I", j = "J", k = "K";
  const std::string left = row ? j : stack_letters(x[0]) + i + j;
  const std::string right = column ? j : stack_letters(x[1]) + j + k;
  const int64_t inner = extent(x[0], x[0].rank() - 1);
  if (inner != extent(x[1], column ? 0 : x[1].rank() - 2)) {
    return Diagnostic{
        "", fmt::format("{} and {} do not fit", show_shape(x[0].shape()), show_shape(x[1].shape())),
        ""};
  }
  return contract({{x[0], left}, {x[1], right}},
                  letters(0, batch) + (row ? "" : i) + (column ? "" : k));
}

Expected<Tensor> scaled(const Operand& a, const Operand& b) {
  KILN_ASSIGN(const std::vector<Tensor> x, factors({a, b}));
  return x[0] * x[1];
}

Expected<Tensor> dot(const Operand& a, const Operand& b) {
  const int64_t m = a.tensor.rank(), n = b.tensor.rank();
  if (m == 0 || n == 0) return scaled(a, b);
  return contract_pairs(a, b, {m - 1}, {n == 1 ? 0 : n - 2});
}

/// axes: how many, the last of a with the first of b; or two lists of them, or two axes.
Expected<Tensor> tensordot(const Operand& a, const Operand& b, const Json& axes) {
  const int64_t m = a.tensor.rank(), n = b.tensor.rank();
  Integers of_a, of_b;
  if (axes.is_number_integer()) {
    const int64_t count = axes.get<int64_t>();
    if (count < 0 || count > m || count > n)
      return Diagnostic{"", fmt::format("axes {} is out of range", count), ""};
    for (int64_t i = 0; i < count; ++i) {
      of_a.push_back(m - count + i);
      of_b.push_back(i);
    }
  } else {
    const auto list = [](const Json& json) {
      return json.is_number_integer() ? Json::array({json}) : json;
    };
    const auto are_integers = [](const Json& json) {
      return json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& each) {
               return each.is_number_integer();
             });
    };
    if (!axes.is_array() || axes.size() != 2 || !are_integers(list(axes[0])) ||
        !are_integers(list(axes[1])) || list(axes[0]).size() != list(axes[1]).size())
      return Diagnostic{"", "axes must be a number, or two lists of as many axes", ""};
    KILN_ASSIGN(of_a, dimensions_of(list(axes[0]).get<Integers>(), m));
    KILN_ASSIGN(of_b, dimensions_of(list(axes[1]).get<Integers>(), n));
  }
  return contract_pairs(a, b, of_a, of_b);
}

// ---- norms

/// The vectors' lengths along dimensions, by a norm's order.
Expected<Tensor> vector_norm(Tensor x, const Json& order, const Integers& dimensions,
                             bool keepdims) {
  const Tensor magnitude = abs(x);
  if (order.is_null() || order == 2) return sqrt(sum(square(x), dimensions, keepdims));
  if (!order.is_number())
    return Diagnostic{"", "ord must be a number or None for the norm of vectors", ""};
  const auto p = order.get<double>();
  if (p == std::numeric_limits<double>::infinity())
    return reduce(magnitude, "maximum", dimensions, keepdims);
  if (p == -std::numeric_limits<double>::infinity())
    return reduce(magnitude, "minimum", dimensions, keepdims);
  if (p == 0) return sum(convert(compare(x, "NE", 0.0), x.type().element), dimensions, keepdims);
  if (p == 1) return sum(magnitude, dimensions, keepdims);
  return power(sum(power(magnitude, p), dimensions, keepdims), 1 / p);
}

/// Of matrices in two dimensions: sums of columns (1) or rows (infinity), the largest or smallest.
Expected<Tensor> matrix_norm(Tensor x, const Json& order, const Integers& dimensions,
                             bool keepdims) {
  const bool is_number = order.is_number();
  const double p = is_number ? order.get<double>() : 0;
  if (order.is_null() || order == "fro") return sqrt(sum(square(x), dimensions, keepdims));
  if (!is_number || (std::abs(p) != 1 && !std::isinf(p))) {
    return Diagnostic{"", "norms of matrices by their singular values are not supported",
                      "kiln has 'fro', 1, -1, infinity and -infinity"};
  }
  const int64_t summed = dimensions[std::abs(p) == 1 ? 0 : 1];
  const int64_t other = dimensions[std::abs(p) == 1 ? 1 : 0];
  const Tensor sums = sum(abs(x), {summed}, true);
  const Tensor norm = reduce(sums, p > 0 ? "maximum" : "minimum", {other}, true);
  if (keepdims) return norm;
  return reshape(norm, sum(x, dimensions).shape());
}

Expected<Tensor> norm(Tensor x, const Json& order, const AxesArgument& axes, bool keepdims) {
  if (!axes.axes && order.is_null()) {
    const Integers all = all_dimensions(x.rank());
    return all.empty() ? abs(x) : sqrt(sum(square(x), all, keepdims));
  }
  Integers dimensions = all_dimensions(x.rank());
  if (axes.axes) {
    KILN_ASSIGN(dimensions, dimensions_of(*axes.axes, x.rank()));
  }
  if (dimensions.size() == 1) return vector_norm(x, order, dimensions, keepdims);
  if (dimensions.size() == 2) return matrix_norm(x, order, dimensions, keepdims);
  return Diagnostic{"", "takes one axis or two", ""};
}

/// x over its norms, which count as epsilon where they are smaller.
Expected<Tensor> normalize(Tensor x, int64_t axis, int64_t order, std::optional<double> epsilon) {
  if (order < 1) return Diagnostic{"", "order must be 1 or more", ""};
  KILN_ASSIGN(const int64_t dimension, dimension_of(axis, x.rank()));
  const double least = epsilon.value_or(1e-7);
  if (order == 2) return x * minimum(rsqrt(sum(square(x), {dimension}, true)), 1 / least);
  KILN_ASSIGN(const Tensor length, vector_norm(x, order, {dimension}, true));
  return x / maximum(length, least);
}

Expected<Tensor> trace(Tensor x, int64_t offset, int64_t axis1, int64_t axis2) {
  KILN_ASSIGN(const Integers plane, dimensions_of({axis1, axis2}, x.rank()));
  const ir::Type index = x.type().with_element(ir::ElementType::i32);
  const Tensor row = x.builder->iota(index, plane[0]), column = x.builder->iota(index, plane[1]);
  const Tensor on_diagonal = compare(row + static_cast<double>(offset), "EQ", column);
  const Tensor numbers = is_bool(x) ? convert(x, ir::ElementType::i32) : x;
  return sum(select(on_diagonal, numbers, 0.0), plane);
}

/// The elements on or below the k-th diagonal (lower), or on and above it; 0 elsewhere.
Expected<Tensor> triangle(Tensor x, int64_t k, bool lower) {
  if (x.rank() < 2) return Diagnostic{"", "takes matrices", ""};
  const ir::Type index = x.type().with_element(ir::ElementType::i32);
  const Tensor row = x.builder->iota(index, x.rank() - 2);
  const Tensor column = x.builder->iota(index, x.rank() - 1);
  const Tensor kept = compare(column - row, lower ? "LE" : "GE", static_cast<double>(k));
  return select(kept, x, 0.0);
}

}  // namespace

void add_algebra(Definitions& table) {
  const auto add = [&](auto... definition) { table.push_back(define(definition...)); };
  add("Matmul", "x1, x2", "the product of matrices, or of stacks of them",
      [](Operand x1, Operand x2) { return matmul(x1, x2); });
  add("Dot", "x1, x2", "the last dimension of x1 times the last but one of x2",
      [](Operand x1, Operand x2) { return dot(x1, x2); });
  add("Tensordot", "x1, x2; axes=2", "products summed over pairs of axes",
      [](Operand x1, Operand x2, AnyArgument axes) { return tensordot(x1, x2, *axes.json); });
  add("Inner", "x1, x2", "products summed over the last dimensions",
      [](Operand x1, Operand x2) -> Expected<Tensor> {
        if (x1.tensor.rank() == 0 || x2.tensor.rank() == 0) return scaled(x1, x2);
        return contract_pairs(x1, x2, {x1.tensor.rank() - 1}, {x2.tensor.rank() - 1});
      });
  add("Outer", "x1, x2", "the products of all elements of x1 with all of x2",
      [](Operand x1, Operand x2) {
        for (Operand* x : {&x1, &x2}) x->tensor = reshape(x->tensor, {x->tensor.type().count()});
        return contract_pairs(x1, x2, {}, {});
      });
  add("Einsum", "*operands; subscripts", "products summed as the subscripts say",
      [](std::vector<Operand> operands, std::string subscripts) {
        return einsum(operands, subscripts);
      });
  add("Norm", "x; ord=None, axis=None, keepdims=False", "norms of vectors or matrices",
      [](Floats x, AnyArgument ord, AxesArgument axis, bool keepdims) {
        return norm(x.x, *ord.json, axis, keepdims);
      });
  add("Normalize", "x; axis=-1, order=2, epsilon=None", "x over its norms",
      [](Floats x, int64_t axis, int64_t order, std::optional<double> epsilon) {
        return normalize(x.x, axis, order, epsilon);
      });
  add("Trace", "x; offset=0, axis1=0, axis2=1", "the sum of a diagonal",
      [](Tensor x, int64_t offset, int64_t axis1, int64_t axis2) {
        return trace(x, offset, axis1, axis2);
      });
  add("Tril", "x; k=0", "the elements on and below a diagonal, 0 above",
      [](Tensor x, int64_t k) { return triangle(x, k, true); });
  add("Triu", "x; k=0", "the elements on and above a diagonal, 0 below",
      [](Tensor x, int64_t k) { return triangle(x, k, false); });
}

}  // namespace kiln::keras
