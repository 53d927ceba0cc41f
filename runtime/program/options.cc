#include "runtime/program/options.h"

#include <algorithm>
#include <utility>

#include "runtime/base/spelling.h"
#include "runtime/program/option_table.h"
#include "runtime/training/callbacks/callback_options.h"

namespace kiln::runtime {
namespace {

const char* command_name(Command command) {
  switch (command) {
    case Command::kFit:
      return "fit";
    case Command::kEvaluate:
      return "evaluate";
    case Command::kPredict:
      return "predict";
    case Command::kInfo:
      return "info";
    case Command::kHelp:
    case Command::kVersion:
      break;
  }
  return "";
}

// An option of the table, or one for a callback.
struct Entry {
  enum class Kind { kTable, kCallback, kBackup };
  Kind kind;
  size_t index;  // in the table, or in callback_options()
  const char* name;
  const char* value_name;
  unsigned commands;
  char letter = 0;

  std::string dashed() const { return std::string("--") + name; }
};

std::vector<Entry> all_options() {
  std::vector<Entry> entries;
  for (size_t i = 0; i < option_table().size(); ++i) {
    const Option& option = option_table()[i];
    entries.push_back(
        {Entry::Kind::kTable, i, option.name, option.value_name, option.commands, option.letter});
  }
  for (size_t i = 0; i < callback_options().size(); ++i) {
    const CallbackOption& option = callback_options()[i];
    entries.push_back({Entry::Kind::kCallback, i, option.name, option.value, bit(Command::kFit)});
  }
  entries.push_back({Entry::Kind::kBackup, 0, "backup", "DIR,...", bit(Command::kFit)});
  return entries;
}

// A word that names an option, and the value that stands in the same word.
struct OptionWord {
  size_t entry;
  bool has_value = false;
  std::string value = "";
};

class OptionReader {
 public:
  OptionReader(std::span<const std::string> words, const std::string& see, CommandLine& line)
      : words_(words), see_(see), line_(line) {}

  Expected<OtherWords> read() {
    OtherWords others;
    for (; next_ < words_.size(); ++next_) {
      const std::string& word = words_[next_];
      others.help = word == "--help" || word == "-h";
      if (others.help) return others;
      if (word == "--") {
        others.words.insert(others.words.end(), words_.begin() + next_ + 1, words_.end());
        break;
      }
      const std::optional<OptionWord> option = find(word);
      if (option) {
        KILN_TRY(read(*option));
      } else {
        others.words.push_back(word);
      }
    }
    line_.fit.callbacks = callbacks_.list();
    line_.backup = callbacks_.backup();
    return others;
  }

 private:
  std::optional<OptionWord> find(const std::string& word) const {
    const bool is_letter = word.size() > 1 && word[0] == '-' && word[1] != '-';
    const size_t equals = word.find('=');
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (is_letter && word[1] == entries_[i].letter)
        return OptionWord{i, word.size() > 2, word.substr(2)};
      if (!is_letter && word.substr(0, equals) == entries_[i].dashed()) {
        const bool has_value = equals != std::string::npos;
        return OptionWord{i, has_value, has_value ? word.substr(equals + 1) : ""};
      }
    }
    return std::nullopt;
  }

  Status read(const OptionWord& option) {
    const Entry& entry = entries_[option.entry];
    if ((entry.commands & bit(line_.command)) == 0)
      return wrong(std::string(command_name(line_.command)) + " has no option " + entry.dashed());
    std::string value = option.value;
    if (entry.value_name == nullptr && option.has_value)
      return wrong(entry.dashed() + " takes no value");
    if (entry.value_name != nullptr && !option.has_value) {
      if (next_ + 1 == words_.size()) return wrong(entry.dashed() + " needs a value");
      value = words_[++next_];
    }
    KILN_TRY(check_first(option.entry));
    return set(entry, value);
  }

  // Callbacks may come several times, those without a value aside.
  Status check_first(size_t index) {
    const Entry& entry = entries_[index];
    for (const size_t earlier : given_) {
      if (earlier == index && (entry.kind != Entry::Kind::kCallback || !entry.value_name))
        return wrong(entry.dashed() + " is given twice");
      if (contradict(entries_[earlier], entry))
        return wrong(entry.dashed() + " contradicts " + entries_[earlier].dashed());
    }
    given_.push_back(index);
    return ok();
  }

  // Flags that set the same to different values.
  static bool contradict(const Entry& a, const Entry& b) {
    if (a.kind != Entry::Kind::kTable || b.kind != Entry::Kind::kTable) return false;
    const auto* const first = std::get_if<Flag>(&option_table()[a.index].value);
    const auto* const second = std::get_if<Flag>(&option_table()[b.index].value);
    return first != nullptr && second != nullptr && first->target == second->target &&
           first->value != second->value;
  }

  Status set(const Entry& entry, const std::string& value) {
    if (entry.kind == Entry::Kind::kBackup) return callbacks_.set_backup(value);
    if (entry.kind == Entry::Kind::kCallback) return callbacks_.add(entry.index, value);
    const Complaint complaint = read_value(option_table()[entry.index], value, line_);
    if (complaint.empty()) return ok();
    return wrong(entry.dashed() + " takes " + complaint + ", not \"" + value + "\"");
  }

  Diagnostic wrong(const std::string& message) const { return {"", message, see_}; }

  const std::span<const std::string> words_;
  const std::string& see_;
  CommandLine& line_;
  const std::vector<Entry> entries_ = all_options();
  size_t next_ = 0;
  std::vector<size_t> given_;
  CallbackArguments callbacks_;
};

OptionDescription describe(const Entry& entry, CommandLine& defaults) {
  OptionDescription description{entry.name, entry.letter,
                                entry.value_name == nullptr ? "" : entry.value_name, "", ""};
  if (entry.kind == Entry::Kind::kBackup) {
    description.text =
        "keep the state of the run here; the same command goes on from it: dir,save_freq=100";
  } else if (entry.kind == Entry::Kind::kCallback) {
    description.text = callback_options()[entry.index].description;
  } else {
    const Option& option = option_table()[entry.index];
    const std::string value = print_value(option, defaults);
    description.text = option.description + (value.empty() ? "" : "; default " + value);
    description.only_kiln = option.only_kiln;
  }
  return description;
}

}  // namespace

std::vector<OptionDescription> describe_options(Command command, const CommandLine& defaults) {
  CommandLine line = defaults;
  std::vector<OptionDescription> descriptions;
  for (const Entry& entry : all_options()) {
    if ((entry.commands & bit(command)) != 0) descriptions.push_back(describe(entry, line));
  }
  return descriptions;
}

const char* data_help() {
  return "DATA is one of\n"
         "  digits            drawn digits, 28x28, made by the program itself\n"
         "  reviews           film reviews of 200 word numbers, made by the program itself\n"
         "  DIRECTORY         IDX files by MNIST's names, with or without .gz, or an .npy file for "
         "each\n"
         "                    of the model's inputs and outputs, by their names\n"
         "  X.npy,Y.npy       examples and labels; X.npy alone for predict\n"
         "  FILE.npz          arrays x, y, or by the names of the model's inputs and outputs, and\n"
         "                    sample_weight; x_train, y_train, x_test, y_test\n"
         "  FILE.csv          numbers; the label is the last column (FILE.csv:label=NAME: that "
         "one);\n"
         "                    FILE.csv:header=yes, header=no: whether its first line is a header\n"
         "  DIRECTORY         texts (.txt) in a folder for each class; images (.png, .jpg, .jpeg, "
         ".bmp,\n"
         "                    .gif) for the kiln command alone\n"
         "  FILE.tsv          texts: columns text and label (FILE.tsv:text=NAME,label=NAME: "
         "those;\n"
         "                    FILE.csv:text=NAME,label=NAME: with commas)\n"
         "  X.txt,Y.txt       sequences of numbers, one a line, and labels; X.json: a list of "
         "lists;\n"
         "                    X.txt,Y.txt:padding=pre,truncating=pre,value=0\n"
         "  FILE.npz          the same as arrays x_values, x_offsets, y\n";
}

std::string see_help(const std::string& program, Command command) {
  return "\"" + program + " " + command_name(command) + " --help\" lists the options";
}

Expected<OtherWords> read_options(std::span<const std::string> words, const std::string& see,
                                  CommandLine& line) {
  return OptionReader(words, see, line).read();
}

Status check_complete(const CommandLine& line, const std::string& see) {
  if (line.command == Command::kInfo || !line.data.empty()) return ok();
  return Diagnostic{"", std::string(command_name(line.command)) + " needs --data", see};
}

Diagnostic unexpected_word(const std::string& word, std::span<const std::string_view> names,
                           const std::string& see) {
  if (!word.starts_with("-")) return {"", "unexpected argument \"" + word + "\"", see};
  const std::string name = word.substr(0, word.find('='));
  const std::string guess = did_you_mean(name, names);
  return {"", "there is no option " + name, guess.empty() ? see : guess + " " + see};
}

}  // namespace kiln::runtime
