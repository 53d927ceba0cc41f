#include "runtime/program/command_line.h"

#include <getopt.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <vector>

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

constexpr unsigned bit(Command command) { return 1u << static_cast<unsigned>(command); }
constexpr unsigned kFit = bit(Command::kFit);
constexpr unsigned kEvaluate = bit(Command::kEvaluate);
constexpr unsigned kPredict = bit(Command::kPredict);
constexpr unsigned kData = kFit | kEvaluate | kPredict;

// What reading an option's value may say; empty when it is right.
using Complaint = std::string;

struct OptionEntry {
  const char* name;
  const char* value;  // null: the option takes none
  unsigned commands;
  const char* description;
  Complaint (*read)(CommandLine& line, const char* value);
};

Complaint read_integer(const char* text, long long low, long long high, long long& result) {
  char* end = nullptr;
  errno = 0;
  result = std::strtoll(text, &end, 10);
  if (end != text && *end == 0 && errno == 0 && result >= low && result <= high) return "";
  if (high == INT_MAX) return "an integer from " + std::to_string(low);
  return "an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

Complaint read_int(const char* text, int low, int high, int& result) {
  long long wide = 0;
  Complaint complaint = read_integer(text, low, high, wide);
  if (complaint.empty()) result = static_cast<int>(wide);
  return complaint;
}

Complaint read_count(const char* text, std::optional<int64_t>& result) {
  long long count = 0;
  Complaint complaint = read_integer(text, 1, INT_MAX, count);
  if (complaint.empty()) result = count;
  return complaint;
}

Complaint read_seed(CommandLine& line, const char* text) {
  long long seed = 0;
  Complaint complaint = read_integer(text, 0, LLONG_MAX, seed);
  if (complaint.empty()) line.seed = static_cast<uint64_t>(seed);
  return complaint;
}

Complaint read_split(CommandLine& line, const char* text) {
  char* end = nullptr;
  const double split = std::strtod(text, &end);
  // Written so that NaN fails.
  if (end == text || *end != 0 || !(split >= 0 && split < 1)) {
    return "a number from 0 to less than 1";
  }
  line.validation_split = split;
  return "";
}

Complaint read_history(CommandLine& line, const char* text) {
  const std::string_view path = text;
  if (!path.ends_with(".json") && !path.ends_with(".csv")) {
    return "a file name that ends in .json or .csv";
  }
  line.history = text;
  return "";
}

Complaint read_part(CommandLine& line, const char* text) {
  const std::string_view part = text;
  if (part != "train" && part != "test") return "train or test";
  line.part = part == "train" ? Part::kTrain : Part::kTest;
  return "";
}

Complaint read_device(CommandLine& line, const char* text) {
  const auto choice = parse_device(text);
  if (!choice) return "cpu, opencl, opencl:N, cuda, cuda:N or auto";
  line.device = *choice;
  return "";
}

Complaint read_text(std::string& result, const char* text) {
  result = text;
  return result.empty() ? "a name" : "";
}

constexpr OptionEntry kOptions[] = {
    {"data", "DATA", kData, "the examples; see below",
     [](CommandLine& line, const char* value) { return read_text(line.data, value); }},
    {"weights", "IN.npz", kData, "start from these weights, as --save writes them",
     [](CommandLine& line, const char* value) { return read_text(line.weights, value); }},
    {"vocabulary", "FILE.txt", kData,
     "of texts; default beside --weights, and beside --save in fit",
     [](CommandLine& line, const char* value) { return read_text(line.vocabulary, value); }},
    {"max-tokens", "N", kFit, "size of a new vocabulary; default 0, that of the Embedding",
     [](CommandLine& line, const char* value) {
       return read_int(value, 0, INT_MAX, line.max_tokens);
     }},
    {"epochs", "N", kFit, "number of the last epoch; default 1",
     [](CommandLine& line, const char* value) { return read_int(value, 0, INT_MAX, line.epochs); }},
    {"initial-epoch", "N", kFit, "epochs already trained, to resume with --weights; default 0",
     [](CommandLine& line, const char* value) {
       return read_int(value, 0, INT_MAX, line.initial_epoch);
     }},
    {"validation-split", "F", kFit,
     "keep the last part F of the examples for validation; default 0", read_split},
    {"sample-weight", "W.npy", kFit | kEvaluate, "how much each example counts",
     [](CommandLine& line, const char* value) { return read_text(line.sample_weight, value); }},
    {"class-weight", "C:W,...", kFit, "how much the examples of each class count; others count 1",
     [](CommandLine& line, const char* value) { return read_text(line.class_weight, value); }},
    {"validation-data", "DATA", kFit, "validate on these examples instead",
     [](CommandLine& line, const char* value) { return read_text(line.validation_data, value); }},
    {"validation-freq", "N", kFit, "validate after every N epochs; default 1",
     [](CommandLine& line, const char* value) {
       return read_int(value, 1, INT_MAX, line.validation_freq);
     }},
    {"validation-steps", "N", kFit, "validate on the first N batches; default all",
     [](CommandLine& line, const char* value) { return read_count(value, line.validation_steps); }},
    {"validation-batch-size", "N", kFit, "must be the batch size that the model was compiled for",
     [](CommandLine& line, const char* value) {
       return read_count(value, line.validation_batch_size);
     }},
    {"steps-per-epoch", "N", kFit, "batches in an epoch, the next goes on there; default all",
     [](CommandLine& line, const char* value) { return read_count(value, line.steps_per_epoch); }},
    {"seed", "N", kFit, "decides the initial weights and the order of examples; default 0",
     read_seed},
    {"shuffle", nullptr, kFit, "visit the examples in a new order each epoch; the default",
     [](CommandLine& line, const char*) { return line.shuffle = true, Complaint(); }},
    {"no-shuffle", nullptr, kFit, "visit the examples in their own order",
     [](CommandLine& line, const char*) { return line.shuffle = false, Complaint(); }},
    {"save", "OUT.npz", kFit, "write the trained weights and the optimizer's state",
     [](CommandLine& line, const char* value) { return read_text(line.save, value); }},
    {"weights-only", nullptr, kFit, "leave the optimizer's state out of --save",
     [](CommandLine& line, const char*) { return line.weights_only = true, Complaint(); }},
    {"history", "OUT", kFit, "write loss and metrics of each epoch, to a .json or .csv file",
     read_history},
    {"part", "PART", kEvaluate | kPredict,
     "train or test: which examples; default the test set where there is one", read_part},
    {"output", "OUT", kPredict, "write the model's outputs, .npy or (several) .npz; also -o",
     [](CommandLine& line, const char* value) { return read_text(line.output, value); }},
    {"all", nullptr, kPredict, "print all rows, not the first 20 alone",
     [](CommandLine& line, const char*) { return line.all = true, Complaint(); }},
    {"threads", "N", kData, "threads to use; default 0, one for each CPU",
     [](CommandLine& line, const char* value) { return read_int(value, 0, 1024, line.threads); }},
    {"device", "DEVICE", kData,
     "cpu, opencl, opencl:N, cuda, cuda:N or auto, the best there is code for; default auto",
     read_device},
    {"verbose", "N", kFit | kEvaluate, "0 silent, 1 a progress bar, 2 a line an epoch; default 1",
     [](CommandLine& line, const char* value) { return read_int(value, 0, 2, line.verbose); }},
};

constexpr const char* kDataHelp =
    "\nDATA is one of\n"
    "  digits            drawn digits, 28x28, made by the program itself\n"
    "  reviews           film reviews of 200 word numbers, made by the program itself\n"
    "  DIRECTORY         IDX files by MNIST's names, with or without .gz, or an .npy file for "
    "each\n"
    "                    of the model's inputs and outputs, by their names\n"
    "  X.npy,Y.npy       examples and labels; X.npy alone for predict\n"
    "  FILE.npz          arrays x, y, or by the names of the model's inputs and outputs, and\n"
    "                    sample_weight; x_train, y_train, x_test, y_test\n"
    "  FILE.csv          numbers; the label is the last column (FILE.csv:label=NAME: that one)\n"
    "  DIRECTORY         texts (.txt) in a folder for each class\n"
    "  FILE.tsv          texts: columns text and label (FILE.tsv:text=NAME,label=NAME: those;\n"
    "                    FILE.csv:text=NAME,label=NAME: with commas)\n"
    "  X.txt,Y.txt       sequences of numbers, one a line, and labels; X.json: a list of lists;\n"
    "                    X.txt,Y.txt:padding=pre,truncating=pre,value=0\n"
    "  FILE.npz          the same as arrays x_values, x_offsets, y\n";

constexpr const char* kBackupHelp =
    "keep the state of the run here; the same command goes on from it: dir,save_freq=100";

const CommandEntry* find_command(std::string_view name) {
  for (const CommandEntry& entry : kCommands) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::string table_line(const std::string& left, const char* right) {
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
  for (const OptionEntry& option : kOptions) {
    if ((option.commands & bit(command.command)) == 0) continue;
    const std::string left = std::string("--") + option.name;
    text += table_line(option.value ? left + " " + option.value : left, option.description);
  }
  if (command.command == Command::kFit) {
    for (const CallbackOption& option : callback_options()) {
      const std::string left = std::string("--") + option.name;
      text += table_line(option.value ? left + " " + option.value : left, option.description);
    }
    text += table_line("--backup DIR,...", kBackupHelp);
  }
  text += table_line("--help", "this text");
  return bit(command.command) & kData ? text + kDataHelp : text;
}

// getopt's view of kOptions: an option's `val` is its index, moved out of the way of characters.
constexpr int kFirstOption = 256;
constexpr int kFirstCallback = kFirstOption + static_cast<int>(std::size(kOptions));
constexpr int kBackupOption = 'b';
constexpr int kHelpOption = 'h';

std::vector<option> getopt_table() {
  std::vector<option> table;
  for (size_t i = 0; i < std::size(kOptions); ++i) {
    table.push_back({kOptions[i].name, kOptions[i].value ? required_argument : no_argument, nullptr,
                     kFirstOption + static_cast<int>(i)});
  }
  for (size_t i = 0; i < callback_options().size(); ++i) {
    const CallbackOption& entry = callback_options()[i];
    table.push_back({entry.name, entry.value ? required_argument : no_argument, nullptr,
                     kFirstCallback + static_cast<int>(i)});
  }
  table.push_back({"backup", required_argument, nullptr, kBackupOption});
  table.push_back({"help", no_argument, nullptr, kHelpOption});
  table.push_back({nullptr, 0, nullptr, 0});
  return table;
}

const OptionEntry* find_option(int value) {
  if (value >= kFirstOption && value < kFirstCallback) return &kOptions[value - kFirstOption];
  for (const OptionEntry& option : kOptions) {
    if (value == 'o' && std::string_view(option.name) == "output") return &option;
  }
  return nullptr;
}

// Whether the option adds a callback, which it then has done or failed to do.
Expected<bool> read_callback(CommandLine& line, int value, const CommandEntry& command,
                             const std::string& see) {
  if (value != kBackupOption && value < kFirstCallback) return false;
  if (line.command != Command::kFit) {
    const std::string name =
        value == kBackupOption ? "backup" : callback_options()[value - kFirstCallback].name;
    return Diagnostic{"", std::string(command.name) + " has no option --" + name, see};
  }
  if (value == kBackupOption) {
    KILN_TRY(line.callbacks.set_backup(optarg));
  } else {
    KILN_TRY(line.callbacks.add(value - kFirstCallback, optarg == nullptr ? "" : optarg));
  }
  return true;
}

Expected<CommandLine> parse_options(int argc, char** argv, const CommandEntry& command,
                                    const std::string& program) {
  CommandLine line;
  line.command = command.command;
  const std::string see = "\"" + program + " " + command.name + " --help\" lists the options";
  auto wrong = [&](const std::string& message) { return Diagnostic{"", message, see}; };
  const std::vector<option> table = getopt_table();
  opterr = 0;
  optind = 0;  // start anew, also in a process that has parsed before
  int value;
  // '+' stops at the first argument that is no option, ':' tells a missing value from a wrong name.
  while ((value = getopt_long(argc, argv, "+:ho:", table.data(), nullptr)) != -1) {
    const bool letter = value == '?' && optopt > 0 && optopt < kFirstOption;
    const std::string given =
        letter ? std::string("-") + static_cast<char>(optopt) : argv[optind - 1];
    if (value == kHelpOption) {
      line.command = Command::kHelp;
      line.help = command_help(program, command);
      return line;
    }
    if (value == ':') return wrong(given + " needs a value");
    KILN_ASSIGN(const bool callback, read_callback(line, value, command, see));
    if (callback) continue;
    const OptionEntry* option = find_option(value);
    if (option == nullptr) return wrong("there is no option " + given);
    const std::string name = std::string("--") + option->name;
    if ((option->commands & bit(command.command)) == 0) {
      return wrong(std::string(command.name) + " has no option " + name);
    }
    const Complaint complaint = option->read(line, optarg);
    if (!complaint.empty()) {
      return wrong(name + " takes " + complaint + ", not \"" + optarg + "\"");
    }
  }
  if (optind < argc) return wrong(std::string("unexpected argument \"") + argv[optind] + "\"");
  if ((bit(command.command) & kData) != 0 && line.data.empty()) {
    return wrong(std::string(command.name) + " needs --data");
  }
  return line;
}

}  // namespace

Expected<CommandLine> parse_command_line(int argc, char** argv, const std::string& model_name) {
  std::string program = argc > 0 ? argv[0] : model_name;
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
  return parse_options(argc - 1, argv + 1, *command, program);
}

}  // namespace kiln::runtime
