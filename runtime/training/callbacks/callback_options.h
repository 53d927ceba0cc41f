// Callbacks by options of a command line, in the executable and in `kiln fit` alike.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/expected.h"
#include "runtime/base/option_text.h"
#include "runtime/training/callbacks/backup_and_restore.h"
#include "runtime/training/training.h"

namespace kiln::runtime {

/// An option that adds a callback: --NAME TEXT, or --NAME alone where `value` is null.
struct CallbackOption {
  const char* name;   ///< "early-stopping"
  const char* value;  ///< what help calls its value, "OPTIONS"
  const char* description;
  /// Makes the callback from the value. `where` opens the errors, which come before any training.
  Expected<CallbackHandle> (*make)(const std::string& where, const std::string& text);
};

/// All but --backup. A command line's callbacks run in this order, whatever its own: those that log
/// see what those that change the learning rate report.
std::span<const CallbackOption> callback_options();

/// What --backup DIR[,save_freq=N][,delete_checkpoint=false] says.
Expected<BackupAndRestoreOptions> read_backup(const std::string& where, const std::string& text);

/// What the reference says of a callback.
struct CallbackReference {
  std::string class_name;  ///< Keras's
  std::string option;      ///< of the command line
  std::string meaning;
  std::vector<OptionField> fields;  ///< without what reads them
};

/// All callbacks, in the order of callback_options() with --backup at the end.
std::vector<CallbackReference> callback_reference();

/// The callbacks of a command line while it is read.
class CallbackArguments {
 public:
  /// Adds the callback of callback_options()[index] with its value.
  Status add(size_t index, const std::string& text);
  /// Sets --backup.
  Status set_backup(const std::string& text);

  /// In the order of callback_options(), of one option in the command line's.
  std::vector<CallbackHandle> list() const;
  const std::optional<BackupAndRestoreOptions>& backup() const { return backup_; }

 private:
  std::vector<std::pair<size_t, CallbackHandle>> callbacks_;
  std::optional<BackupAndRestoreOptions> backup_;
};

}  // namespace kiln::runtime
