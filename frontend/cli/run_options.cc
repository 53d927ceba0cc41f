#include "frontend/cli/run_options.h"

#include <cstdio>

#include "frontend/compiler.h"
#include "frontend/keras/files/load.h"
#include "runtime/main.h"

namespace kiln::cli {
namespace {

/// Keras's files where the model has a definition; .npz always.
runtime::WeightFiles weight_files(const std::optional<keras::Model>& definition) {
  runtime::WeightFiles files;
  if (!definition) return files;
  files.load = [&definition](runtime::Session& session,
                             const std::string& path) -> Expected<runtime::LoadedState> {
    KILN_ASSIGN(const keras::LoadedWeights loaded, keras::load_weights(session, *definition, path));
    if (!loaded.note.empty())
      std::fprintf(stderr, "note: %s: %s\n", path.c_str(), loaded.note.c_str());
    return runtime::LoadedState{loaded.optimizer};
  };
  files.save = [&definition](const runtime::Session& session, const std::string& path,
                             runtime::SaveState what) {
    if (path.ends_with(".npz")) return runtime::save_weights(session, path, what);
    return keras::save_weights(session, *definition, path);
  };
  return files;
}

}  // namespace

void RunOptions::add_to(CLI::App& command) {
  model.add_to(command);
  command
      .add_option(
          "--data", line.data,
          "digits, a directory of IDX files, X.npy,Y.npy, FILE.npz or FILE.csv[:label=NAME]")
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

Status RunOptions::run() const {
  KILN_ASSIGN(ModelArgument::Read read, model.read());
  CompilerOptions options;
  options.use_cache = use_cache;
  KILN_ASSIGN(const codegen::Jit code, compile_in_memory(std::move(read.module), options));
  runtime::CommandLine with_weights = line;
  if (with_weights.weights.empty() && model.has_weights()) with_weights.weights = model.model;
  return runtime::run_command(*code.model(), with_weights, weight_files(read.definition));
}

}  // namespace kiln::cli
