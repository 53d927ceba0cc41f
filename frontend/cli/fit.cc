// kiln fit: train at once.
#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "frontend/cli/run_options.h"
#include "frontend/cli/subcommand.h"

namespace kiln::cli {

void add_fit(CLI::App& program, Action& action) {
  auto options = std::make_shared<RunOptions>();
  options->line.command = runtime::Command::kFit;
  CLI::App* command = program.add_subcommand("fit", "compile a model and train it at once");
  options->add_to(*command);
  options->model.add_training_to(*command);
  runtime::CommandLine& line = options->line;
  command->add_option("--epochs", line.epochs, "number of the last epoch")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  command
      ->add_option("--initial-epoch", line.initial_epoch,
                   "epochs already trained, to resume with --weights")
      ->check(CLI::Range(0, 1 << 30));
  command
      ->add_option("--validation-split", line.validation_split,
                   "keep the last part of the examples for validation")
      ->check(CLI::Range(0.0, 0.999999))
      ->capture_default_str();
  command->add_flag(
      "--adapt", options->adapt,
      "give Normalization layers the examples' mean and variance, as Keras's adapt()");
  command->add_option("--class-weight", line.class_weight,
                      "how much the examples of each class count: 0:1,1:5; others count 1");
  command->add_option("--validation-data", line.validation_data,
                      "validate on these examples instead");
  command
      ->add_option("--validation-freq", line.validation_freq, "validate after every so many epochs")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  command
      ->add_option("--validation-steps", line.validation_steps,
                   "validate on so many batches; default: all")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  command
      ->add_option("--validation-batch-size", line.validation_batch_size,
                   "examples in one step of the validation; default: those of --batch-size")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20));
  command
      ->add_option("--steps-per-epoch", line.steps_per_epoch,
                   "batches in an epoch, the next goes on there; default: all")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
  command
      ->add_option("--max-tokens", line.max_tokens,
                   "size of a new vocabulary; 0: that of the model's Embedding")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  options->add_callbacks_to(*command);
  command->add_option("--seed", line.seed, "decides the initial weights and the order of examples")
      ->check([](const std::string& text) {
        int64_t seed = 0;  // CLI11's own ranges take what is too large for the largest number
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
        const bool valid = error == std::errc() && end == text.data() + text.size() && seed >= 0;
        return valid ? std::string() : "must be an integer from 0 to 9223372036854775807";
      })
      ->capture_default_str();
  command->add_flag("--shuffle,!--no-shuffle", line.shuffle,
                    "visit the examples in a new order each epoch (the default)");
  command->add_option("--save", line.save,
                      "write the trained model (.keras), or its weights with the optimizer's state "
                      "(.npz, .weights.h5)");
  command->add_flag("--weights-only", line.weights_only,
                    "save the weights without the optimizer's state");
  command->add_option("--history", line.history, "write the history to this .json or .csv file")
      ->check([](const std::string& path) {
        return path.ends_with(".json") || path.ends_with(".csv") ? std::string()
                                                                 : "must end in .json or .csv";
      });
  command->callback([options, &action] { action = [options] { return options->run(); }; });
}

}  // namespace kiln::cli
