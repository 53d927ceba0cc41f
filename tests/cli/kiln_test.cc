// The kiln command and the executables that it writes, as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "frontend/keras/model/built_in_models.h"
#include "tests/cli/command.h"

namespace kiln::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSmallDigits = "digits:train=640,test=100,seed=3";

TEST(Kiln, HelpEverywhere) {
  EXPECT_EQ(run_command({kiln(), "--help"}).status, 0);
  for (const char* command : {"fit", "evaluate", "predict", "compile", "devices", "inspect", "opt",
                              "ops", "layers", "losses", "metrics", "optimizers", "schedules",
                              "initializers", "regularizers", "constraints", "completion"}) {
    const CommandResult result = run_command({kiln(), command, "--help"});
    EXPECT_EQ(result.status, 0) << command;
    EXPECT_THAT(result.out, HasSubstr("Usage")) << command;
  }
}

TEST(Kiln, VersionNamesHalideAndLlvm) {
  const CommandResult result = run_command({kiln(), "--version"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, HasSubstr("Halide 21"));
  EXPECT_THAT(result.out, HasSubstr("LLVM 19"));
}

TEST(Kiln, OpsPrintsTheTable) {
  EXPECT_THAT(run_command({kiln(), "ops"}).out, HasSubstr("dot_general"));
}

TEST(Kiln, ReferencesListClassesAndTheirOptions) {
  EXPECT_THAT(run_command({kiln(), "layers"}).out, HasSubstr("\nDense  "));
  const CommandResult dense = run_command({kiln(), "layers", "dense"});
  EXPECT_THAT(dense.out, HasSubstr("\n  units                 integer"));
  EXPECT_THAT(dense.out, HasSubstr("\"GlorotUniform\""));
  EXPECT_THAT(run_command({kiln(), "optimizers", "AdamW", "--json"}).out,
              HasSubstr("\"name\": \"exclude_from_weight_decay\""));
  const CommandResult unknown = run_command({kiln(), "losses", "Hinges"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_EQ(unknown.err, "error: there is no loss \"Hinges\"\nnote: did you mean Hinge?\n");
}

TEST(Kiln, DevicesAreListed) {
  const CommandResult result =
      run_command({kiln(), "devices"}, {"KILN_CUDA_LIBRARY=/nowhere/libcuda.so"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("cpu  "));
  EXPECT_THAT(result.out, HasSubstr("cuda       there is no driver here: cannot open "
                                    "/nowhere/libcuda.so\n"));
  EXPECT_THAT(result.out, HasSubstr("opencl"));
}

TEST(Kiln, WithoutADriverTheCpuIsTheBestDevice) {
  const std::vector<std::string> no_drivers = {"KILN_CUDA_LIBRARY=/nowhere",
                                               "KILN_OPENCL_LIBRARY=/nowhere"};
  const std::vector<std::string> fit = {kiln(), "fit", "mnist_mlp", "--data", kSmallDigits};
  const auto on = [&](const std::string& device) {
    std::vector<std::string> words = fit;
    words.push_back("--device=" + device);
    return run_command(words, no_drivers);
  };
  EXPECT_EQ(on("auto").status, 0);
  const CommandResult cuda = on("cuda");
  EXPECT_EQ(cuda.status, 2);
  EXPECT_EQ(cuda.err,
            "error: cuda: there is no driver here: cannot open /nowhere\n"
            "note: install it, or let KILN_CUDA_LIBRARY name the library\n");
}

TEST(Kiln, CompletionKnowsOptions) {
  const CommandResult result = run_command({kiln(), "completion", "bash"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, HasSubstr("--validation-split"));
}

TEST(Kiln, FitTrainsSavesAndEvaluates) {
  const std::string weights = temporary("weights.npz"), history = temporary("history.json");
  const CommandResult fit =
      run_command({kiln(), "fit", "mnist_mlp", "--data", kSmallDigits, "--epochs", "3",
                   "--validation-split", "0.2", "--save", weights, "--history", history});
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("Epoch 3/3"));
  EXPECT_THAT(fit.out, HasSubstr("val_accuracy: "));
  EXPECT_THAT(fit.out, HasSubstr("bytes scaled from 0..255 to 0..1"));
  EXPECT_THAT(read_file(history), HasSubstr("\"val_loss\": ["));
  const CommandResult evaluate =
      run_command({kiln(), "evaluate", "mnist_mlp", "--data", kSmallDigits, "--weights", weights});
  ASSERT_EQ(evaluate.status, 0) << evaluate.err;
  EXPECT_THAT(evaluate.out, HasSubstr("accuracy: "));
  const std::string outputs = temporary("y.npy");
  const CommandResult predict = run_command({kiln(), "predict", "mnist_mlp", "--data", kSmallDigits,
                                             "--weights", weights, "-o", outputs});
  ASSERT_EQ(predict.status, 0) << predict.err;
  EXPECT_EQ(read_file(outputs).substr(1, 5), "NUMPY");
}

TEST(Kiln, KerasFilesCarryModelWeightsAndOptimizer) {
  const std::string first = temporary("first.keras"), second = temporary("second.keras"),
                    whole = temporary("whole.keras");
  const std::vector<std::string> options = {"--data", kSmallDigits, "--no-shuffle"};
  auto fit = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {kiln(), "fit"});
    words.insert(words.end(), options.begin(), options.end());
    const CommandResult result = run_command(words);
    ASSERT_EQ(result.status, 0) << result.err;
  };
  fit({"mnist_mlp", "--epochs", "2", "--save", whole});
  fit({"mnist_mlp", "--epochs", "1", "--save", first});
  fit({first, "--epochs", "2", "--initial-epoch", "1", "--save", second});
  EXPECT_EQ(read_file(whole), read_file(second));
  EXPECT_EQ(run_command({kiln(), "evaluate", second, "--data", kSmallDigits}).status, 0);
}

TEST(Kiln, SameSeedSameBits) {
  std::string saved[2];
  for (std::string& bytes : saved) {
    const std::string weights = temporary("weights.npz");
    const CommandResult fit = run_command({kiln(), "fit", "mnist_mlp", "--data", kSmallDigits,
                                           "--epochs", "2", "--seed", "7", "--save", weights});
    ASSERT_EQ(fit.status, 0) << fit.err;
    bytes = read_file(weights);
  }
  EXPECT_EQ(saved[0], saved[1]);
}

TEST(Kiln, CompiledExecutableTrainsWithoutAnythingInstalled) {
  const std::string mnist = temporary("mnist"), weights = temporary("weights.npz");
  const CommandResult compile = run_command({kiln(), "compile", "mnist_mlp", "-o", mnist});
  ASSERT_EQ(compile.status, 0) << compile.err;
  const CommandResult fit = run_command(
      {mnist, "fit", "--data", kSmallDigits, "--epochs", "2", "--save", weights}, {"PATH="});
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("Epoch 2/2"));
  EXPECT_EQ(run_command({mnist, "evaluate", "--data", kSmallDigits, "--weights", weights}).status,
            0);
  EXPECT_EQ(run_command({mnist, "predict", "--data", kSmallDigits, "--weights", weights}).status,
            0);
  EXPECT_THAT(run_command({mnist, "info"}).out, HasSubstr("dense_2"));
}

TEST(Kiln, ExecutableAndMemoryTrainToTheSameBits) {
  const std::string mnist = temporary("mnist"), a = temporary("a.npz"), b = temporary("b.npz");
  ASSERT_EQ(run_command({kiln(), "compile", "mnist_mlp", "-o", mnist}).status, 0);
  ASSERT_EQ(
      run_command({mnist, "fit", "--data", kSmallDigits, "--epochs", "2", "--save", a}).status, 0);
  ASSERT_EQ(run_command(
                {kiln(), "fit", "mnist_mlp", "--data", kSmallDigits, "--epochs", "2", "--save", b})
                .status,
            0);
  EXPECT_EQ(read_file(a), read_file(b));
}

TEST(Kiln, CommandsCompileWhatTheyCall) {
  const std::string weights = temporary("weights.npz");
  // The number of objects that a command compiles: its kernels, and the program.
  const auto objects = [&](const std::string& command, std::vector<std::string> options) {
    const std::string cache = temporary("cache_of_" + command);
    options.insert(options.begin(), {kiln(), command, "mnist_mlp", "--data", kSmallDigits});
    const CommandResult result = run_command(options, {"KILN_CACHE=" + cache});
    EXPECT_EQ(result.status, 0) << result.err;
    return std::distance(std::filesystem::directory_iterator(cache + "/kernels"), {});
  };
  const auto fit = objects("fit", {"--save", weights});
  const auto evaluate = objects("evaluate", {"--weights", weights});
  const auto predict = objects("predict", {"--weights", weights});
  EXPECT_LT(predict, evaluate);
  EXPECT_LT(evaluate, fit);
}

TEST(Kiln, ExecutableAndMemoryPredictTheSameBits) {
  const std::string mnist = temporary("mnist"), weights = temporary("weights.npz"),
                    a = temporary("a.npy"), b = temporary("b.npy");
  ASSERT_EQ(run_command({kiln(), "compile", "mnist_mlp", "-o", mnist}).status, 0);
  ASSERT_EQ(run_command({mnist, "fit", "--data", kSmallDigits, "--save", weights}).status, 0);
  const std::vector<std::string> rest = {"--data", kSmallDigits, "--weights", weights, "-o"};
  const auto predict = [&](std::vector<std::string> words, const std::string& to) {
    words.insert(words.end(), rest.begin(), rest.end());
    words.push_back(to);
    EXPECT_EQ(run_command(words).status, 0);
  };
  predict({mnist, "predict"}, a);
  predict({kiln(), "predict", "mnist_mlp"}, b);
  EXPECT_EQ(read_file(a), read_file(b));
}

TEST(Kiln, InspectPrintsEachPass) {
  const CommandResult all =
      run_command({kiln(), "inspect", "mnist_mlp", "--after-all", "--function", "train_step"});
  ASSERT_EQ(all.status, 0) << all.err;
  for (const char* pass : {"differentiate", "simplify", "fuse", "order", "plan-memory"}) {
    EXPECT_THAT(all.out, HasSubstr(std::string("---- after ") + pass));
  }
  EXPECT_THAT(run_command({kiln(), "inspect", "mnist_mlp", "--memory"}).out,
              HasSubstr("lower bound"));
}

TEST(Kiln, OptReadsWhatInspectPrints) {
  const CommandResult before = run_command({kiln(), "inspect", "mnist_mlp"});
  const std::string file = write_temporary("model.kir", before.out);
  const CommandResult same = run_command({kiln(), "opt", file});
  ASSERT_EQ(same.status, 0) << same.err;
  EXPECT_EQ(same.out, before.out);
  const CommandResult planned =
      run_command({kiln(), "opt", file, "--passes=differentiate,simplify,fuse,order,plan-memory"});
  EXPECT_EQ(planned.out,
            run_command({kiln(), "inspect", "mnist_mlp", "--after", "plan-memory"}).out);
}

TEST(Kiln, IrTextIsAModel) {
  const std::string file =
      write_temporary("model.kir", run_command({kiln(), "inspect", "mnist_mlp"}).out);
  const CommandResult fit =
      run_command({kiln(), "fit", file, "--data", kSmallDigits, "--epochs", "1"});
  EXPECT_EQ(fit.status, 0) << fit.err;
}

TEST(Kiln, OptimizerLossAndLearningRateFromFlags) {
  const CommandResult fit =
      run_command({kiln(), "fit", "mnist_mlp", "--data", kSmallDigits, "--optimizer", "sgd",
                   "--learning-rate", "0.1", "--metrics", "accuracy", "--epochs", "1"});
  EXPECT_EQ(fit.status, 0) << fit.err;
}

/// The JSON of a model of one Dense layer on `inputs` numbers.
std::string small_model(const std::string& layer, const std::string& activation, int inputs) {
  return R"({"class_name": "Sequential", "config": {"name": "small", "layers": [
    {"class_name": "InputLayer", "config": {"batch_shape": [null, )" +
         std::to_string(inputs) + R"(], "dtype": "float32", "name": "input"}},
    {"class_name": ")" +
         layer + R"(", "config": {"name": "last", "units": 3, "activation": ")" + activation +
         R"("}}]},
    "compile_config": {"optimizer": "adam", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}})";
}

/// A small model whose learning rate follows a schedule and whose weights are averaged.
std::string scheduled_model() {
  std::string json = small_model("Dense", "softmax", 2);
  const std::string name = "\"adam\"";
  return json.replace(json.find(name), name.size(), R"({"class_name": "Adam", "config": {
    "use_ema": true, "learning_rate": {"class_name": "CosineDecay", "config": {
    "initial_learning_rate": 0.1, "decay_steps": 10}}}})");
}

/// The files that the mistakes below name.
void write_mistaken_files() {
  write_temporary("truncated.json", "{\"module\": \"keras\", \"class_name\": \"Seq");
  write_temporary("not.json", "hello");
  write_temporary("layer.json", small_model("Dence", "softmax", 2));
  write_temporary("activation.json", small_model("Dense", "sofmax", 2));
  write_temporary("good.json", small_model("Dense", "softmax", 2));
  write_temporary("scheduled.json", scheduled_model());
  write_temporary("wrong.kir",
                  "module @m {\n  func @f(%0: tensor<2xf32> \"x\") -> (tensor<2xf32> \"y\") {\n    "
                  "%1 = tanhh %0 : tensor<2xf32>\n    return %1\n  }\n}\n");
  write_temporary("short.npy", "\x93NUMPY");
  write_temporary("nan.csv", "a,b,label\n1,2,0\n3,4,nan\n");
  write_temporary("range.csv", "a,b,label\n1,2,0\n3,4,3\n");
  write_temporary("wide.csv", "a,b,c,label\n1,2,3,0\n");
  write_temporary("ragged.csv", "a,b,label\n1,2,0\n3,4\n");
  write_temporary("images-idx", "\x01\x02\x03\x04");
}

TEST(Kiln, SmallModelFromJsonTrainsOnCsv) {
  write_mistaken_files();
  const std::string data = write_temporary("good.csv", "a,b,label\n1,2,0\n3,4,1\n5,6,2\n");
  const CommandResult fit =
      run_command({kiln(), "fit", temporary("good.json"), "--data", data, "--epochs", "2"});
  EXPECT_EQ(fit.status, 0) << fit.err;
}

TEST(Kiln, ScheduleAndMovingAveragesFromJson) {
  const std::string model = write_temporary("scheduled.json", scheduled_model());
  const std::string data = write_temporary("good.csv", "a,b,label\n1,2,0\n3,4,1\n5,6,2\n");
  const std::string saved = temporary("scheduled.keras");
  const CommandResult fit =
      run_command({kiln(), "fit", model, "--data", data, "--epochs", "2", "--save", saved});
  EXPECT_EQ(fit.status, 0) << fit.err;
  const CommandResult evaluate = run_command({kiln(), "evaluate", saved, "--data", data});
  EXPECT_EQ(evaluate.status, 0) << evaluate.err;
}

/// A model with a loss and an optimizer of the user's own.
std::string custom_training() {
  std::string json = small_model("Dense", "softmax", 2);
  for (const auto& [from, to] :
       {std::pair("\"adam\"", "{\"class_name\": \"MyAdam\", \"config\": {}}"),
        std::pair("\"sparse_categorical_crossentropy\"", "\"my_loss\"")})
    json.replace(json.find(from), std::string(from).size(), to);
  return json;
}

TEST(Kiln, PredictNeedsNothingOfTrainingAndEvaluateNoOptimizer) {
  const std::string model = write_temporary("custom.json", custom_training());
  const std::string data = write_temporary("good.csv", "a,b,label\n1,2,0\n3,4,1\n5,6,2\n");
  const std::string weights = temporary("custom.npz");
  const std::vector<std::string> loss = {"--loss", "sparse_categorical_crossentropy"};
  const auto run = [&](std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.begin(), kiln());
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  };
  const CommandResult fit = run({"fit", model, "--data", data, "--epochs", "1"}, loss);
  EXPECT_EQ(fit.status, 2);
  EXPECT_THAT(fit.err, HasSubstr("unknown optimizer \"MyAdam\"\nnote: "));
  EXPECT_THAT(fit.err, HasSubstr("--optimizer replaces it"));
  const CommandResult replaced =
      run({"fit", model, "--data", data, "--save", weights, "--optimizer", "sgd"}, loss);
  EXPECT_EQ(replaced.status, 0) << replaced.err;
  const CommandResult predict = run({"predict", model, "--data", data, "--weights", weights}, {});
  EXPECT_EQ(predict.status, 0) << predict.err;
  const CommandResult refused = run({"evaluate", model, "--data", data, "--weights", weights}, {});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("unknown loss \"my_loss\""));
  EXPECT_THAT(refused.err, HasSubstr("--loss replaces it"));
  const CommandResult evaluate =
      run({"evaluate", model, "--data", data, "--weights", weights}, loss);
  EXPECT_EQ(evaluate.status, 0) << evaluate.err;
  const CommandResult compile = run({"compile", model, "-o", temporary("custom")}, {});
  EXPECT_EQ(compile.status, 2);
  EXPECT_THAT(compile.err, HasSubstr("--predict-only leaves training out"));
  EXPECT_EQ(run({"compile", model, "-o", temporary("custom"), "--predict-only"}, {}).status, 0);
}

/// A wrong command: its words after `kiln`, and what the error must say.
struct Mistake {
  const char* name;
  std::vector<std::string> words;
  std::vector<std::string> says;
};

class Mistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, GiveOneErrorAndStatusTwo) {
  std::vector<std::string> words = {kiln()};
  for (std::string word : GetParam().words) {
    const size_t at = word.find("TMP/");
    if (at != std::string::npos) word.replace(at, 4, temporary(""));
    words.push_back(word);
  }
  write_mistaken_files();
  const CommandResult result = run_command(words);
  EXPECT_EQ(result.status, 2) << result.out << result.err;
  for (const std::string& text : GetParam().says) EXPECT_THAT(result.err, HasSubstr(text));
  EXPECT_FALSE(exists(temporary("out")));
}

INSTANTIATE_TEST_SUITE_P(
    All, Mistakes,
    ::testing::Values(
        Mistake{"NoCommand", {}, {"subcommand"}},
        Mistake{"UnknownOption",
                {"fit", "mnist_mlp", "--data", "digits", "--epoch", "3"},
                {"there is no option --epoch\nnote: did you mean --epochs? "}},
        Mistake{"UnknownDevice",
                {"fit", "mnist_mlp", "--data", "digits", "--device", "gpu"},
                {"--device takes cpu, opencl, opencl:N, cuda, cuda:N or auto, not \"gpu\""}},
        Mistake{"UnknownKindOfDevice",
                {"compile", "mnist_mlp", "-o", "TMP/out", "--device", "cpu,cuda:1"},
                {"--device: there is no device \"cuda:1\"", "cpu, opencl, cuda"}},
        Mistake{"UnknownModel",
                {"compile", "mnist", "-o", "TMP/out"},
                {"mnist", "built-in examples: mnist_mlp"}},
        Mistake{"MissingModelFile", {"compile", "TMP/none.json", "-o", "TMP/out"}, {"none.json"}},
        Mistake{"TruncatedJson",
                {"compile", "TMP/truncated.json", "-o", "TMP/out"},
                {"truncated.json"}},
        Mistake{"NotJson", {"compile", "TMP/not.json", "-o", "TMP/out"}, {"not.json"}},
        Mistake{"UnknownLayer",
                {"compile", "TMP/layer.json", "-o", "TMP/out"},
                {"layer.json", "Dence", "Dense"}},
        Mistake{"UnknownActivation",
                {"compile", "TMP/activation.json", "-o", "TMP/out"},
                {"activation.json", "sofmax", "softmax"}},
        Mistake{"RateOfASchedule",
                {"fit", "TMP/scheduled.json", "--data", "digits", "--learning-rate", "0.1"},
                {"scheduled.json", "follows a schedule", "--optimizer"}},
        Mistake{"NanLabel", {"fit", "TMP/good.json", "--data", "TMP/nan.csv"}, {"row"}},
        Mistake{"LabelOutOfRange", {"fit", "TMP/good.json", "--data", "TMP/range.csv"}, {"3"}},
        Mistake{"WrongShape", {"fit", "TMP/good.json", "--data", "TMP/wide.csv"}, {"3"}},
        Mistake{
            "RaggedCsv", {"fit", "TMP/good.json", "--data", "TMP/ragged.csv"}, {"ragged.csv:3"}},
        Mistake{"WrongIr", {"opt", "TMP/wrong.kir"}, {"wrong.kir:3:", "tanh"}},
        Mistake{"UnknownPass", {"opt", "TMP/wrong.kir", "--passes=fold"}, {"error"}},
        Mistake{"UnknownOptimizer",
                {"fit", "mnist_mlp", "--data", "digits", "--optimizer", "adan"},
                {"adan"}},
        Mistake{"UnknownLoss",
                {"fit", "mnist_mlp", "--data", "digits", "--loss", "sparse_crossentropy"},
                {"sparse_crossentropy"}},
        Mistake{"MissingData", {"fit", "mnist_mlp", "--data", "TMP/nowhere"}, {"nowhere"}},
        Mistake{"ShortNpy",
                {"fit", "mnist_mlp", "--data", "TMP/short.npy,TMP/short.npy"},
                {"short.npy"}},
        Mistake{"UnwritableOutput", {"compile", "mnist_mlp", "-o", "/nowhere/out"}, {"/nowhere"}},
        Mistake{
            "UnwritableSave",
            {"fit", "mnist_mlp", "--data", "digits:train=64,test=10", "--save", "/nowhere/w.npz"},
            {"/nowhere"}},
        Mistake{"HistoryOfNoKind",
                {"fit", "mnist_mlp", "--data", "digits", "--history", "TMP/out"},
                {"--history"}},
        Mistake{"EvaluateUntrained",
                {"evaluate", "mnist_mlp", "--data", "digits:train=64,test=10"},
                {"--weights"}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace kiln::tests
