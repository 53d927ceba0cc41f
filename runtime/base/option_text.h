// Options as one word of a command line: "val_loss.npz,monitor=val_loss,save_best_only".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// One option: its name, and what reads its value. The reader answers what it takes ("a number")
/// when the value is wrong, else nothing. An option without a value reads as "true".
struct OptionField {
  std::string name;
  std::function<std::string(const std::string& value)> read;
  // For a printed reference:
  std::string type = "";           ///< "an integer from 0"
  std::string default_value = "";  ///< in JSON; empty: it has to be given
  std::string meaning = "";
};

/// An option that sets a variable, which must outlive it; its value at the call is the default.
OptionField option(std::string name, bool& target, std::string meaning = "");
/// An integer from 0.
OptionField option(std::string name, int& target, std::string meaning = "");
/// A finite number.
OptionField option(std::string name, double& target, std::string meaning = "");
OptionField option(std::string name, std::optional<double>& target, std::string meaning = "");
/// Any text but the empty one.
OptionField option(std::string name, std::string& target, std::string meaning = "");
/// Numbers with ':' between.
OptionField option(std::string name, std::vector<double>& target, std::string meaning = "");

/// Sets a number of batches: an integer from 1, or "epoch", which is none.
OptionField option_frequency(std::string name, std::optional<int64_t>& target,
                             std::string meaning = "");

/// Reads "NAME=VALUE,NAME,..." into `fields`. `first`, where it is not null, takes the text before
/// the first comma as it is and must not stay empty; `first_name` says in errors what it is.
/// `where` opens the errors: an unknown name, one that is given twice, a wrong value.
Status read_options(const std::string& where, const std::string& text,
                    std::span<const OptionField> fields, std::string* first = nullptr,
                    const std::string& first_name = "");

}  // namespace kiln::runtime
