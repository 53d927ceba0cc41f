#include "frontend/cli/run_options.h"

#include "frontend/compiler.h"
#include "frontend/keras/files/load.h"
#include "runtime/main.h"

namespace kiln::cli {
void RunOptions::add_to(CLI::App& command) {
  model.add_to(command);
  command
      .add_option(
          "--data", line.data,
          "digits, reviews, a directory of IDX files, X.npy,Y.npy, FILE.npz or FILE.csv[:label=NAME]")
      ->required();
  command.add_option("--weights", line.weights,
                     "start from these weights (.npz as --save writes it, .keras, .weights.h5); "
                     "default: MODEL's own, if it is a .keras file");
  command.add_option("--threads", line.threads, "0: one for each CPU")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_option("--verbose", line.verbose, "0 nothing, 1 a progress bar, 2 a line an epoch")
      ->check(CLI::Range(0, 2))
      ->capture_default_str();
  command.add_flag("!--no-cache", use_cache, "compile every kernel anew");
}

void RunOptions::add_callbacks_to(CLI::App& command) {
  const auto all = runtime::callback_options();
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string name = std::string("--") + all[i].name;
    if (all[i].value == nullptr) {
      command.add_flag_callback(
          name, [this, i] { callbacks.emplace_back(i, ""); }, all[i].description);
      continue;
    }
    command
        .add_option_function<std::string>(
            name, [this, i](const std::string& text) { callbacks.emplace_back(i, text); },
            all[i].description)
        ->type_name(all[i].value)
        ->trigger_on_parse();
  }
  command
      .add_option("--backup", backup,
                  "keep the state of the run in this directory; the same command goes on from it: "
                  "dir,save_freq=100")
      ->type_name("DIR,...");
}

Status RunOptions::run() const {
  runtime::CommandLine with_callbacks = line;
  for (const auto& [index, text] : callbacks) KILN_TRY(with_callbacks.callbacks.add(index, text));
  if (backup) KILN_TRY(with_callbacks.callbacks.set_backup(*backup));
  KILN_ASSIGN(ModelArgument::Read read, model.read());
  CompilerOptions options;
  options.use_cache = use_cache;
  KILN_ASSIGN(const codegen::Jit code, compile_in_memory(std::move(read.module), options));
  if (line.weights.empty() && model.has_weights()) with_callbacks.weights = model.model;
  return runtime::run_command(
      *code.model(), with_callbacks,
      read.definition ? keras::weight_files(*read.definition) : runtime::WeightFiles{});
}

}  // namespace kiln::cli
