// The table of the options of fit, evaluate and predict. The parser and the help of executables
// follow from it, and what the kiln command takes, lists in its help and completes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "runtime/program/command_line.h"

namespace kiln::runtime {

/// Why a value is wrong: what the option takes instead, "an integer from 0". Empty: it is right.
using Complaint = std::string;

// How options read their values; `target` is what they set.

/// An option without a value.
struct Flag {
  bool& (*target)(CommandLine& line);
  bool value;
};

struct Integer {
  int& (*target)(CommandLine& line);
  int low;
  int high;
};

/// How many of something: from 1; nothing where it was not given.
struct Count {
  std::optional<int64_t>& (*target)(CommandLine& line);
  int64_t high;
};

/// From 0 to the largest int64_t.
struct Seed {
  uint64_t& (*target)(CommandLine& line);
};

/// A part of a whole, in [0, 1).
struct Fraction {
  double& (*target)(CommandLine& line);
};

/// Any text but the empty one.
struct Text {
  std::string& (*target)(CommandLine& line);
};

/// Anything else. `print` says what value a line has, for help; null: nothing to say.
struct Special {
  Complaint (*read)(CommandLine& line, const std::string& text);
  std::string (*print)(const CommandLine& line) = nullptr;
};

using Value = std::variant<Flag, Integer, Count, Seed, Fraction, Text, Special>;

/// One option of the table.
struct Option {
  const char* name;        ///< "epochs", for --epochs
  const char* value_name;  ///< what help calls its value, "N"; null: it takes none
  unsigned commands;       ///< one bit for each Command that has it
  const char* description;
  Value value;
  char letter = 0;             ///< 'o': also -o
  const char* only_kiln = "";  ///< what the kiln command's help adds
};

constexpr unsigned bit(Command command) { return 1u << static_cast<unsigned>(command); }

/// All but those that add callbacks, which are callback_options(), and --help.
std::span<const Option> option_table();

/// Sets what the option says.
Complaint read_value(const Option& option, const std::string& text, CommandLine& line);

/// The value that a line has, "1"; empty for flags, names and what is optional. The line stays as
/// it is, but targets are what can be set.
std::string print_value(const Option& option, CommandLine& line);

}  // namespace kiln::runtime
