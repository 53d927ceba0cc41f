#include "runtime/training/callbacks/model_checkpoint.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/spelling.h"
#include "runtime/training/callbacks/path_format.h"

namespace kiln::runtime {
namespace {

std::string five_decimals(double value) {
  if (std::isnan(value)) return "nan";  // printf would show its sign
  char text[64];
  std::snprintf(text, sizeof(text), "%.5f", value);
  return text;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

ModelCheckpoint::ModelCheckpoint(ModelCheckpointOptions options)
    : options_(std::move(options)), monitor_(options_.monitor, options_.mode, 0) {}

Status ModelCheckpoint::on_train_begin(Training& training) {
  best_ = options_.initial_value_threshold;
  batches_since_save_ = 0;
  KILN_TRY(check_filepath(training));
  return options_.save_best_only ? monitor_.begin(training, name()) : ok();
}

Status ModelCheckpoint::check_filepath(const Training& training) const {
  const std::string& path = options_.filepath;
  if (options_.save_weights_only && path.ends_with(".keras")) {
    return Diagnostic{path, "holds a whole model, not weights alone",
                      "leave out save_weights_only, or save to .weights.h5 or .npz"};
  }
  if (!options_.save_weights_only && path.ends_with(".weights.h5")) {
    return Diagnostic{path, "holds weights alone, not a whole model",
                      "add save_weights_only, or save to .keras or .npz"};
  }
  KILN_TRY(training.files.check_path(path));
  KILN_ASSIGN(const std::vector<std::string> names, names_in(path));
  std::vector<std::string_view> known(training.metric_names.begin(), training.metric_names.end());
  known.insert(known.end(), {"epoch", "learning_rate"});
  if (options_.save_freq) known.push_back("batch");
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return Diagnostic{path, "there is no metric for {" + name + "}", did_you_mean(name, known)};
  }
  return create_directories(folder_of(path.substr(0, path.find('{'))));
}

Status ModelCheckpoint::on_batch_end(Training& training, int64_t batch, const Metrics& logs) {
  if (++batches_since_save_ < *options_.save_freq) return ok();
  batches_since_save_ = 0;
  return save(training, training.next.epoch, batch, logs);
}

Status ModelCheckpoint::on_epoch_end(Training& training, int epoch, Metrics& logs) {
  return options_.save_freq ? ok() : save(training, epoch, std::nullopt, logs);
}

Status ModelCheckpoint::save(Training& training, int epoch, std::optional<int64_t> batch,
                             const Metrics& logs) {
  Metrics values = logs;
  set_metric(values, "epoch", epoch + 1);
  if (batch) set_metric(values, "batch", static_cast<double>(*batch + 1));
  KILN_ASSIGN(const std::string path, format_path(options_.filepath, values));
  if (!should_save(training, epoch, logs, path)) return ok();
  KILN_TRY(create_directories(folder_of(path)));
  const bool weights_only = options_.save_weights_only && path.ends_with(".npz");
  KILN_TRY(
      training.files.save(training.session, path,
                          weights_only ? SaveState::kWeights : SaveState::kWeightsAndOptimizer));
  if (options_.verbose > 0) {
    std::fprintf(training.log, "\nEpoch %d: finished saving model to %s\n", epoch + 1,
                 path.c_str());
  }
  return ok();
}

bool ModelCheckpoint::should_save(Training& training, int epoch, const Metrics& logs,
                                  const std::string& path) {
  const auto say = [&](const std::string& what) {
    if (options_.verbose > 0) {
      std::fprintf(training.log, "\nEpoch %d: %s\n", epoch + 1, what.c_str());
    }
  };
  if (!options_.save_best_only) {
    say("saving model to " + path);
    return true;
  }
  const std::optional<double> current = monitor_.value(logs);
  // An epoch without validation is saved, as by Keras: nothing says that it is worse.
  if (!current) return true;
  const std::string before = best_ ? five_decimals(*best_) : "None";
  if (!monitor_.improves(*current, best_)) {
    say(monitor_.metric() + " did not improve from " + before);
    return false;
  }
  say(monitor_.metric() + " improved from " + before + " to " + five_decimals(*current) +
      ", saving model to " + path);
  best_ = *current;
  return true;
}

void ModelCheckpoint::visit_state(StateArchive& state) {
  state.field("best", best_);
  state.field("batches_since_save", batches_since_save_);
}

}  // namespace kiln::runtime
