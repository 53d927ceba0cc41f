#include "frontend/cli/run_options.h"

#include "frontend/compiler.h"
#include "runtime/main.h"

namespace kiln::cli {

void RunOptions::add_to(CLI::App& command) {
  model.add_to(command);
  command.add_option("--data", line.data,
                     "digits, a directory of IDX files, X.npy,Y.npy, FILE.npz or FILE.csv[:label=NAME]")->required();
  command.add_option("--weights", line.weights, "start from these weights, as --save writes them");
  command.add_option("--threads", line.threads, "0: one for each CPU")->check(CLI::Range(0, 1024))->capture_default_str();
  command.add_option("--verbose", line.verbose, "0 nothing, 1 a progress bar, 2 a line an epoch")->check(CLI::Range(0, 2))->capture_default_str();
  command.add_flag("!--no-cache", use_cache, "compile every kernel anew");
}

Status RunOptions::run() const {
  KILN_ASSIGN(ir::Module module, model.module());
  CompilerOptions options;
  options.threads = line.threads;
  options.use_cache = use_cache;
  KILN_ASSIGN(const codegen::Jit code, compile_in_memory(std::move(module), options));
  return runtime::run_command(*code.model(), line);
}

}  // namespace kiln::cli
