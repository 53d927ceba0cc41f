// kiln fit: train at once.
#include "frontend/cli/run_options.h"
#include "frontend/cli/subcommand.h"

namespace kiln::cli {

void add_fit(CLI::App& program, Action& action) {
  auto options = std::make_shared<RunOptions>(runtime::Command::kFit);
  CLI::App* command = program.add_subcommand("fit", "compile a model and train it at once");
  options->add_to(*command, action);
  options->model.add_training_to(*command);
  command->add_flag(
      "--adapt", options->adapt,
      "give Normalization layers the examples' mean and variance, as Keras's adapt()");
  command->callback([options, &action] { action = [options] { return options->run(); }; });
}

}  // namespace kiln::cli
