// The printed reference of options: what `kiln layers`, `kiln optimizers`, ... show.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/options/option.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// An option of a class.
struct OptionReference {
  std::string name;
  std::string type;           ///< "integer", "initializer", "only false"
  std::string default_value;  ///< as Keras's files have it, in JSON; empty: it has to be given
  std::string meaning;
  std::string remark = "";  ///< where it is, if not in the config; else empty
};

/// A class that Keras's files name.
struct ClassReference {
  std::string name;
  std::string meaning;
  std::vector<OptionReference> options = {};
};

/// What the options of an object with default options say.
ClassReference describe(std::string_view class_name, std::string_view meaning,
                        const OptionList& options);

/// A line for each class.
std::string reference_text(std::span<const ClassReference> classes);
/// One class with a line for each option.
std::string reference_text(const ClassReference& described);
/// An array of classes as objects, for programs.
std::string reference_json(std::span<const ClassReference> classes);

/// The class of that name, in any case. `kind` ("layer") is for the error.
Expected<ClassReference> find_class(std::span<const ClassReference> classes, std::string_view name,
                                    std::string_view kind);

}  // namespace kiln::keras
