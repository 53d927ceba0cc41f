#include "runtime/program/command_line.h"

#include <string_view>
#include <vector>

#include "runtime/program/options.h"

namespace kiln::runtime {
namespace {

struct CommandEntry {
  const char* name;
  Command command;
  const char* description;
};

constexpr CommandEntry kCommands[] = {
    {"fit", Command::kFit, "train the model, then evaluate it if the data has a test set"},
    {"evaluate", Command::kEvaluate, "compute loss and metrics of trained weights"},
    {"predict", Command::kPredict, "run the model with trained weights"},
    {"info", Command::kInfo, "say what was compiled"},
};

const CommandEntry* find_command(std::string_view name) {
  for (const CommandEntry& entry : kCommands) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::string table_line(const std::string& left, const std::string& right) {
  return "  " + left + std::string(left.size() < 24 ? 26 - left.size() : 2, ' ') + right + "\n";
}

std::string general_help(const std::string& program, const std::string& model) {
  std::string text = "The model " + model + ", compiled by kiln.\n\nusage: " + program +
                     " COMMAND [OPTIONS]\n\ncommands:\n";
  for (const CommandEntry& entry : kCommands) text += table_line(entry.name, entry.description);
  text += "\noptions:\n";
  text += table_line("--help", "this text; after a command, its options");
  text += table_line("--version", "what this is");
  return text + "\nThe exit status is 0, or 2 after an error.\n";
}

std::string command_help(const std::string& program, const CommandEntry& command) {
  std::string text = "usage: " + program + " " + command.name + " [OPTIONS]\n\n" + command.name +
                     ": " + command.description + "\n\noptions:\n";
  for (const OptionDescription& option : describe_options(command.command, CommandLine())) {
    const std::string name = "--" + option.name;
    const std::string letter = option.letter == 0 ? "" : std::string("-") + option.letter + ", ";
    text += table_line(letter + (option.value_name.empty() ? name : name + " " + option.value_name),
                       option.text);
  }
  text += table_line("--help", "this text");
  return command.command == Command::kInfo ? text : text + "\n" + data_help();
}

Diagnostic unknown_word(const std::string& word, Command command, const std::string& see) {
  std::vector<std::string> dashed = {"--help"};
  for (const OptionDescription& option : describe_options(command, CommandLine()))
    dashed.push_back("--" + option.name);
  return unexpected_word(word, std::vector<std::string_view>(dashed.begin(), dashed.end()), see);
}

}  // namespace

Expected<CommandLine> parse_command_line(int argc, char** argv, const std::string& model_name) {
  const std::string program = argc > 0 ? argv[0] : model_name;
  CommandLine line;
  const std::string_view first = argc > 1 ? argv[1] : "--help";
  if (first == "--help" || first == "-h" || first == "help") {
    line.help = general_help(program, model_name);
    return line;
  }
  if (first == "--version") {
    line.command = Command::kVersion;
    return line;
  }
  const CommandEntry* command = find_command(first);
  if (command == nullptr) {
    return Diagnostic{"", "there is no command \"" + std::string(first) + "\"",
                      "\"" + program + " --help\" lists the commands"};
  }
  line.command = command->command;
  const std::string see = see_help(program, line.command);
  const std::vector<std::string> words(argv + 2, argv + argc);
  KILN_ASSIGN(const OtherWords others, read_options(words, see, line));
  if (others.help) {
    line.command = Command::kHelp;
    line.help = command_help(program, *command);
    return line;
  }
  if (!others.words.empty()) return unknown_word(others.words[0], line.command, see);
  KILN_TRY(check_complete(line, see));
  return line;
}

}  // namespace kiln::runtime
