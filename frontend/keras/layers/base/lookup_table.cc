#include "frontend/keras/layers/base/lookup_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace kiln::keras {
namespace {

using ir::Tensor;

std::string shown(int64_t token) { return std::to_string(token); }
std::string shown(const std::string& token) { return fmt::format("\"{}\"", token); }

}  // namespace

template <typename Token>
LookupTable<Token>::LookupTable(const LookupOptions<Token>& options) : options_(options) {
  std::vector<Token> special(static_cast<size_t>(std::max<int64_t>(first_place(), 0)),
                             options.oov_token);
  if (has_mask_place() && !special.empty()) special[0] = *options.mask_token;
  const std::vector<Token>& vocabulary = options.vocabulary;
  if (vocabulary.size() >= special.size() &&
      std::equal(special.begin(), special.end(), vocabulary.begin()))
    special_in_front_ = special.size();
}

template <typename Token>
Status LookupTable<Token>::check() const {
  const LookupOptions<Token>& o = options_;
  if (tokens().empty()) {
    return Diagnostic{"", "has no vocabulary",
                      "a .keras file has it; of a model's JSON say it as the layer's option"};
  }
  if (o.num_oov_indices < 0)
    return Diagnostic{"", fmt::format("num_oov_indices is {}", o.num_oov_indices), ""};
  std::set<Token> seen;
  for (const Token& token : tokens()) {
    const bool is_special = token == o.mask_token || (o.invert && token == o.oov_token);
    if (is_special || !seen.insert(token).second) {
      return Diagnostic{"",
                        fmt::format("the vocabulary has {} {}", shown(token),
                                    is_special ? "in the wrong place" : "twice"),
                        ""};
    }
  }
  if (o.invert && o.output_mode != "int")
    return Diagnostic{"", "inverted, its output_mode must be int", ""};
  if (o.pad_to_max_tokens && !o.max_tokens)
    return Diagnostic{"", "pad_to_max_tokens needs max_tokens", ""};
  KILN_TRY(check_weights());
  if (!o.max_tokens || *o.max_tokens >= size()) return ok();
  return Diagnostic{
      "", fmt::format("the vocabulary has {} places, max_tokens {}", size(), *o.max_tokens), ""};
}

template <typename Token>
Status LookupTable<Token>::check_weights() const {
  const size_t count = options_.idf_weights.size();
  if (!weighs()) {
    if (count == 0) return ok();
    return Diagnostic{"", "has idf_weights, which only the output_mode tf_idf takes", ""};
  }
  if (count == options_.vocabulary.size()) return ok();
  if (count == 0) {
    return Diagnostic{"", "has no idf_weights",
                      "Keras's files do not keep those that adapt() found: give the layer "
                      "vocabulary and idf_weights, from get_vocabulary() and the lookup's weights"};
  }
  return Diagnostic{
      "", fmt::format("has {} idf_weights for {} tokens", count, options_.vocabulary.size()), ""};
}

template <typename Token>
Encoding LookupTable<Token>::encoding() const {
  return {weighs() ? "count" : options_.output_mode,
          options_.pad_to_max_tokens ? options_.max_tokens.value_or(size()) : size()};
}

template <typename Token>
Expected<ir::Type> LookupTable<Token>::type_for(const LayerInput& input) const {
  if (options_.output_mode == "int") return input.type.with_element(ir::ElementType::i32);
  return encoding().type_for(input);
}

/// Places before the first that has a weight get the mean; those behind the last get none.
template <typename Token>
std::vector<double> LookupTable<Token>::weights_by_place() const {
  const std::vector<double>& own = options_.idf_weights;
  const double mean =
      std::accumulate(own.begin(), own.end(), 0.0) / static_cast<double>(own.size());
  std::vector<double> weights(special_in_front_ > 0 ? 0 : static_cast<size_t>(first_place()), mean);
  weights.insert(weights.end(), own.begin(), own.end());
  weights.resize(static_cast<size_t>(encoding().depth), 0);
  return weights;
}

template <typename Token>
Tensor LookupTable<Token>::output_of(Tensor places) const {
  if (options_.output_mode == "int") return places;
  const Tensor vectors = encoding().of(places);
  if (!weighs()) return vectors;
  const ir::Type type = {ir::ElementType::f32, {encoding().depth}};
  const Tensor weights =
      places.builder->constant(ir::Literal::from_values(type, weights_by_place()));
  return vectors * broadcast_to(weights, vectors.shape());
}

runtime::TextRules text_rules(const LookupOptions<std::string>& options) {
  const LookupTable<std::string> table(options);
  runtime::TextRules rules;
  rules.lower = rules.strip_punctuation = false;
  rules.split = runtime::Split::kNone;
  rules.vocabulary.assign(table.tokens().begin(), table.tokens().end());
  rules.first_token = table.first_place();
  rules.first_bucket = table.first_oov_place();
  rules.buckets = options.num_oov_indices;
  rules.mask = options.mask_token;
  rules.mask_number = table.mask_place();
  return rules;
}

namespace {

OptionPlace token_place(int64_t* token) { return token; }
OptionPlace token_place(std::string* token) { return token; }
OptionPlace vocabulary_place(std::vector<int64_t>* tokens) {
  return Axes{tokens, Axes::kListOrNull, "a list of integers"};
}
OptionPlace vocabulary_place(std::vector<std::string>* tokens) { return tokens; }

}  // namespace

template <typename Token>
OptionList lookup_option_list(LookupOptions<Token>& o, std::optional<int64_t>& size) {
  return {
      {"invert", &o.invert, "places become the vocabulary's tokens"},
      {"max_tokens", &o.max_tokens, "places, all together; null: any number"},
      {"num_oov_indices", &o.num_oov_indices, "places of tokens that are not in the vocabulary"},
      {"oov_token", token_place(&o.oov_token), "what stands for them in an inverted layer"},
      {"mask_token", &o.mask_token, "the token that is masked; null: none"},
      {"output_mode", &o.output_mode,
       "\"int\", \"one_hot\", \"multi_hot\", \"count\" or \"tf_idf\""},
      {"sparse", Fixed{{false}}, "sparse tensors"},
      {"pad_to_max_tokens", &o.pad_to_max_tokens, "vectors have max_tokens elements"},
      {"idf_weights", NumberOrList{&o.idf_weights}, "of tf_idf, a token's; null: none"},
      {"vocabulary", vocabulary_place(&o.vocabulary),
       "the tokens that have places, in their order"},
      {"vocabulary_size", &size, "places, all together: follows from the rest"}};
}

template class LookupTable<int64_t>;
template class LookupTable<std::string>;
template OptionList lookup_option_list(LookupOptions<int64_t>&, std::optional<int64_t>&);
template OptionList lookup_option_list(LookupOptions<std::string>&, std::optional<int64_t>&);

}  // namespace kiln::keras
