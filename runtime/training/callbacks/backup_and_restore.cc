#include "runtime/training/callbacks/backup_and_restore.h"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/joined.h"
#include "runtime/data/npz.h"

namespace kiln::runtime {
namespace {

constexpr const char* kVariables = "variables/";
constexpr const char* kRemove =
    "remove the file to train from the beginning, or give this run another directory";

Diagnostic of_another_run(const std::string& path, const std::string& message) {
  return {path, "is the checkpoint of another run: " + message, kRemove};
}

// Finds the array of each variable of the model, which must be all there are.
Expected<std::vector<const Array*>> match_variables(const Training& training,
                                                    const std::vector<NamedArray>& arrays,
                                                    const std::string& path) {
  std::vector<const Array*> found;
  for (const kiln_variable& variable : variables_of(training.session.model())) {
    const std::string name = variable.tensor.name;
    const Array* array = find_array(arrays, kVariables + name);
    const std::string wanted = tensor_name(variable.tensor);
    if (array == nullptr) return of_another_run(path, "it has no variable \"" + name + "\"");
    if (array->name() != wanted) {
      return of_another_run(
          path, "its variable \"" + name + "\" is " + array->name() + ", the model's is " + wanted);
    }
    found.push_back(array);
  }
  const auto stored = std::count_if(arrays.begin(), arrays.end(), [](const NamedArray& array) {
    return array.name.starts_with(kVariables);
  });
  if (static_cast<size_t>(stored) == found.size()) return found;
  return of_another_run(path, "it has " + std::to_string(stored) + " variables, the model has " +
                                  std::to_string(found.size()));
}

// What the run is, for comparison: saved, or checked against this one.
Status visit_identity(const Training& training, StateArchive& state, const std::string& path) {
  std::vector<std::string> callbacks, names;
  std::vector<int64_t> values;
  for (const auto& callback : training.callbacks) callbacks.push_back(callback->name());
  for (const RunSetting& setting : training.settings) {
    names.push_back(setting.name);
    values.push_back(setting.value);
  }
  const std::vector<std::string> own = callbacks;
  state.field("callbacks", callbacks);
  state.field("setting_names", names);
  state.field("setting_values", values);
  KILN_TRY(state.status());
  if (callbacks != own) {
    return of_another_run(path,
                          "its callbacks are " + joined(callbacks) + ", those here " + joined(own));
  }
  for (size_t i = 0; i < training.settings.size(); ++i) {
    const RunSetting& setting = training.settings[i];
    if (i < names.size() && i < values.size() && names[i] == setting.name) {
      if (values[i] == setting.value) continue;
      return of_another_run(path, "its " + setting.name + " is " + std::to_string(values[i]) +
                                      ", here it is " + std::to_string(setting.value));
    }
    return of_another_run(path, "it does not tell its " + setting.name);
  }
  return ok();
}

}  // namespace

BackupAndRestore::BackupAndRestore(BackupAndRestoreOptions options)
    : options_(std::move(options)) {}

Status BackupAndRestore::on_train_begin(Training& training) {
  batches_since_save_ = 0;
  if (options_.backup_dir.empty()) return Diagnostic{name(), "backup_dir is empty", ""};
  KILN_TRY(create_directories(options_.backup_dir));
  // What runs that were killed while they saved have left.
  KILN_TRY(AtomicFile::remove_abandoned(path()));
  KILN_TRY(AtomicFile::create(path()));  // the directory can be written; the file goes again
  return is_file(path()) ? restore(training) : ok();
}

Status BackupAndRestore::on_batch_end(Training& training, int64_t, const Metrics&) {
  if (++batches_since_save_ < *options_.save_freq) return ok();
  batches_since_save_ = 0;
  return save(training);
}

Status BackupAndRestore::on_epoch_end(Training& training, int, Metrics&) { return save(training); }

Status BackupAndRestore::on_train_end(Training&) {
  return options_.delete_checkpoint ? discard() : ok();
}

void BackupAndRestore::visit_state(StateArchive& state) {
  state.field("batches_since_save", batches_since_save_);
}

Status BackupAndRestore::discard() {
  KILN_TRY(remove_file(path()));
  rmdir(options_.backup_dir.c_str());  // fails, as it should, where other files are in it
  return ok();
}

Status BackupAndRestore::save(Training& training) {
  StateArchive state;
  KILN_TRY(visit_identity(training, state, path()));
  training.visit_state(state);
  std::vector<NamedArray> arrays = state.arrays();
  for (const kiln_variable& variable : variables_of(training.session.model())) {
    KILN_ASSIGN(Array value, training.session.value(variable));
    arrays.push_back({std::string(kVariables) + variable.tensor.name, std::move(value)});
  }
  return save_npz(path(), arrays);
}

Status BackupAndRestore::restore(Training& training) {
  auto arrays = load_npz(path());
  if (!arrays) {
    return Diagnostic{arrays.error().where, "cannot go on from it: " + arrays.error().message,
                      kRemove};
  }
  KILN_ASSIGN(const std::vector<const Array*> variables,
              match_variables(training, *arrays, path()));
  StateArchive state(*arrays, path());
  KILN_TRY(visit_identity(training, state, path()));
  training.visit_state(state);
  KILN_TRY(state.status());
  for (size_t i = 0; i < variables.size(); ++i) {
    KILN_TRY(
        training.session.set_value(training.session.model().variables[i], variables[i]->data()));
  }
  if (training.verbose == 0) return ok();
  std::fprintf(training.log, "going on in epoch %d, after step %lld, from %s\n",
               training.next.epoch + 1, static_cast<long long>(training.next.step), path().c_str());
  return ok();
}

}  // namespace kiln::runtime
