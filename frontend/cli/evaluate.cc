// kiln evaluate: loss and metrics of trained weights.
#include "frontend/cli/run_options.h"
#include "frontend/cli/subcommand.h"

namespace kiln::cli {

void add_evaluate(CLI::App& program, Action& action) {
  auto options = std::make_shared<RunOptions>(runtime::Command::kEvaluate);
  CLI::App* command = program.add_subcommand("evaluate", "loss and metrics of trained weights");
  options->add_to(*command, action);
  options->model.add_training_to(*command);
  command->callback([options, &action] { action = [options] { return options->run(); }; });
}

}  // namespace kiln::cli
