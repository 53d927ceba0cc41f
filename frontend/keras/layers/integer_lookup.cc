#include "frontend/keras/layers/integer_lookup.h"

#include <fmt/format.h>

#include <limits>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

using ir::Tensor;

namespace {

constexpr auto kI32 = ir::ElementType::i32;

bool fits_i32(int64_t value) {
  using Limits = std::numeric_limits<int32_t>;
  return value >= Limits::min() && value <= Limits::max();
}

std::vector<double> doubles(std::span<const int64_t> values) {
  return {values.begin(), values.end()};
}

}  // namespace

IntegerLookup::IntegerLookup(IntegerLookupOptions options) : options_(std::move(options)) {
  name = options_.name;
  IntegerLookup::options_were_read();
}

void IntegerLookup::options_were_read() {
  if (!table().tokens().empty()) vocabulary_size_ = table().size();
}

Status IntegerLookup::check_options() const {
  const IntegerLookupOptions& o = options_;
  if (o.num_oov_indices == 0 && !o.vocabulary.empty()) {
    return Diagnostic{"", "num_oov_indices 0 is not supported",
                      "kiln has no way to stop at an unknown integer: give them a place"};
  }
  KILN_TRY(table().check());
  std::vector<int64_t> all = {o.oov_token, o.mask_token.value_or(0)};
  all.insert(all.end(), table().tokens().begin(), table().tokens().end());
  for (int64_t token : all)
    if (!fits_i32(token)) return Diagnostic{"", fmt::format("{} is no 32-bit integer", token), ""};
  return ok();
}

Expected<LayerBuild> IntegerLookup::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_options());
  KILN_ASSIGN(ir::Type type, table().type_for(input));
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

/// Of the vocabulary's integers, as constants have them.
std::vector<double> IntegerLookup::own_places() const {
  std::vector<double> numbers;
  for (int64_t place = table().first_place(); place < table().size(); ++place)
    numbers.push_back(static_cast<double>(place));
  return numbers;
}

Tensor IntegerLookup::places(Tensor x) const {
  const Found found = find(x, doubles(table().tokens()), own_places());
  const Tensor count = x.builder->constant(static_cast<double>(options_.num_oov_indices), x.type());
  const Tensor unknown = remainder(remainder(x, count) + count, count) +
                         static_cast<double>(table().first_oov_place());
  const Tensor place = select(compare(found.count, "GT", 0.0), found.number, unknown);
  if (!options_.mask_token) return place;
  return select(compare(x, "EQ", static_cast<double>(*options_.mask_token)),
                x.builder->constant(static_cast<double>(table().mask_place()), x.type()), place);
}

Tensor IntegerLookup::integers(Tensor x) const {
  const Found found = find(x, own_places(), doubles(table().tokens()));
  const Tensor unknown = x.builder->constant(static_cast<double>(options_.oov_token), x.type());
  const Tensor integer = select(compare(found.count, "GT", 0.0), found.number, unknown);
  if (!options_.mask_token) return integer;
  return select(compare(x, "EQ", 0.0),
                x.builder->constant(static_cast<double>(*options_.mask_token), x.type()), integer);
}

std::vector<Signal> IntegerLookup::call(CallContext&, std::span<const Signal> inputs) const {
  const Tensor x = convert(inputs[0].tensor, kI32);
  return {{options_.invert ? integers(x) : table().output_of(places(x)), {}}};
}

OptionList IntegerLookup::option_list() {
  return lookup_option_list(options_, vocabulary_size_) +
         OptionList{{"vocabulary_dtype", Fixed{{"int64"}}, "of the vocabulary"},
                    {"oov_method", Fixed{{"floormod"}}, "how unknown integers find their places"},
                    {"salt", Fixed{{nullptr}}, "of another oov_method"}};
}

}  // namespace kiln::keras
