// kiln predict: the model's output for every example.
#include "frontend/cli/run_options.h"
#include "frontend/cli/subcommand.h"

namespace kiln::cli {

void add_predict(CLI::App& program, Action& action) {
  auto options = std::make_shared<RunOptions>(runtime::Command::kPredict);
  CLI::App* command = program.add_subcommand("predict", "the model's output for every example");
  options->add_to(*command, action);
  command->callback([options, &action] { action = [options] { return options->run(); }; });
}

}  // namespace kiln::cli
