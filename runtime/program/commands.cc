#include "runtime/program/commands.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "runtime/base/expected.h"
#include "runtime/base/file.h"
#include "runtime/base/interrupt.h"
#include "runtime/data/dataset.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/device/driver_exit.h"
#include "runtime/model/checkpoint.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"
#include "runtime/program/command_line.h"
#include "runtime/program/load_data.h"
#include "runtime/program/report.h"
#include "runtime/training/batches.h"
#include "runtime/training/callbacks/backup_and_restore.h"
#include "runtime/training/fit.h"
#include "runtime/training/progress.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kPrintedRows = 20;

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// Finds out before hours of training whether a result can be written afterwards.
Status check_writable(const std::string& path) {
  if (path.empty()) return ok();
  if (is_directory(path)) return Diagnostic{path, "is a directory, not a file to write", ""};
  auto probe = AtomicFile::create(path);
  if (!probe) return probe.error();
  return ok();  // the temporary file is removed again
}

// `what` comes before the names of arrays in errors.
Expected<ModelData> adapt_data(const Dataset& data, const CommandLine& line,
                               const kiln_model& model, const std::string& what) {
  std::string notes;
  Expected<ModelData> examples = adapt(data, model, &notes);
  if (!examples) {
    const Diagnostic& error = examples.error();
    return Diagnostic{what + error.where, error.message, error.note};
  }
  if (line.fit.verbose > 0) print("data: " + data.description + "\n" + notes);
  return examples;
}

// The examples of --data, with the weights of --sample-weight.
Expected<ModelData> load_data(DataLoader& loader, const CommandLine& line,
                              const kiln_model& model) {
  KILN_ASSIGN(Dataset data, loader.load(line.data));
  if (!line.sample_weight.empty()) {
    KILN_ASSIGN(Array weights, load_npy(line.sample_weight));
    data.train.push_back({"sample_weight", std::move(weights)});
  }
  return adapt_data(data, line, model, "");
}

Status save_history(const History& history, const std::string& path) {
  if (path.empty()) return ok();
  const std::string text = path.ends_with(".csv") ? history.to_csv() : history.to_json();
  return write_file(path, std::as_bytes(std::span(text)));
}

EvaluateOptions evaluate_options(const CommandLine& line) {
  EvaluateOptions options;
  options.verbose = line.fit.verbose;
  return options;
}

// The weights of --weights, or else those that the program carries; nothing where it has none.
Expected<std::optional<LoadedState>> load_trained(Session& session, const Program& program,
                                                  const CommandLine& line) {
  std::optional<LoadedState> loaded;
  if (!line.weights.empty()) {
    KILN_ASSIGN(loaded, program.files.load(session, line.weights));
  } else if (program.checkpoint != nullptr) {
    KILN_ASSIGN(loaded, load_checkpoint(session, *program.checkpoint));
  }
  return loaded;
}

// Fresh weights from the seed, or trained ones.
Status prepare_training(Session& session, const Program& program, const CommandLine& line) {
  KILN_TRY(session.initialize(line.fit.seed));
  KILN_ASSIGN(const std::optional<LoadedState> loaded, load_trained(session, program, line));
  if (loaded && line.fit.verbose > 0) {
    print("weights: " + (line.weights.empty() ? std::string("the program's own") : line.weights) +
          (loaded->optimizer ? ", with the optimizer's state\n"
                             : ", without optimizer's state: the optimizer starts anew\n"));
  }
  return ok();
}

// The examples of --validation-data; none where there is no such option.
Expected<Examples> load_validation(DataLoader& loader, const CommandLine& line,
                                   const kiln_model& model) {
  if (line.validation_data.empty()) return Examples{};
  KILN_ASSIGN(Dataset data, loader.load(line.validation_data));
  KILN_ASSIGN(const ModelData adapted, adapt_data(data, line, model, "validation "));
  return adapted.train;
}

Expected<History> train(Session& session, const Examples& examples, const Examples& validation,
                        const FitOptions& options) {
  const InterruptGuard guard;
  if (validation.empty()) return fit(session, examples, options);
  return fit(session, examples, validation, options);
}

// Says where the model runs, where that is not the CPU.
Expected<Session> open_session(const kiln_model& model, const CommandLine& line) {
  KILN_ASSIGN(Session session, Session::create(&model, line.threads, line.device));
  if (session.device() != nullptr && line.fit.verbose > 0)
    print("device: " + session.device()->info().title() + "\n");
  return session;
}

Status check_validation_batch(const CommandLine& line, const Session& session) {
  const kiln_function* test_step = session.find_function("test_step");
  const int64_t batch = test_step == nullptr ? 0 : test_step->batch;
  if (line.fit.validation_batch_size.value_or(batch) == batch) return ok();
  return Diagnostic{"--validation-batch-size",
                    "is " + std::to_string(*line.fit.validation_batch_size) +
                        ", the model was compiled for batches of " + std::to_string(batch),
                    "leave it out: losses and metrics are means over all examples"};
}

Status check_fit(const CommandLine& line, const Session& session, const WeightFiles& files) {
  KILN_TRY(session.function("train_step"));
  KILN_TRY(check_validation_batch(line, session));
  KILN_TRY(check_writable(line.save));
  if (!line.save.empty()) KILN_TRY(files.check_path(line.save));
  return check_writable(line.history);
}

Status save_results(const CommandLine& line, const Session& session, const History& history,
                    const WeightFiles& files) {
  if (!line.save.empty()) {
    KILN_TRY(files.save(session, line.save,
                        line.weights_only ? SaveState::kWeights : SaveState::kWeightsAndOptimizer));
    if (line.fit.verbose > 0) print("saved: " + line.save + "\n");
  }
  return save_history(history, line.history);
}

// What Ctrl-C did, and how to go on with what was saved.
Diagnostic interruption(Diagnostic told, const CommandLine& line, const History& history) {
  if (!told.note.empty() || line.save.empty()) return told;
  const int epoch = history.initial_epoch + history.epochs();
  told.note = "--weights " + line.save + " --initial-epoch " + std::to_string(epoch) +
              " begins this epoch again; --backup FOLDER would go on within it";
  return told;
}

Status run_fit(const Program& program, const CommandLine& line, DataLoader& loader) {
  const kiln_model& model = program.model;
  const WeightFiles& files = program.files;
  KILN_ASSIGN(Session session, open_session(model, line));
  const DriverExitGuard guard(session.device());
  KILN_TRY(check_fit(line, session, files));
  KILN_TRY(prepare_training(session, program, line));
  KILN_ASSIGN(const ModelData data, load_data(loader, line, model));
  KILN_ASSIGN(const Examples validation, load_validation(loader, line, model));
  // Not only when the training is over.
  if (const kiln_function* test = session.find_function("test_step"); test && !data.test.y.empty())
    KILN_TRY(check_whole_batches(model, *test, data.test.rows(), "test set"));
  FitOptions options = line.fit;
  options.files = files;
  if (program.before) {
    const double kept = validation.empty() ? line.fit.validation_split : 0;
    const int64_t rows = rows_before_split(data.train.rows(), kept);
    KILN_TRY(program.before(session, data.train.slice_rows(0, rows)));
  }
  // The checkpoint goes only when the results are safe.
  std::shared_ptr<BackupAndRestore> backup;
  if (line.backup) {
    BackupAndRestoreOptions kept = *line.backup;
    kept.delete_checkpoint = false;
    backup = std::make_shared<BackupAndRestore>(kept);
    options.callbacks.push_back(backup);
  }
  KILN_ASSIGN(const History history, train(session, data.train, validation, options));
  KILN_TRY(save_results(line, session, history, files));
  if (history.interruption) return interruption(*history.interruption, line, history);
  if (backup && line.backup->delete_checkpoint) KILN_TRY(backup->discard());
  if (data.test.y.empty() || session.find_function("test_step") == nullptr) return ok();
  if (line.fit.verbose > 0) print("test set, " + std::to_string(data.test.rows()) + " examples:\n");
  KILN_TRY(evaluate(session, data.test, evaluate_options(line)));
  return ok();
}

// A session with trained weights.
Expected<Session> trained_session(const Program& program, const CommandLine& line) {
  KILN_ASSIGN(Session session, open_session(program.model, line));
  const DriverExitGuard guard(session.device());
  if (session.find_function("init") != nullptr) KILN_TRY(session.initialize(0));
  KILN_ASSIGN(const std::optional<LoadedState> loaded, load_trained(session, program, line));
  if (!loaded && !session.weights().empty()) {
    return Diagnostic{"", "without --weights the model is untrained",
                      "give the file that fit --save wrote"};
  }
  return session;
}

Expected<bool> uses_test_set(const ModelData& data, const CommandLine& line) {
  if (line.part == Part::kTest && data.test.empty()) {
    return Diagnostic{line.data, "has no test set", "leave out --part test"};
  }
  return !data.test.empty() && line.part != Part::kTrain;
}

Status run_evaluate(const Program& program, const CommandLine& line, DataLoader& loader) {
  const kiln_model& model = program.model;
  KILN_ASSIGN(Session session, trained_session(program, line));
  const DriverExitGuard guard(session.device());
  KILN_TRY(session.function("test_step"));
  KILN_ASSIGN(const ModelData data, load_data(loader, line, model));
  KILN_ASSIGN(const bool test, uses_test_set(data, line));
  const Examples& examples = test ? data.test : data.train;
  if (line.fit.verbose > 0) {
    print(std::string(test ? "test set, " : "") + std::to_string(examples.rows()) + " examples:\n");
  }
  KILN_ASSIGN(const Metrics metrics, evaluate(session, examples, evaluate_options(line)));
  // The bar ends with the metrics; without it they are still the answer.
  if (line.fit.verbose == 0) print(format_metrics(metrics).substr(3) + "\n");
  for (const Metric& metric : metrics) {
    if (!metric.numbers.empty()) print(metric.name + ": " + array_text(metric.numbers) + "\n");
  }
  return ok();
}

// Several outputs go into an archive.
Status check_output(const kiln_model& model, const std::string& path) {
  if (path.empty()) return ok();
  if (!path.ends_with(".npy") && !path.ends_with(".npz"))
    return Diagnostic{path, "is no name of a file of arrays", "it must end in .npy or .npz"};
  KILN_TRY(check_writable(path));
  if (path.ends_with(".npz") || model.output_count == 1) return ok();
  return Diagnostic{
      path, "cannot hold the " + std::to_string(model.output_count) + " outputs of the model",
      "write them to a file that ends in .npz"};
}

Status save_predictions(const kiln_model& model, const std::vector<Array>& predictions,
                        const std::string& path) {
  if (path.empty()) return ok();
  if (!path.ends_with(".npz")) return save_npy(path, predictions[0]);
  std::vector<NamedArray> named;
  for (size_t i = 0; i < predictions.size(); ++i)
    named.push_back({model.outputs[i].name, predictions[i]});
  return save_npz(path, named);
}

Status run_predict(const Program& program, const CommandLine& line, DataLoader& loader) {
  const kiln_model& model = program.model;
  KILN_ASSIGN(Session session, trained_session(program, line));
  const DriverExitGuard guard(session.device());
  KILN_TRY(session.function("predict_step"));
  KILN_TRY(check_output(model, line.output));
  KILN_ASSIGN(const ModelData data, load_data(loader, line, model));
  KILN_ASSIGN(const bool test, uses_test_set(data, line));
  KILN_ASSIGN(const std::vector<Array> predictions,
              predict(session, test ? data.test.x : data.train.x));
  KILN_TRY(save_predictions(model, predictions, line.output));
  std::string sizes;
  for (size_t i = 0; i < predictions.size(); ++i) {
    const kiln_output& output = model.outputs[i];
    if (predictions.size() > 1) print(std::string(output.name) + ":\n");
    print(describe_predictions(output, predictions[i],
                               line.all ? predictions[i].rows() : kPrintedRows));
    sizes += ", " + predictions[i].name();
  }
  if (!line.output.empty()) print("saved: " + line.output + sizes + "\n");
  return ok();
}

}  // namespace

Status run_command(const Program& program, const CommandLine& line) {
  const kiln_model& model = program.model;
  DataLoader own(line, model, program.images, program.checkpoint);
  DataLoader& loader = program.loader != nullptr ? *program.loader : own;
  switch (line.command) {
    case Command::kFit:
      return run_fit(program, line, loader);
    case Command::kEvaluate:
      return run_evaluate(program, line, loader);
    case Command::kPredict:
      return run_predict(program, line, loader);
    case Command::kInfo:
      print(describe_model(model, program.checkpoint));
      return ok();
    case Command::kHelp:
      print(line.help);
      return ok();
    case Command::kVersion:
      print(std::string(model.name) + ", compiled by kiln for " + target_names(model) +
            ", runtime interface " + std::to_string(model.abi_version) + "\n");
      return ok();
  }
  return ok();
}

int run_main(const Program& program, int argc, char** argv) {
  auto line = parse_command_line(argc, argv, program.model.name);
  const Status status = line ? run_command(program, *line) : Status(line.error());
  if (status) return 0;
  std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
  return interrupted() ? interrupt_status() : 2;
}

}  // namespace kiln::runtime
