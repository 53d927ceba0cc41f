#include "frontend/keras/layers/text_vectorization.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {
namespace {

Status check_one_of(std::string_view option, std::string_view value,
                    std::initializer_list<std::string_view> allowed) {
  if (std::ranges::find(allowed, value) != allowed.end()) return ok();
  return Diagnostic{"", fmt::format("{} \"{}\" is not supported", option, value),
                    "a function of Python cannot be read from a file"};
}

}  // namespace

TextVectorization::TextVectorization(TextVectorizationOptions options)
    : standardize_(std::move(options.standardize)),
      split_(std::move(options.split)),
      ngrams_(std::move(options.ngrams)),
      length_(options.output_sequence_length) {
  name = options.name;
  lookup_.vocabulary = std::move(options.vocabulary);
  lookup_.mask_token = "";
  lookup_.output_mode = std::move(options.output_mode);
  lookup_.max_tokens = options.max_tokens;
  lookup_.pad_to_max_tokens = options.pad_to_max_tokens;
  lookup_.idf_weights = std::move(options.idf_weights);
  TextVectorization::options_were_read();
}

void TextVectorization::options_were_read() {
  if (!table().tokens().empty()) vocabulary_size_ = table().size();
}

Status TextVectorization::check_options() const {
  KILN_TRY(check_one_of("standardize", standardize_,
                        {"lower_and_strip_punctuation", "lower", "strip_punctuation", ""}));
  KILN_TRY(check_one_of("split", split_, {"whitespace", "character", ""}));
  if (std::ranges::any_of(ngrams_, [](int64_t width) { return width < 1; }))
    return Diagnostic{"", "ngrams must be 1 or more", ""};
  if (split_.empty() && !ngrams_.empty())
    return Diagnostic{"", "ngrams of texts that are not split are not supported", ""};
  if (length_ && *length_ < 1)
    return Diagnostic{"", fmt::format("output_sequence_length is {}", *length_), ""};
  if (length_ && lookup_.output_mode != "int")
    return Diagnostic{"", "output_sequence_length needs the output_mode int", ""};
  return table().check();
}

Expected<LayerBuild> TextVectorization::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  KILN_TRY(check_options());
  KILN_TRY(check_rank(input, 2));
  KILN_ASSIGN(ir::Type type, table().type_for(input));
  return LayerBuild{{}, {std::move(type)}};
}

std::vector<Signal> TextVectorization::call(CallContext&, std::span<const Signal> inputs) const {
  return {{table().output_of(inputs[0].tensor), {}}};
}

std::optional<runtime::TextRules> TextVectorization::text_rules(size_t) const {
  runtime::TextRules rules = keras::text_rules(lookup_);
  rules.lower = standardize_.starts_with("lower");
  rules.strip_punctuation = standardize_.ends_with("strip_punctuation");
  if (split_ == "whitespace") rules.split = runtime::Split::kWhitespace;
  if (split_ == "character") rules.split = runtime::Split::kCharacter;
  rules.ngrams = ngrams_;
  rules.length = length_.value_or(0);
  rules.filling = table().mask_place();
  return rules;
}

OptionList TextVectorization::option_list() {
  return {{"max_tokens", &lookup_.max_tokens, "places, all together; null: any number"},
          {"standardize", NullableText{&standardize_},
           "\"lower_and_strip_punctuation\", \"lower\", \"strip_punctuation\" or null"},
          {"split", NullableText{&split_}, "\"whitespace\", \"character\" or null: one word"},
          {"ngrams", UpTo{&ngrams_}, "how many words make one; null: one"},
          {"output_mode", &lookup_.output_mode,
           "\"int\", \"one_hot\", \"multi_hot\", \"count\" or \"tf_idf\""},
          {"output_sequence_length", &length_, "of a row; null: the longest's"},
          {"pad_to_max_tokens", &lookup_.pad_to_max_tokens, "vectors have max_tokens elements"},
          {"sparse", Fixed{{false}}, "sparse tensors"},
          {"ragged", Fixed{{false}}, "ragged tensors"},
          {"vocabulary", &lookup_.vocabulary, "the words that have places, in their order"},
          {"idf_weights", NumberOrList{&lookup_.idf_weights}, "of tf_idf, a word's; null: none"},
          {"encoding", Fixed{{"utf-8"}}, "of texts"},
          {"vocabulary_size", &vocabulary_size_, "places, all together: follows from the rest"}};
}

}  // namespace kiln::keras
