#include "frontend/keras/layers/string_lookup.h"

#include "frontend/keras/layers/base/hash_salt.h"
#include "frontend/keras/layers/base/one_input.h"

namespace kiln::keras {

StringLookup::StringLookup(StringLookupOptions options) : options_(std::move(options)) {
  name = options_.name;
  StringLookup::options_were_read();
}

void StringLookup::options_were_read() {
  if (!table().tokens().empty()) vocabulary_size_ = table().size();
}

Expected<LayerBuild> StringLookup::build(std::span<const LayerInput> inputs) const {
  KILN_ASSIGN(const LayerInput input, only_input(inputs));
  if (options_.invert) {
    return Diagnostic{"", "gives texts (invert=True), and a model of kiln computes numbers alone",
                      "let the model end before it: --class-names prints the names of classes"};
  }
  KILN_TRY(table().check());
  KILN_TRY(check_salt(salt_));
  KILN_ASSIGN(ir::Type type, table().type_for(input));
  return LayerBuild{{}, {std::move(type)}};
}

std::vector<Signal> StringLookup::call(CallContext&, std::span<const Signal> inputs) const {
  return {{table().output_of(inputs[0].tensor), {}}};
}

std::optional<runtime::TextRules> StringLookup::text_rules(size_t) const {
  runtime::TextRules rules = keras::text_rules(options_);
  rules.salt = hash_salt(salt_);
  return rules;
}

OptionList StringLookup::option_list() {
  return lookup_option_list(options_, vocabulary_size_) +
         OptionList{{"oov_method", Ignored{"floormod"}, "texts are hashed, whatever it says"},
                    {"salt", Axes{&salt_, Axes::kListOrNull, "an integer or a list of two"},
                     "the key of SipHash, instead of FarmHash, for unknown texts"},
                    {"encoding", Fixed{{"utf-8"}}, "of texts"}};
}

}  // namespace kiln::keras
