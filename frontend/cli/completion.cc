// kiln completion: a script that completes kiln's command line in bash, made from the options as
// they are declared.
#include <fmt/format.h>

#include "frontend/cli/subcommand.h"

namespace kiln::cli {
namespace {

/// Long option names of a command, with their dashes.
std::string option_words(const CLI::App& command) {
  std::string words;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words += " --" + name;
  }
  return words;
}

void print_bash(const CLI::App& program) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : program.get_subcommands({})) {
    names += " " + command->get_name();
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command->get_name(), option_words(*command));
  }
  fmt::print(R"(# kiln completion bash > /etc/bash_completion.d/kiln
_kiln() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{}{}" -- "$current"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}}
complete -o filenames -F _kiln kiln
)",
             names, option_words(program), cases);
}

}  // namespace

void add_completion(CLI::App& program, Action& action) {
  CLI::App* command =
      program.add_subcommand("completion", "print a script that completes this command line");
  command->add_option("SHELL", "bash")->required()->check(CLI::IsMember({"bash"}));
  command->callback([&program, &action] {
    action = [&program] {
      print_bash(program);
      return ok();
    };
  });
}

}  // namespace kiln::cli
