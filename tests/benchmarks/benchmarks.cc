// How fast models train and predict, beside the limits of this machine, and beside other programs.
//   benchmarks [--models NAME,...] [--steps train,predict] [--batch N,...] [--threads N,...]
//              [--seconds S] [-v] [--vs PROGRAM] [--json FILE] [--history FILE.jsonl]
// For each step the median time, and what its kernels take at least together: each the largest of
// its floating-point operations over the rate of multiply-adds, its divisions and roots over the
// divider's, its bytes over the bandwidth of the memory that they come from. These limits are
// measured first.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "codegen/roofline/measure_roofs.h"
#include "tests/benchmarks/isolated_kernels.h"
#include "tests/benchmarks/json_report.h"
#include "tests/benchmarks/machine.h"
#include "tests/benchmarks/models.h"
#include "tests/benchmarks/peer.h"
#include "tests/benchmarks/result.h"
#include "tests/benchmarks/table.h"

namespace kiln::benchmarks {
namespace {

struct Options {
  std::vector<std::string> models;  ///< empty: all
  std::vector<std::string> steps = {"train", "predict"};
  std::vector<int64_t> batches;  ///< empty: the models'
  std::vector<int> threads;      ///< empty: one, and two where there are as many
  double seconds = 2;            ///< for each figure
  bool kernels = false;
  std::string peer;
  std::string json, history;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("--models", options.models, "names, FILE.json or FILE.keras; default: all names")
      ->delimiter(',');
  app.add_option("--steps", options.steps, "train, predict; default: both")
      ->delimiter(',')
      ->check(CLI::IsMember({"train", "predict"}));
  app.add_option("--batch", options.batches, "rows of a step; default: some that suit the model")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  app.add_option("--threads", options.threads, "default: 1,2")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024));
  app.add_option("--seconds", options.seconds, "for each figure; default: 2")
      ->check(CLI::PositiveNumber);
  app.add_flag("-v,--kernels", options.kernels, "a line for each kernel, with its time alone");
  app.add_option("--vs", options.peer,
                 "run PROGRAM MODEL.json BATCH THREADS train|predict in turn, which prints "
                 "microseconds a step");
  app.add_option("--json", options.json, "write all figures to this file");
  app.add_option("--history", options.history, "append all figures to this file, a line a run");
}

Expected<std::vector<KernelResult>> kernel_results(const CompiledStep& step,
                                                   const codegen::Roofs& roofs) {
  KILN_ASSIGN(const std::vector<double> alone, time_alone(step.kernels(), roofs.threads));
  std::vector<KernelResult> results;
  for (size_t i = 0; i < alone.size(); ++i) {
    const codegen::KernelWork& kernel = step.kernels()[i];
    results.push_back({kernel.kind(), kernel.location(), kernel.calls, kernel.arithmetic,
                       kernel.bytes(), codegen::bound_of(kernel, roofs), alone[i]});
  }
  return results;
}

void append(std::vector<double>& all, const std::vector<double>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// A run of the benchmarks, which prints as it goes.
class Benchmarks {
 public:
  explicit Benchmarks(Options options) : options_(std::move(options)) {}

  Status run() {
    std::vector<NamedModel> models;
    for (const std::string& name : options_.models) {
      KILN_ASSIGN(NamedModel model, model_named(name));
      models.push_back(std::move(model));
    }
    report_.machine = this_machine();
    report_.date = date_of_now();
    report_.commit = commit_of_checkout();
    report_.peer = options_.peer;
    for (const int threads : options_.threads)
      report_.roofs.push_back(codegen::measure_roofs(threads));
    print_head(report_);
    print_columns(!options_.peer.empty());
    for (const NamedModel& model : models) KILN_TRY(measure(model));
    if (!options_.json.empty()) KILN_TRY(write_json(options_.json, report_));
    if (!options_.history.empty()) KILN_TRY(append_json_line(options_.history, report_));
    return ok();
  }

 private:
  Status measure(const NamedModel& model) {
    std::optional<Peer> peer;
    if (!options_.peer.empty()) {
      KILN_ASSIGN(Peer created, Peer::create(options_.peer, model.model));
      peer.emplace(std::move(created));
    }
    for (const std::string& name : options_.steps) {
      const Mode mode = name == "train" ? Mode::train : Mode::predict;
      const auto& own = mode == Mode::train ? model.train_batches : model.predict_batches;
      if (own.empty()) continue;
      for (const int64_t batch : options_.batches.empty() ? own : options_.batches) {
        KILN_ASSIGN(const CompiledStep step, CompiledStep::create(model.model, mode, batch));
        for (const codegen::Roofs& roofs : report_.roofs)
          KILN_TRY(measure(model.name, step, roofs, peer ? &*peer : nullptr));
      }
    }
    return ok();
  }

  Status measure(const std::string& name, const CompiledStep& step, const codegen::Roofs& roofs,
                 const Peer* peer) {
    Result result = {name, step.mode(), step.function().batch, roofs.threads, {}, {}};
    result.roof = codegen::bound_of(step.kernels(), roofs);
    KILN_TRY(time(step, peer, result));
    if (options_.kernels) {
      KILN_ASSIGN(result.kernels, kernel_results(step, roofs));
    }
    print_result(result);
    report_.results.push_back(std::move(result));
    return ok();
  }

  /// Ours, and where there is a peer theirs, ours, theirs.
  Status time(const CompiledStep& step, const Peer* peer, Result& result) const {
    KILN_ASSIGN(RunningStep running, RunningStep::create(step, result.threads));
    const int turns = peer == nullptr ? 1 : 2;
    std::vector<double> ours, theirs;
    for (int turn = 0; turn < turns; ++turn) {
      append(ours, sample_microseconds([&] { running.run(); }, options_.seconds / turns));
      if (peer == nullptr) continue;
      KILN_ASSIGN(const auto times, peer->run(result.mode, result.batch, result.threads));
      append(theirs, times);
    }
    result.ours = summary_of(std::move(ours));
    if (peer != nullptr) result.theirs = summary_of(std::move(theirs));
    return ok();
  }

  Options options_;
  Report report_;
};

/// What was not said.
void complete(Options& options) {
  if (options.models.empty()) {
    for (const BenchmarkModel& model : benchmark_models()) options.models.emplace_back(model.name);
  }
  if (options.threads.empty()) {
    options.threads = {1};
    if (std::thread::hardware_concurrency() > 1) options.threads.push_back(2);
  }
}

}  // namespace
}  // namespace kiln::benchmarks

int main(int argc, char** argv) {
  // Files are where `bazel run` was called.
  const char* const directory = std::getenv("BUILD_WORKING_DIRECTORY");
  if (directory != nullptr && chdir(directory) != 0)
    fmt::print(stderr, "warning: {}: no folder\n", directory);
  kiln::benchmarks::Options options;
  CLI::App app("How fast models train and predict, beside the limits of this machine.");
  kiln::benchmarks::add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 2;
  }
  kiln::benchmarks::complete(options);
  const kiln::Status status = kiln::benchmarks::Benchmarks(std::move(options)).run();
  if (status) return 0;
  fmt::print(stderr, "{}\n", status.error().to_string());
  return 2;
}
