#include "frontend/keras/layers/integer_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

constexpr auto kI32 = ir::ElementType::i32;

bool fits_i32(int64_t value) {
  using Limits = std::numeric_limits<int32_t>;
  return value >= Limits::min() && value <= Limits::max();
}

std::vector<double> doubles(const std::vector<int64_t>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

IntegerLookup::IntegerLookup(IntegerLookupOptions options) : options_(std::move(options)) {
  name = options_.name;
  IntegerLookup::options_were_read();
}

void IntegerLookup::options_were_read() {
  const IntegerLookupOptions& o = options_;
  std::vector<int64_t> special(static_cast<size_t>(std::max<int64_t>(first_place(), 0)),
                               o.oov_token);
  if (has_mask_place()) special[0] = *o.mask_token;
  tokens_ = o.vocabulary;
  if (tokens_.size() >= special.size() &&
      std::equal(special.begin(), special.end(), tokens_.begin()))
    tokens_.erase(tokens_.begin(), tokens_.begin() + std::ssize(special));
  if (!tokens_.empty()) vocabulary_size_ = size();
}

Encoding IntegerLookup::encoding() const {
  return {options_.output_mode,
          options_.pad_to_max_tokens ? options_.max_tokens.value_or(size()) : size()};
}

Status IntegerLookup::check_options() const {
  const IntegerLookupOptions& o = options_;
  if (tokens_.empty()) {
    return Diagnostic{"", "has no vocabulary",
                      "a .keras file has it; of a model's JSON say it as the layer's option"};
  }
  if (o.num_oov_indices <= 0) {
    return Diagnostic{"", fmt::format("num_oov_indices {} is not supported", o.num_oov_indices),
                      "kiln has no way to stop at an unknown integer: give them a place"};
  }
  std::set<int64_t> seen;
  for (int64_t token : tokens_) {
    if (!fits_i32(token)) return Diagnostic{"", fmt::format("{} is no 32-bit integer", token), ""};
    const bool is_special = token == o.mask_token || (o.invert && token == o.oov_token);
    if (is_special || !seen.insert(token).second) {
      return Diagnostic{"",
                        fmt::format("the vocabulary has {} {}", token,
                                    is_special ? "in the wrong place" : "twice"),
                        ""};
    }
  }
  for (int64_t token : {o.oov_token, o.mask_token.value_or(0)}) {
    if (!fits_i32(token)) return Diagnostic{"", fmt::format("{} is no 32-bit integer", token), ""};
  }
  if (o.invert && o.output_mode != "int")
    return Diagnostic{"", "inverted, its output_mode must be int", ""};
  if (o.pad_to_max_tokens && !o.max_tokens)
    return Diagnostic{"", "pad_to_max_tokens needs max_tokens", ""};
  if (!o.max_tokens || *o.max_tokens >= size()) return ok();
  return Diagnostic{
      "", fmt::format("the vocabulary has {} places, max_tokens {}", size(), *o.max_tokens), ""};
}

Expected<LayerBuild> IntegerLookup::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_options());
  if (options_.output_mode == "int") return LayerBuild{{}, {input.type.with_element(kI32)}};
  KILN_ASSIGN(ir::Type type, encoding().type_for(input));
  return LayerBuild{{}, {std::move(type)}};
}

IntegerLookup::Found IntegerLookup::find(Tensor x, const std::vector<double>& keys,
                                         const std::vector<double>& numbers) {
  ir::Builder& builder = *x.builder;
  const ir::Type type{kI32, {static_cast<int64_t>(keys.size())}};
  ir::Shape shape = x.shape();
  shape.push_back(1);
  const Tensor column = reshape(x, shape);
  shape.back() = type.shape[0];
  auto constant = [&](const std::vector<double>& values) {
    return broadcast_to(builder.constant(ir::Literal::from_values(type, values)), shape);
  };
  const Tensor is_key = convert(compare(broadcast_to(column, shape), "EQ", constant(keys)), kI32);
  return {sum(is_key, {x.rank()}), sum(is_key * constant(numbers), {x.rank()})};
}

Tensor IntegerLookup::places(Tensor x) const {
  std::vector<double> numbers;
  for (int64_t place = first_place(); place < size(); ++place)
    numbers.push_back(static_cast<double>(place));
  const Found found = find(x, doubles(tokens_), numbers);
  const Tensor count = x.builder->constant(static_cast<double>(options_.num_oov_indices), x.type());
  const Tensor unknown =
      remainder(remainder(x, count) + count, count) + (has_mask_place() ? 1.0 : 0.0);
  const Tensor place = select(compare(found.count, "GT", 0.0), found.number, unknown);
  if (!options_.mask_token) return place;
  // In vectors the mask has no place: none has the number -1.
  return select(compare(x, "EQ", static_cast<double>(*options_.mask_token)),
                x.builder->constant(has_mask_place() ? 0 : -1, x.type()), place);
}

Tensor IntegerLookup::integers(Tensor x) const {
  std::vector<double> keys;
  for (int64_t place = first_place(); place < size(); ++place)
    keys.push_back(static_cast<double>(place));
  const Found found = find(x, keys, doubles(tokens_));
  const Tensor unknown = x.builder->constant(static_cast<double>(options_.oov_token), x.type());
  const Tensor integer = select(compare(found.count, "GT", 0.0), found.number, unknown);
  if (!options_.mask_token) return integer;
  return select(compare(x, "EQ", 0.0),
                x.builder->constant(static_cast<double>(*options_.mask_token), x.type()), integer);
}

std::vector<Signal> IntegerLookup::call(CallContext&, std::span<const Signal> inputs) const {
  const Tensor x = convert(inputs[0].tensor, kI32);
  if (options_.invert) return {{integers(x), {}}};
  return {{options_.output_mode == "int" ? places(x) : encoding().of(places(x)), {}}};
}

OptionList IntegerLookup::option_list() {
  IntegerLookupOptions& o = options_;
  return {
      {"invert", &o.invert, "places become the vocabulary's integers"},
      {"max_tokens", &o.max_tokens, "places, all together; null: any number"},
      {"num_oov_indices", &o.num_oov_indices, "places of integers that are not in the vocabulary"},
      {"oov_token", &o.oov_token, "what stands for them in an inverted layer"},
      {"mask_token", &o.mask_token, "the integer that is masked; null: none"},
      {"output_mode", &o.output_mode, "\"int\", \"one_hot\", \"multi_hot\" or \"count\""},
      {"sparse", Fixed{{false}}, "sparse tensors"},
      {"pad_to_max_tokens", &o.pad_to_max_tokens, "vectors have max_tokens elements"},
      {"vocabulary_dtype", Fixed{{"int64"}}, "of the vocabulary"},
      {"idf_weights", Fixed{{nullptr}}, "of the output_mode tf_idf"},
      {"vocabulary", Axes{&o.vocabulary, Axes::kListOrNull, "a list of integers"},
       "the integers that have places, in their order"},
      {"vocabulary_size", &vocabulary_size_, "places, all together: follows from the rest"},
      {"oov_method", Fixed{{"floormod"}}, "how unknown integers find their places"},
      {"salt", Fixed{{nullptr}}, "of another oov_method"}};
}

}  // namespace kiln::keras
