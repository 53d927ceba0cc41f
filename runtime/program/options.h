// The options of fit, evaluate and predict, which executables and the kiln command share: reading
// and describing them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/program/command_line.h"

namespace kiln::runtime {

/// An option as help and completion show it.
struct OptionDescription {
  std::string name;        ///< without dashes
  char letter = 0;         ///< 'o': also -o
  std::string value_name;  ///< what its value is called; empty: it takes none
  std::string text;        ///< what it does, with its default
  std::string only_kiln;   ///< what is to be said besides in the kiln command
};

/// The options of a command. `defaults`: a line on which nothing was given.
std::vector<OptionDescription> describe_options(Command command, const CommandLine& defaults);

/// What --data and --validation-data take, a line for each form.
const char* data_help();

/// `"./mnist fit --help" lists the options`, the note of each error.
std::string see_help(const std::string& program, Command command);

/// The words of a command line that are no options of the table.
struct OtherWords {
  std::vector<std::string> words;
  bool help = false;  ///< --help or -h was met, and what follows not looked at
};

/// Reads the options among the words behind a command's name into `line`, whose `command` says
/// which are allowed. Errors, which end with the note `see`: a value that is missing or wrong, an
/// option that is given twice, but for callbacks, and one of another command.
Expected<OtherWords> read_options(std::span<const std::string> words, const std::string& see,
                                  CommandLine& line);

/// Whether the line has what its command cannot do without.
Status check_complete(const CommandLine& line, const std::string& see);

/// The error for a word that nothing takes. `names`: the options that there are, with dashes.
Diagnostic unexpected_word(const std::string& word, std::span<const std::string_view> names,
                           const std::string& see);

}  // namespace kiln::runtime
