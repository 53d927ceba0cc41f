#include "frontend/keras/options/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "frontend/keras/options/config.h"
#include "frontend/keras/options/extents.h"
#include "frontend/keras/options/kinds.h"
#include "frontend/keras/options/object_kind.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

/// Whether what is written is another option's value.
bool follows_from_another(const OptionPlace& place) {
  if (const auto* extents = std::get_if<ExtentsOf>(&place))
    return extents->otherwise && extents->extents->empty();
  const auto* integer = std::get_if<IntegerOr>(&place);
  return integer && !integer->value->has_value();
}

/// JSON, an object of Keras's by its class alone.
std::string default_of(const Option& option) {
  if (option.has(kRequired)) return "";
  if (const auto* place = std::get_if<ObjectPlace>(&option.place);
      place && place->kind->show_default)
    return place->kind->show_default(place->object);
  if (std::holds_alternative<ComputeType>(option.place)) return "\"float32\"";
  if (follows_from_another(option.place)) return "null";
  const Json value = value_of(option);
  return value.is_object() ? value["class_name"].dump() : value.dump();
}

std::string remark_of(const Option& option) {
  if (option.has(kOfCall)) return "an argument of the call";
  if (option.has(kNotInFiles)) return "not in Keras's files";
  return "";
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string shown_default(const OptionReference& option) {
  return option.default_value.empty() ? "required" : option.default_value;
}

}  // namespace

ClassReference describe(std::string_view class_name, std::string_view meaning,
                        const OptionList& options) {
  ClassReference described{std::string(class_name), std::string(meaning)};
  for (const Option& option : options) {
    described.options.push_back({std::string(option.key), type_word(option.place),
                                 default_of(option), std::string(option.meaning),
                                 remark_of(option)});
  }
  return described;
}

std::string reference_text(std::span<const ClassReference> classes) {
  size_t width = 0;
  for (const ClassReference& described : classes) width = std::max(width, described.name.size());
  std::string text;
  for (const ClassReference& described : classes)
    text += fmt::format("{:{}}  {}\n", described.name, width, described.meaning);
  return text;
}

std::string reference_text(const ClassReference& described) {
  std::string text = fmt::format("{}: {}\n", described.name, described.meaning);
  size_t name = 6, type = 4, value = 7;
  for (const OptionReference& option : described.options) {
    name = std::max(name, option.name.size());
    type = std::max(type, option.type.size());
    value = std::max(value, shown_default(option).size());
  }
  auto line = [&](std::string_view a, std::string_view b, std::string_view c, std::string_view d) {
    text += fmt::format("  {:{}}  {:{}}  {:{}}  {}\n", a, name, b, type, c, value, d);
  };
  if (!described.options.empty()) line("option", "type", "default", "meaning");
  for (const OptionReference& option : described.options) {
    const std::string remark = option.remark.empty() ? "" : fmt::format(" ({})", option.remark);
    line(option.name, option.type, shown_default(option), option.meaning + remark);
  }
  return text;
}

std::string reference_json(std::span<const ClassReference> classes) {
  Json all = Json::array();
  for (const ClassReference& described : classes) {
    Json options = Json::array();
    for (const OptionReference& option : described.options) {
      Json json = {
          {"name", option.name}, {"type", option.type}, {"required", option.default_value.empty()}};
      if (!option.default_value.empty()) json["default"] = Json::parse(option.default_value);
      json["meaning"] = option.meaning;
      if (!option.remark.empty()) json["remark"] = option.remark;
      options.push_back(std::move(json));
    }
    all.push_back({{"name", described.name},
                   {"meaning", described.meaning},
                   {"options", std::move(options)}});
  }
  return all.dump(1) + "\n";
}

Expected<ClassReference> find_class(std::span<const ClassReference> classes, std::string_view name,
                                    std::string_view kind) {
  std::vector<std::string_view> names;
  for (const ClassReference& described : classes) {
    if (lower_case(described.name) == lower_case(name)) return described;
    names.push_back(described.name);
  }
  return Diagnostic{"", fmt::format("there is no {} \"{}\"", kind, name),
                    ir::did_you_mean(name, names)};
}

}  // namespace kiln::keras
