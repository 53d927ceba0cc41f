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

Made make_reduce_lr(const std::string& where, const std::string& text) {
  ReduceLROnPlateauOptions o;
  const OptionField fields[] = {
      option("monitor", o.monitor),   option("factor", o.factor), option("patience", o.patience),
      option("verbose", o.verbose),   option("mode", o.mode),     option("min_delta", o.min_delta),
      option("cooldown", o.cooldown), option("min_lr", o.min_lr),
  };
  KILN_TRY(read_options(where, text, fields));
  return CallbackHandle(ReduceLROnPlateau(o));
}

Made make_early_stopping(const std::string& where, const std::string& text) {
  EarlyStoppingOptions o;
  const OptionField fields[] = {
      option("monitor", o.monitor),
      option("min_delta", o.min_delta),
      option("patience", o.patience),
      option("verbose", o.verbose),
      option("mode", o.mode),
      option("baseline", o.baseline),
      option("restore_best_weights", o.restore_best_weights),
      option("start_from_epoch", o.start_from_epoch),
  };
  KILN_TRY(read_options(where, text, fields));
  return CallbackHandle(EarlyStopping(o));
}

Made make_checkpoint(const std::string& where, const std::string& text) {
  ModelCheckpointOptions o;
  const OptionField fields[] = {
      option("monitor", o.monitor),
      option("verbose", o.verbose),
      option("save_best_only", o.save_best_only),
      option("save_weights_only", o.save_weights_only),
      option("mode", o.mode),
      option_frequency("save_freq", o.save_freq),
      option("initial_value_threshold", o.initial_value_threshold),
  };
  KILN_TRY(read_options(where, text, fields, &o.filepath, "a file name"));
  return CallbackHandle(ModelCheckpoint(o));
}

Made make_csv_logger(const std::string& where, const std::string& text) {
  CSVLoggerOptions o;
  const OptionField fields[] = {option("separator", o.separator), option("append", o.append)};
  KILN_TRY(read_options(where, text, fields, &o.filename, "a file name"));
  return CallbackHandle(CSVLogger(o));
}

Made make_tensor_board(const std::string& where, const std::string& text) {
  TensorBoardOptions o;
  const OptionField fields[] = {
      option_frequency("update_freq", o.update_freq),
      option("write_steps_per_second", o.write_steps_per_second),
  };
  KILN_TRY(read_options(where, text, fields, &o.log_dir, "a directory"));
  return CallbackHandle(TensorBoard(o));
}

Made make_terminate_on_nan(const std::string&, const std::string&) {
  return CallbackHandle(TerminateOnNaN());
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
  const OptionField fields[] = {option_frequency("save_freq", o.save_freq),
                                option("delete_checkpoint", o.delete_checkpoint)};
  KILN_TRY(read_options(where, text, fields, &o.backup_dir, "a directory"));
  return o;
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
