#include "frontend/keras/layers/einsum_dense.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "frontend/keras/layers/base/one_input.h"
#include "frontend/keras/layers/base/weight_options.h"

namespace kiln::keras {
namespace {

using ir::Tensor;

constexpr auto kF32 = ir::ElementType::f32;

/// A letter for each dimension of input, kernel and output. Dimensions under an ellipsis have
/// letters that no equation can have.
struct Equation {
  std::string input, kernel, output;
  bool ellipsis_is_first = false;
  size_t under_ellipsis = 0;
};

bool is_word(std::string_view letters) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !letters.empty() && std::ranges::all_of(letters, is_letter);
}

bool has_twice(std::string_view letters) {
  for (size_t i = 0; i < letters.size(); ++i) {
    if (letters.find(letters[i], i + 1) != letters.npos) return true;
  }
  return false;
}

/// Takes the ellipsis off one end of a term.
bool take_ellipsis(std::string& term, bool first) {
  constexpr std::string_view kEllipsis = "...";
  if (first ? !term.starts_with(kEllipsis) : !term.ends_with(kEllipsis)) return false;
  term.erase(first ? 0 : term.size() - 3, 3);
  return true;
}

/// Writes `count` dimensions in the ellipsis's place.
void put_dimensions(std::string& term, bool first, size_t count) {
  std::string letters;
  for (size_t i = 0; i < count; ++i) letters += static_cast<char>('0' + i);
  term = first ? letters + term : term + letters;
}

Expected<Equation> parse(const std::string& text, const LayerInput& input) {
  const auto wrong = [&] {
    return Diagnostic{"", fmt::format("equation \"{}\" is not supported", text),
                      "equations are like ab,bc->ac, ...ab,bc->...ac or ab...,bc->ac..."};
  };
  const size_t comma = text.find(','), arrow = text.find("->");
  if (comma == text.npos || arrow == text.npos || arrow < comma) return wrong();
  Equation e{text.substr(0, comma), text.substr(comma + 1, arrow - comma - 1),
             text.substr(arrow + 2)};
  bool has_ellipsis = false;
  for (bool first : {true, false}) {
    if (!take_ellipsis(e.input, first)) continue;
    if (has_ellipsis || !take_ellipsis(e.output, first)) return wrong();
    has_ellipsis = true;
    e.ellipsis_is_first = first;
  }
  for (const std::string* term : {&e.input, &e.kernel, &e.output}) {
    if (!is_word(*term) || has_twice(*term)) return wrong();
  }
  const auto rank = static_cast<size_t>(input.type.rank());
  if (has_ellipsis ? rank < e.input.size() : rank != e.input.size()) {
    return Diagnostic{"",
                      fmt::format("equation \"{}\" does not take inputs of {} dimensions, as from "
                                  "\"{}\"",
                                  text, rank, input.from),
                      ""};
  }
  e.under_ellipsis = rank - e.input.size();
  if (e.under_ellipsis > 9) return wrong();
  put_dimensions(e.input, e.ellipsis_is_first, e.under_ellipsis);
  put_dimensions(e.output, e.ellipsis_is_first, e.under_ellipsis);
  return e;
}

/// The extents of all letters.
using ExtentOfLetter = std::map<char, int64_t>;

Expected<ExtentOfLetter> extents_of(const Equation& e, const EinsumDenseOptions& o,
                                    const LayerInput& input) {
  ExtentOfLetter extents;
  for (size_t i = 0; i < e.input.size(); ++i) extents[e.input[i]] = input.type.shape[i];
  // The option has neither the batch nor what an ellipsis stands for, but if the batch is not under
  // an ellipsis that comes first.
  std::string named = e.output;
  if (e.ellipsis_is_first && e.under_ellipsis > 0)
    named.erase(0, e.under_ellipsis);
  else
    named.erase(0, 1);
  if (!e.ellipsis_is_first) named.resize(named.size() - std::min(named.size(), e.under_ellipsis));
  if (named.size() != o.output_shape.size()) {
    return Diagnostic{"",
                      fmt::format("output_shape {} does not fit the output of equation \"{}\"",
                                  show_shape(o.output_shape), o.equation),
                      ""};
  }
  for (size_t i = 0; i < named.size(); ++i) {
    const auto [known, is_new] = extents.try_emplace(named[i], o.output_shape[i]);
    if (o.output_shape[i] == kNone || known->second == o.output_shape[i]) continue;
    if (known->second == kNone) {
      known->second = o.output_shape[i];
      continue;
    }
    return Diagnostic{
        "",
        fmt::format("output_shape {} has {} where the input has {} (dimension {})",
                    show_shape(o.output_shape), o.output_shape[i], known->second, named[i]),
        ""};
  }
  return extents;
}

Expected<ir::Shape> shape_of(const std::string& letters, const ExtentOfLetter& extents,
                             const EinsumDenseOptions& o) {
  ir::Shape shape;
  for (char letter : letters) {
    const auto found = extents.find(letter);
    if (found == extents.end()) {
      return Diagnostic{
          "", fmt::format("dimension {} of equation \"{}\" has no extent", letter, o.equation), ""};
    }
    shape.push_back(found->second);
  }
  return shape;
}

/// The bias has 1 where the output has a dimension, after its first, that is none of the bias's.
Expected<ir::Shape> bias_shape(const Equation& e, const EinsumDenseOptions& o,
                               const ExtentOfLetter& extents) {
  size_t first = e.output.size();
  for (char axis : o.bias_axes) {
    const size_t place = e.output.find(axis);
    if (place == e.output.npos) {
      return Diagnostic{
          "", fmt::format("bias_axes \"{}\": the output has no dimension {}", o.bias_axes, axis),
          ""};
    }
    first = std::min(first, place);
  }
  ir::Shape shape;
  for (size_t i = first; i < e.output.size(); ++i) {
    const bool has = o.bias_axes.find(e.output[i]) != o.bias_axes.npos;
    shape.push_back(has ? extents.at(e.output[i]) : 1);
  }
  return shape;
}

Status check_known(const ir::Shape& shape, const LayerInput& input) {
  if (std::ranges::find(shape, kNone) == shape.end()) return ok();
  return Diagnostic{"",
                    fmt::format("needs known extents for its weights, gets {} from \"{}\"",
                                show_shape(input.type.shape), input.from),
                    ""};
}

/// Sums of products over the letters that the output lacks.
Tensor einsum(const Equation& e, Tensor x, Tensor kernel) {
  const auto in = [](const std::string& term, char letter) {
    return term.find(letter) != term.npos;
  };
  ir::Integers alone;  // summed without the kernel
  std::string letters;
  for (size_t i = 0; i < e.input.size(); ++i) {
    const char letter = e.input[i];
    if (in(e.kernel, letter) || in(e.output, letter))
      letters += letter;
    else
      alone.push_back(static_cast<int64_t>(i));
  }
  if (!alone.empty()) x = sum(x, alone);
  ir::DotGeneral dimensions;
  std::string result, free;
  for (size_t i = 0; i < letters.size(); ++i) {
    const auto partner = static_cast<int64_t>(e.kernel.find(letters[i]));
    const bool is_shared = in(e.kernel, letters[i]), is_kept = in(e.output, letters[i]);
    if (!is_shared) {
      free += letters[i];
    } else if (is_kept) {
      dimensions.lhs_batching.push_back(static_cast<int64_t>(i));
      dimensions.rhs_batching.push_back(partner);
      result += letters[i];
    } else {
      dimensions.lhs_contracting.push_back(static_cast<int64_t>(i));
      dimensions.rhs_contracting.push_back(partner);
    }
  }
  result += free;
  for (char letter : e.kernel) {
    if (!in(letters, letter)) result += letter;
  }
  ir::Integers permutation;
  for (char letter : e.output) permutation.push_back(static_cast<int64_t>(result.find(letter)));
  return transpose(dot_general(x, kernel, dimensions), std::move(permutation));
}

}  // namespace

EinsumDense::EinsumDense(EinsumDenseOptions options) : options_(std::move(options)) {
  name = options_.name;
}

Expected<LayerBuild> EinsumDense::build(std::span<const LayerInput> inputs) const {
  const EinsumDenseOptions& o = options_;
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check(o.activation));
  KILN_TRY(check(o.kernel_initializer));
  KILN_TRY(check(o.bias_initializer));
  KILN_ASSIGN(const Equation e, parse(o.equation, input));
  KILN_ASSIGN(const ExtentOfLetter extents, extents_of(e, o, input));
  for (char letter : e.kernel) {
    if (e.input.find(letter) != e.input.npos || e.output.find(letter) != e.output.npos) continue;
    return Diagnostic{
        "", fmt::format("equation \"{}\": dimension {} is the kernel's alone", o.equation, letter),
        ""};
  }
  KILN_ASSIGN(ir::Shape kernel, shape_of(e.kernel, extents, o));
  KILN_ASSIGN(ir::Shape output, shape_of(e.output, extents, o));
  KILN_TRY(check_known(kernel, input));
  LayerBuild build;
  build.weights.push_back({"kernel",
                           {kF32, std::move(kernel)},
                           o.kernel_initializer,
                           true,
                           o.kernel_regularizer,
                           o.kernel_constraint});
  // The fans are of the dimensions that input and output have, wherever they are in the kernel.
  std::vector<int64_t> input_axes, output_axes;
  for (size_t i = 0; i < e.kernel.size(); ++i) {
    const bool is_output = e.output.find(e.kernel[i]) != e.output.npos;
    (is_output ? output_axes : input_axes).push_back(static_cast<int64_t>(i));
  }
  set_fan_axes(build.weights[0].initializer, std::move(input_axes), std::move(output_axes));
  if (!o.bias_axes.empty()) {
    KILN_ASSIGN(ir::Shape bias, bias_shape(e, o, extents));
    KILN_TRY(check_known(bias, input));
    build.weights.push_back({"bias",
                             {kF32, std::move(bias)},
                             o.bias_initializer,
                             true,
                             o.bias_regularizer,
                             o.bias_constraint});
  }
  build.outputs = {{kF32, std::move(output)}};
  return build;
}

std::vector<Signal> EinsumDense::call(CallContext& context, std::span<const Signal> inputs) const {
  const Tensor x = convert(inputs[0].tensor, kF32);
  const Equation e = *parse(options_.equation, {x.type(), ""});
  Tensor y = einsum(e, x, context.weight("kernel"));
  if (!options_.bias_axes.empty()) y = y + context.weight("bias");
  return {apply(options_.activation, {y, {}})};
}

OptionList EinsumDense::option_list() {
  EinsumDenseOptions& o = options_;
  const OptionList own = {{"output_shape", ShapeOf{&o.output_shape},
                           "without the batch; null: the input's extent", kRequired},
                          {"equation", &o.equation,
                           "dimensions of input, kernel and output: \"abc,cd->abd\"", kRequired},
                          {"activation", &o.activation, "applied to the outputs"},
                          {"bias_axes", NullableText{&o.bias_axes},
                           "dimensions of the output that the bias has; null: no bias"}};
  const OptionList fixed = {{"lora_rank", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten},
                            {"lora_alpha", Fixed{{nullptr}}, "low-rank adaptation", kNotWritten},
                            {"quantization_config", Fixed{{nullptr}}, "quantization"}};
  return own + weight_options(o, activity_regularizer) + fixed;
}

}  // namespace kiln::keras
