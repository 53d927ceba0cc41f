#include "runtime/training/callbacks/callback_options.h"

#include <algorithm>

#include "runtime/base/option_text.h"
#include "runtime/training/callbacks/csv_logger.h"
#include "runtime/training/callbacks/early_stopping.h"
#include "runtime/training/callbacks/learning_rate_scheduler.h"
#include "runtime/training/callbacks/model_checkpoint.h"
#include "runtime/training/callbacks/reduce_lr_on_plateau.h"
#include "runtime/training/callbacks/schedule.h"
#include "runtime/training/callbacks/tensor_board.h"
#include "runtime/training/callbacks/terminate_on_nan.h"

namespace kiln::runtime {
namespace {

using Made = Expected<CallbackHandle>;

Made make_scheduler(const std::string& where, const std::string& text) {
  KILN_ASSIGN(Schedule schedule, read_schedule(where, text));
  return CallbackHandle(LearningRateScheduler(std::move(schedule)));
}

std::vector<OptionField> fields_of(ReduceLROnPlateauOptions& o) {
  return {option("monitor", o.monitor, "the metric that is watched"),
          option("factor", o.factor, "what the learning rate is multiplied by"),
          option("patience", o.patience, "epochs without improvement before it falls"),
          option("verbose", o.verbose, "1: say so"),
          option("mode", o.mode, "which way the metric gets better"),
          option("min_delta", o.min_delta, "a smaller change is no improvement"),
          option("cooldown", o.cooldown, "epochs after a reduction that do not count"),
          option("min_lr", o.min_lr, "the lowest learning rate")};
}

Made make_reduce_lr(const std::string& where, const std::string& text) {
  ReduceLROnPlateauOptions o;
  KILN_TRY(read_options(where, text, fields_of(o)));
  return CallbackHandle(ReduceLROnPlateau(o));
}

std::vector<OptionField> fields_of(EarlyStoppingOptions& o) {
  return {option("monitor", o.monitor, "the metric that is watched"),
          option("min_delta", o.min_delta, "a smaller change is no improvement"),
          option("patience", o.patience, "epochs without improvement before training stops"),
          option("verbose", o.verbose, "1: say so"),
          option("mode", o.mode, "which way the metric gets better"),
          option("baseline", o.baseline, "what the metric must also beat; null: nothing"),
          option("restore_best_weights", o.restore_best_weights, "go back to the best epoch's"),
          option("start_from_epoch", o.start_from_epoch, "epochs before it do not count")};
}

Made make_early_stopping(const std::string& where, const std::string& text) {
  EarlyStoppingOptions o;
  KILN_TRY(read_options(where, text, fields_of(o)));
  return CallbackHandle(EarlyStopping(o));
}

std::vector<OptionField> fields_of(ModelCheckpointOptions& o) {
  return {option("monitor", o.monitor, "the metric that decides, with save_best_only"),
          option("verbose", o.verbose, "1: say so"),
          option("save_best_only", o.save_best_only, "only where the metric is the best so far"),
          option("save_weights_only", o.save_weights_only, "without the optimizer"),
          option("mode", o.mode, "which way the metric gets better"),
          option_frequency("save_freq", o.save_freq, "every so many batches, or each epoch"),
          option("initial_value_threshold", o.initial_value_threshold,
                 "what the first best must beat; null: nothing")};
}

Made make_checkpoint(const std::string& where, const std::string& text) {
  ModelCheckpointOptions o;
  KILN_TRY(read_options(where, text, fields_of(o), &o.filepath, "a file name"));
  return CallbackHandle(ModelCheckpoint(o));
}

std::vector<OptionField> fields_of(CSVLoggerOptions& o) {
  return {option("separator", o.separator, "one character between the columns"),
          option("append", o.append, "go on in the file that is there")};
}

Made make_csv_logger(const std::string& where, const std::string& text) {
  CSVLoggerOptions o;
  KILN_TRY(read_options(where, text, fields_of(o), &o.filename, "a file name"));
  return CallbackHandle(CSVLogger(o));
}

std::vector<OptionField> fields_of(TensorBoardOptions& o) {
  return {option_frequency("update_freq", o.update_freq, "also every so many batches, or not"),
          option("write_steps_per_second", o.write_steps_per_second, "write the speed, too")};
}

Made make_tensor_board(const std::string& where, const std::string& text) {
  TensorBoardOptions o;
  KILN_TRY(read_options(where, text, fields_of(o), &o.log_dir, "a directory"));
  return CallbackHandle(TensorBoard(o));
}

Made make_terminate_on_nan(const std::string&, const std::string&) {
  return CallbackHandle(TerminateOnNaN());
}

std::vector<OptionField> fields_of(BackupAndRestoreOptions& o) {
  return {option_frequency("save_freq", o.save_freq, "also every so many batches, or each epoch"),
          option("delete_checkpoint", o.delete_checkpoint, "when the training has ended")};
}

/// A callback's fields with its defaults, for the reference: they read nothing. `first` is the
/// option that comes first, without a name.
template <typename Options>
std::vector<OptionField> described(std::optional<OptionField> first = {}) {
  Options options;
  std::vector<OptionField> fields = fields_of(options);
  if (first) fields.insert(fields.begin(), *std::move(first));
  for (OptionField& field : fields) field.read = nullptr;
  return fields;
}

OptionField first_option(std::string name, std::string meaning) {
  return {std::move(name), nullptr, "text", "", std::move(meaning)};
}

constexpr CallbackOption kOptions[] = {
    {"learning-rate-schedule", "NAME,...",
     "learning rate by epoch: exponential, step, inverse_time, polynomial, cosine, "
     "cosine_restarts, piecewise",
     make_scheduler},
    {"reduce-lr", "OPTIONS", "lower the learning rate on a plateau: factor=0.5,patience=3,...",
     make_reduce_lr},
    {"early-stopping", "OPTIONS",
     "stop without improvement: monitor=val_loss,patience=3,restore_best_weights,...",
     make_early_stopping},
    {"checkpoint", "FILE,...", "save the model each epoch: m{epoch:02d}.npz,save_best_only,...",
     make_checkpoint},
    {"csv-log", "FILE,...", "write a line an epoch, at once: log.csv,append,separator=;",
     make_csv_logger},
    {"tensorboard", "DIR,...", "write scalars for TensorBoard: logs,update_freq=100",
     make_tensor_board},
    {"terminate-on-nan", nullptr, "stop when the loss is NaN or infinite", make_terminate_on_nan},
};

}  // namespace

std::span<const CallbackOption> callback_options() { return kOptions; }

Expected<BackupAndRestoreOptions> read_backup(const std::string& where, const std::string& text) {
  BackupAndRestoreOptions o;
  KILN_TRY(read_options(where, text, fields_of(o), &o.backup_dir, "a directory"));
  return o;
}

std::vector<CallbackReference> callback_reference() {
  return {
      {"LearningRateScheduler",
       "learning-rate-schedule",
       "the learning rate by epoch",
       {first_option("schedule",
                     "exponential, step, inverse_time, polynomial, cosine, "
                     "cosine_restarts or piecewise, with options of its own")}},
      {"ReduceLROnPlateau", "reduce-lr", "lowers the learning rate on a plateau",
       described<ReduceLROnPlateauOptions>()},
      {"EarlyStopping", "early-stopping", "stops training without improvement",
       described<EarlyStoppingOptions>()},
      {"ModelCheckpoint", "checkpoint", "saves the model while it trains",
       described<ModelCheckpointOptions>(first_option("filepath", "where to: m{epoch:02d}.npz"))},
      {"CSVLogger", "csv-log", "writes a line an epoch",
       described<CSVLoggerOptions>(first_option("filename", "where to"))},
      {"TensorBoard", "tensorboard", "writes scalars for TensorBoard",
       described<TensorBoardOptions>(first_option("log_dir", "where to"))},
      {"TerminateOnNaN", "terminate-on-nan", "stops when the loss is NaN or infinite", {}},
      {"BackupAndRestore", "backup", "keeps a checkpoint from which a run goes on",
       described<BackupAndRestoreOptions>(first_option("backup_dir", "where to"))}};
}

Status CallbackArguments::add(size_t index, const std::string& text) {
  KILN_ASSIGN(CallbackHandle callback,
              kOptions[index].make(std::string("--") + kOptions[index].name, text));
  callbacks_.emplace_back(index, std::move(callback));
  return ok();
}

Status CallbackArguments::set_backup(const std::string& text) {
  KILN_ASSIGN(backup_, read_backup("--backup", text));
  return ok();
}

std::vector<CallbackHandle> CallbackArguments::list() const {
  auto ordered = callbacks_;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<CallbackHandle> list;
  for (auto& [index, callback] : ordered) list.push_back(callback);
  return list;
}

}  // namespace kiln::runtime
