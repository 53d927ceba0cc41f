#include "frontend/keras/layers/hashing.h"

#include <fmt/format.h>

#include "frontend/keras/layers/base/hash_salt.h"
#include "frontend/keras/layers/base/lookup_table.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

Hashing::Hashing(HashingOptions options) : options_(std::move(options)) { name = options_.name; }

Expected<LayerBuild> Hashing::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  if (options_.num_bins <= 0)
    return Diagnostic{"", fmt::format("num_bins is {}", options_.num_bins), "give at least one"};
  KILN_TRY(check_salt(options_.salt));
  if (options_.output_mode == "int")
    return LayerBuild{{}, {input.type.with_element(ir::ElementType::i32)}};
  KILN_ASSIGN(ir::Type type, encoding().type_for(input));
  return LayerBuild{{}, {std::move(type)}};
}

std::vector<Signal> Hashing::call(CallContext&, std::span<const Signal> inputs) const {
  const ir::Tensor bins = inputs[0].tensor;
  return {{options_.output_mode == "int" ? bins : encoding().of(bins), {}}};
}

/// A lookup in an empty vocabulary: every text is hashed.
std::optional<runtime::TextRules> Hashing::text_rules(size_t) const {
  LookupOptions<std::string> lookup;
  if (options_.num_bins > 1) lookup.mask_token = options_.mask_value;
  lookup.num_oov_indices = options_.num_bins - (lookup.mask_token ? 1 : 0);
  runtime::TextRules rules = keras::text_rules(lookup);
  rules.takes_integers = true;
  rules.salt = hash_salt(options_.salt);
  return rules;
}

OptionList Hashing::option_list() {
  HashingOptions& o = options_;
  return {
      {"name", &name, "unique in a model", kRequired},
      {"trainable", &trainable, "without effect: there are no weights"},
      {"dtype", Ignored{o.output_mode == "int" ? "int64" : "float32"}, "what Keras computes in"},
      {"num_bins", &o.num_bins, "how many bins there are", kRequired},
      {"salt", Axes{&o.salt, Axes::kListOrNull, "an integer or a list of two"},
       "the key of SipHash, instead of FarmHash"},
      {"mask_value", TextOrInteger{&o.mask_value, &mask_is_integer_},
       "has bin 0 for itself; null: none"},
      {"output_mode", &o.output_mode, "\"int\", \"one_hot\", \"multi_hot\" or \"count\""},
      {"sparse", Fixed{{false}}, "sparse tensors"}};
}

}  // namespace kiln::keras
