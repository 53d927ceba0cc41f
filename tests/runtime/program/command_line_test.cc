#include "runtime/program/command_line.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/program/options.h"

namespace kiln::runtime {
namespace {

Expected<CommandLine> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "./mnist");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return parse_command_line(static_cast<int>(arguments.size()), argv.data(), "mnist");
}

std::string error_of(const std::vector<std::string>& arguments) {
  auto line = parse(arguments);
  return line ? "no error" : line.error().message;
}

TEST(CommandLine, ReadsFit) {
  auto line = parse({"fit",
                     "--data",
                     "digits",
                     "--epochs=3",
                     "--validation-split",
                     "0.25",
                     "--seed",
                     "7",
                     "--no-shuffle",
                     "--threads",
                     "2",
                     "--weights",
                     "in.npz",
                     "--save",
                     "out.npz",
                     "--history",
                     "h.csv",
                     "--verbose",
                     "2",
                     "--initial-epoch",
                     "1",
                     "--weights-only"});
  ASSERT_TRUE(line) << line.error().to_string();
  EXPECT_EQ(line->command, Command::kFit);
  EXPECT_EQ(line->data, "digits");
  EXPECT_EQ(line->fit.epochs, 3);
  EXPECT_EQ(line->fit.initial_epoch, 1);
  EXPECT_EQ(line->fit.validation_split, 0.25);
  EXPECT_EQ(line->fit.seed, 7u);
  EXPECT_FALSE(line->fit.shuffle);
  EXPECT_EQ(line->threads, 2);
  EXPECT_EQ(line->weights, "in.npz");
  EXPECT_EQ(line->save, "out.npz");
  EXPECT_EQ(line->history, "h.csv");
  EXPECT_EQ(line->fit.verbose, 2);
  EXPECT_TRUE(line->weights_only);
}

TEST(CommandLine, ReadsTheFitLoop) {
  auto line = parse({"fit", "--data", "digits", "--steps-per-epoch=10", "--validation-data=v.npz",
                     "--validation-freq=2", "--validation-steps=3", "--validation-batch-size=32"});
  ASSERT_TRUE(line) << line.error().to_string();
  EXPECT_EQ(line->fit.steps_per_epoch, 10);
  EXPECT_EQ(line->validation_data, "v.npz");
  EXPECT_EQ(line->fit.validation_freq, 2);
  EXPECT_EQ(line->fit.validation_steps, 3);
  EXPECT_EQ(line->fit.validation_batch_size, 32);
}

TEST(CommandLine, ReadsTheDevice) {
  EXPECT_EQ(parse({"fit", "--data", "digits"})->device, DeviceChoice{});
  EXPECT_EQ(parse({"evaluate", "--data", "digits", "--device=opencl:1"})->device,
            (DeviceChoice{KILN_OPENCL, 1}));
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--device", "gpu"}),
            "--device takes cpu, opencl, opencl:N, cuda, cuda:N or auto, not \"gpu\"");
}

TEST(CommandLine, CallbacksRunInTheOrderOfTheOptionsTable) {
  auto line =
      parse({"fit", "--data", "digits", "--csv-log=a.csv", "--checkpoint=a.npz", "--reduce-lr",
             "patience=1", "--checkpoint=b.npz", "--backup=dir,save_freq=9"});
  ASSERT_TRUE(line) << line.error().to_string();
  std::string names;
  for (const CallbackHandle& callback : line->fit.callbacks) {
    names += callback.get()->name() + std::string(" ");
  }
  EXPECT_EQ(names, "ReduceLROnPlateau ModelCheckpoint ModelCheckpoint CSVLogger ");
  ASSERT_TRUE(line->backup.has_value());
  EXPECT_EQ(line->backup->backup_dir, "dir");
  EXPECT_EQ(line->backup->save_freq, 9);
}

TEST(CommandLine, ReadsPredict) {
  auto line = parse({"predict", "--data", "x.npy", "-o", "y.npy", "--all", "--part", "train"});
  ASSERT_TRUE(line) << line.error().to_string();
  EXPECT_EQ(line->output, "y.npy");
  EXPECT_TRUE(line->all);
  EXPECT_EQ(line->part, Part::kTrain);
}

TEST(CommandLine, HelpIsEverywhere) {
  for (std::vector<std::string> arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"--help"},
                                             {"-h"},
                                             {"help"},
                                             {"fit", "--help"},
                                             {"evaluate", "-h"},
                                             {"predict", "--data", "x", "--help"},
                                             {"info", "--help"}}) {
    auto line = parse(arguments);
    ASSERT_TRUE(line) << line.error().to_string();
    EXPECT_EQ(line->command, Command::kHelp);
    EXPECT_NE(line->help.find("usage: ./mnist "), std::string::npos);
  }
  EXPECT_NE(parse({"fit", "--help"})->help.find("--validation-split F"), std::string::npos);
  EXPECT_EQ(parse({"predict", "--help"})->help.find("--validation-split"), std::string::npos);
  EXPECT_NE(parse({"fit", "--help"})->help.find("--early-stopping OPTIONS"), std::string::npos);
  EXPECT_NE(parse({"fit", "--help"})->help.find("--backup DIR,..."), std::string::npos);
  EXPECT_EQ(parse({"predict", "--help"})->help.find("--backup"), std::string::npos);
}

TEST(CommandLine, SaysWhatIsWrong) {
  EXPECT_EQ(error_of({"train"}), "there is no command \"train\"");
  EXPECT_EQ(error_of({"fit"}), "fit needs --data");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--bogus"}), "there is no option --bogus");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "-x"}), "there is no option -x");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "-xy"}), "there is no option -xy");
  EXPECT_EQ(error_of({"fit", "--data"}), "--data needs a value");
  EXPECT_EQ(error_of({"fit", "--data", ""}), "--data takes a name, not \"\"");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "extra"}), "unexpected argument \"extra\"");
  EXPECT_EQ(error_of({"evaluate", "--data", "digits", "--epochs", "3"}),
            "evaluate has no option --epochs");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--epochs", "many"}),
            "--epochs takes an integer from 0 to 1073741824, not \"many\"");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--epochs", "99999999999999999999"}),
            "--epochs takes an integer from 0 to 1073741824, not \"99999999999999999999\"");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--verbose", "3"}),
            "--verbose takes an integer from 0 to 2, not \"3\"");
  for (const char* split : {"1", "-0.1", "nan", "0.5x", ""}) {
    EXPECT_EQ(error_of({"fit", "--data", "digits", "--validation-split", split}),
              std::string("--validation-split takes a number from 0 to less than 1, not \"") +
                  split + "\"");
  }
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--history", "h.txt"}),
            "--history takes a file name that ends in .json or .csv, not \"h.txt\"");
  EXPECT_EQ(error_of({"predict", "--data", "digits", "--part", "all"}),
            "--part takes train or test, not \"all\"");
  for (const char* weights : {"0=2", "0:1,0:2", "0:-1", ""}) {
    EXPECT_EQ(error_of({"fit", "--data", "digits", "--class-weight", weights}),
              std::string("--class-weight takes a list of CLASS:WEIGHT like 0:1,1:5, not \"") +
                  weights + "\"");
  }
}

TEST(CommandLine, GuessesWhatWasMeant) {
  const auto line = parse({"fit", "--data", "digits", "--epoch=3"});
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().to_string(),
            "error: there is no option --epoch\n"
            "note: did you mean --epochs? \"./mnist fit --help\" lists the options");
}

TEST(CommandLine, TakesAnOptionOnce) {
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--seed=1", "--seed=1"}), "--seed is given twice");
  EXPECT_EQ(error_of({"fit", "--data", "a", "--backup", "b", "--backup", "b"}),
            "--backup is given twice");
  EXPECT_EQ(error_of({"fit", "--data", "a", "--terminate-on-nan", "--terminate-on-nan"}),
            "--terminate-on-nan is given twice");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--shuffle", "--no-shuffle"}),
            "--no-shuffle contradicts --shuffle");
  EXPECT_EQ(error_of({"predict", "--data", "digits", "-oa.npy", "--output=b.npy"}),
            "--output is given twice");
}

TEST(CommandLine, FlagsTakeNoValue) {
  EXPECT_EQ(error_of({"predict", "--data", "digits", "--all=yes"}), "--all takes no value");
}

TEST(CommandLine, WordsBehindTwoDashesAreNoOptions) {
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--", "--seed"}), "there is no option --seed");
  EXPECT_EQ(error_of({"fit", "--data", "digits", "--"}), "no error");
}

TEST(Options, StandOnceInEachCommand) {
  for (const Command command : {Command::kFit, Command::kEvaluate, Command::kPredict}) {
    std::set<std::string> names;
    for (const OptionDescription& option : describe_options(command, CommandLine())) {
      EXPECT_TRUE(names.insert(option.name).second) << option.name;
      EXPECT_NE(option.text, "") << option.name;
    }
    EXPECT_TRUE(names.contains("data"));
  }
  EXPECT_TRUE(describe_options(Command::kInfo, CommandLine()).empty());
}

TEST(Options, SayTheirDefaults) {
  CommandLine defaults;
  defaults.fit.epochs = 7;
  defaults.device = {KILN_CUDA};
  std::map<std::string, std::string> texts;
  for (const OptionDescription& option : describe_options(Command::kFit, defaults))
    texts[option.name] = option.text;
  EXPECT_EQ(texts["epochs"], "number of the last epoch; default 7");
  EXPECT_TRUE(texts["device"].ends_with("; default cuda")) << texts["device"];
  EXPECT_TRUE(texts["seed"].ends_with("; default 0")) << texts["seed"];
}

}  // namespace
}  // namespace kiln::runtime
