#include "runtime/program/option_table.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "runtime/data/class_weight.h"
#include "runtime/device/device.h"
#include "runtime/training/history.h"

namespace kiln::runtime {
namespace {

constexpr unsigned kFit = bit(Command::kFit);
constexpr unsigned kEvaluate = bit(Command::kEvaluate);
constexpr unsigned kPredict = bit(Command::kPredict);
constexpr unsigned kData = kFit | kEvaluate | kPredict;

// More than anyone counts to, with room for sums in an int.
constexpr int kMost = 1 << 30;
constexpr int kLargestBatch = 1 << 20;
constexpr int kMostThreads = 1024;

// What an option sets: a member of the line itself, or of the arguments of fit().
template <auto member>
auto& in_line(CommandLine& line) {
  return line.*member;
}
template <auto member>
auto& in_fit(CommandLine& line) {
  return line.fit.*member;
}

Complaint read_history(CommandLine& line, const std::string& text) {
  if (!text.ends_with(".json") && !text.ends_with(".csv")) {
    return "a file name that ends in .json or .csv";
  }
  line.history = text;
  return "";
}

Complaint read_class_weight(CommandLine& line, const std::string& text) {
  auto weights = parse_class_weights(text);
  if (!weights || weights->empty()) return "a list of CLASS:WEIGHT like 0:1,1:5";
  line.fit.class_weight = std::move(*weights);
  return "";
}

Complaint read_part(CommandLine& line, const std::string& text) {
  if (text != "train" && text != "test") return "train or test";
  line.part = text == "train" ? Part::kTrain : Part::kTest;
  return "";
}

Complaint read_device(CommandLine& line, const std::string& text) {
  const auto choice = parse_device(text);
  if (!choice) return "cpu, opencl, opencl:N, cuda, cuda:N or auto";
  line.device = *choice;
  return "";
}

// A number, or one divided by another.
Complaint read_scale(CommandLine& line, const std::string& text) {
  const char* const complaint = "a number but 0, or a fraction like 1/255";
  char* end = nullptr;
  double scale = std::strtod(text.c_str(), &end);
  if (end == text.c_str()) return complaint;
  if (*end == '/') {
    const char* const divisor = end + 1;
    scale /= std::strtod(divisor, &end);
    if (end == divisor) return complaint;
  }
  if (*end != 0 || !std::isfinite(scale) || scale == 0) return complaint;
  line.scale = scale;
  return "";
}

std::string print_device(const CommandLine& line) {
  return line.device.kind ? device_kind_name(*line.device.kind) : "auto";
}

// clang-format off
constexpr Option kOptions[] = {
    {"data", "DATA", kData, "the examples; see below", Text{in_line<&CommandLine::data>}},
    {"weights", "IN", kData, "start from these weights, as --save writes them",
     Text{in_line<&CommandLine::weights>}, 0, "; default MODEL's own, where it has them"},
    {"scale", "S", kData,
     "multiply the inputs by S, as in 1/255; default 1, but 1/255 for the drawn digits",
     Special{read_scale}},
    {"vocabulary", "FILE.txt", kData, "of texts; default beside --weights, and beside --save in fit",
     Text{in_line<&CommandLine::vocabulary>}},
    {"class-names", "FILE.txt", kData,
     "of classes, one a line; default beside --weights, and beside --save in fit",
     Text{in_line<&CommandLine::class_names>}},
    {"max-tokens", "N", kFit, "size of a new vocabulary; 0: that of the model's Embedding",
     Integer{in_line<&CommandLine::max_tokens>, 0, kMost}},
    {"epochs", "N", kFit, "number of the last epoch",
     Integer{in_fit<&FitOptions::epochs>, 0, kMost}},
    {"initial-epoch", "N", kFit, "epochs already trained, to resume with --weights",
     Integer{in_fit<&FitOptions::initial_epoch>, 0, kMost}},
    {"sample-weight", "W.npy", kFit | kEvaluate,
     "how much each example counts; default the data's sample_weight, if it has one",
     Text{in_line<&CommandLine::sample_weight>}},
    {"class-weight", "C:W,...", kFit,
     "how much the examples of each class count, 0:1,1:5; others count 1",
     Special{read_class_weight}},
    {"validation-split", "F", kFit, "keep the last part F of the examples for validation",
     Fraction{in_fit<&FitOptions::validation_split>}},
    {"validation-data", "DATA", kFit, "validate on these examples instead",
     Text{in_line<&CommandLine::validation_data>}},
    {"validation-freq", "N", kFit, "validate after every N epochs",
     Integer{in_fit<&FitOptions::validation_freq>, 1, kMost}},
    {"validation-steps", "N", kFit, "validate on the first N batches; default all",
     Count{in_fit<&FitOptions::validation_steps>, kMost}},
    {"validation-batch-size", "N", kFit,
     "examples in a step of the validation; default as compiled, an executable takes no other",
     Count{in_fit<&FitOptions::validation_batch_size>, kLargestBatch}},
    {"steps-per-epoch", "N", kFit, "batches in an epoch, the next goes on there; default all",
     Count{in_fit<&FitOptions::steps_per_epoch>, kMost}},
    {"seed", "N", kFit, "decides the initial weights and the order of examples",
     Seed{in_fit<&FitOptions::seed>}},
    {"shuffle", nullptr, kFit, "visit the examples in a new order each epoch; the default",
     Flag{in_fit<&FitOptions::shuffle>, true}},
    {"no-shuffle", nullptr, kFit, "visit the examples in their own order",
     Flag{in_fit<&FitOptions::shuffle>, false}},
    {"save", "OUT.npz", kFit, "write the trained weights and the optimizer's state",
     Text{in_line<&CommandLine::save>}, 0, "; to OUT.weights.h5, too; to OUT.keras with the model"},
    {"weights-only", nullptr, kFit, "leave the optimizer's state out of --save",
     Flag{in_line<&CommandLine::weights_only>, true}},
    {"history", "OUT", kFit, "write loss and metrics of each epoch, to a .json or .csv file",
     Special{read_history}},
    {"part", "PART", kEvaluate | kPredict,
     "train or test: which examples; default the test set where there is one", Special{read_part}},
    {"output", "OUT", kPredict, "write the model's outputs, .npy or (several) .npz",
     Text{in_line<&CommandLine::output>}, 'o'},
    {"all", nullptr, kPredict, "print all rows, not the first 20 alone",
     Flag{in_line<&CommandLine::all>, true}},
    {"threads", "N", kData, "threads to use; 0: one for each CPU",
     Integer{in_line<&CommandLine::threads>, 0, kMostThreads}},
    {"device", "DEVICE", kData,
     "cpu, opencl, opencl:N, cuda, cuda:N or auto, the best there is code for",
     Special{read_device, print_device}},
    {"verbose", "N", kData, "0 silent, 1 a progress bar, 2 a line an epoch",
     Integer{in_fit<&FitOptions::verbose>, 0, 2}},
};
// clang-format on

Complaint read_integer(const std::string& text, int64_t low, int64_t high, int64_t& result) {
  char* end = nullptr;
  errno = 0;
  result = std::strtoll(text.c_str(), &end, 10);
  if (!text.empty() && *end == 0 && errno == 0 && result >= low && result <= high) return "";
  return "an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

// Reads a text into what the option sets.
struct Reader {
  const std::string& text;
  CommandLine& line;

  Complaint operator()(const Flag& flag) const {
    flag.target(line) = flag.value;
    return "";
  }
  Complaint operator()(const Integer& integer) const {
    int64_t number = 0;
    Complaint complaint = read_integer(text, integer.low, integer.high, number);
    if (complaint.empty()) integer.target(line) = static_cast<int>(number);
    return complaint;
  }
  Complaint operator()(const Count& count) const {
    int64_t number = 0;
    Complaint complaint = read_integer(text, 1, count.high, number);
    if (complaint.empty()) count.target(line) = number;
    return complaint;
  }
  Complaint operator()(const Seed& seed) const {
    int64_t number = 0;
    Complaint complaint = read_integer(text, 0, INT64_MAX, number);
    if (complaint.empty()) seed.target(line) = static_cast<uint64_t>(number);
    return complaint;
  }
  Complaint operator()(const Fraction& fraction) const {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    // Written so that NaN fails.
    if (text.empty() || *end != 0 || !(number >= 0 && number < 1)) {
      return "a number from 0 to less than 1";
    }
    fraction.target(line) = number;
    return "";
  }
  Complaint operator()(const Text& name) const {
    name.target(line) = text;
    return text.empty() ? "a name" : "";
  }
  Complaint operator()(const Special& special) const { return special.read(line, text); }
};

// What an option has in a line; empty where there is nothing to say.
struct Printer {
  CommandLine& line;

  std::string operator()(const Integer& integer) { return std::to_string(integer.target(line)); }
  std::string operator()(const Seed& seed) { return std::to_string(seed.target(line)); }
  std::string operator()(const Fraction& fraction) {
    return shortest_decimal(fraction.target(line));
  }
  std::string operator()(const Special& special) {
    return special.print == nullptr ? "" : special.print(line);
  }
  template <typename Other>
  std::string operator()(const Other&) {
    return "";
  }
};

}  // namespace

std::span<const Option> option_table() { return kOptions; }

Complaint read_value(const Option& option, const std::string& text, CommandLine& line) {
  return std::visit(Reader{text, line}, option.value);
}

std::string print_value(const Option& option, CommandLine& line) {
  return std::visit(Printer{line}, option.value);
}

}  // namespace kiln::runtime
