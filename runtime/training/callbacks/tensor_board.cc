#include "runtime/training/callbacks/tensor_board.h"

#include <ctime>
#include <utility>

namespace kiln::runtime {
namespace {

double now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The optimizer's step count; nothing where the model counts none.
Expected<std::optional<int64_t>> iterations(const Session& session) {
  const kiln_variable* variable = session.find_variable("optimizer/iterations");
  if (variable == nullptr || variable->tensor.element_type != KILN_I64)
    return std::optional<int64_t>();
  KILN_ASSIGN(const int64_t count, number_of<int64_t>(session, *variable));
  return std::optional<int64_t>(count);
}

}  // namespace

TensorBoard::TensorBoard(TensorBoardOptions options) : options_(std::move(options)) {}

Status TensorBoard::on_train_begin(Training& training) {
  for (const std::string& metric : training.array_metrics)
    KILN_TRY(check_one_number(training, metric, name()));
  batches_ = 0;
  next_epoch_ = 0;
  validation_.reset();
  KILN_ASSIGN(train_, EventFile::create(options_.log_dir + "/train"));
  return ok();
}

Expected<EventFile*> TensorBoard::validation_file() {
  if (!validation_) {
    KILN_ASSIGN(validation_, EventFile::create(options_.log_dir + "/validation"));
    if (next_epoch_ > 0) validation_->restart_at(next_epoch_);
  }
  return &*validation_;
}

Status TensorBoard::on_epoch_begin(Training& training, int) {
  epoch_start_ = now();
  KILN_ASSIGN(const std::optional<int64_t> step, iterations(training.session));
  epoch_start_batch_ = step.value_or(0);
  return ok();
}

Status TensorBoard::on_batch_end(Training&, int64_t, const Metrics& logs) {
  if (++batches_ % *options_.update_freq != 0) return ok();
  for (const Metric& metric : logs) {
    train_->scalar("batch_" + metric.name, static_cast<float>(metric.value), batches_);
  }
  return ok();
}

Status TensorBoard::on_test_end(Training& training, const Metrics& logs) {
  KILN_ASSIGN(const std::optional<int64_t> step, iterations(training.session));
  if (!step) return ok();
  KILN_ASSIGN(EventFile* const file, validation_file());
  for (const Metric& metric : logs) {
    file->scalar("evaluation_" + metric.name + "_vs_iterations", static_cast<float>(metric.value),
                 *step);
  }
  return ok();
}

Status TensorBoard::on_epoch_end(Training& training, int epoch, Metrics& logs) {
  for (const Metric& metric : logs) {
    const bool validation = metric.name.starts_with("val_");
    EventFile* file = &*train_;
    if (validation) {
      KILN_ASSIGN(file, validation_file());
    }
    file->scalar("epoch_" + metric.name.substr(validation ? 4 : 0),
                 static_cast<float>(metric.value), epoch);
  }
  const auto rate = training.learning_rate();
  if (rate && find_metric(logs, "learning_rate") == nullptr) {
    train_->scalar("epoch_learning_rate", static_cast<float>(*rate), epoch);
  }
  KILN_ASSIGN(const std::optional<int64_t> step, iterations(training.session));
  if (options_.write_steps_per_second && step) {
    const double per_second =
        static_cast<double>(*step - epoch_start_batch_) / (now() - epoch_start_);
    train_->scalar("epoch_steps_per_second", static_cast<float>(per_second), epoch);
  }
  next_epoch_ = epoch + 1;
  return flush();
}

Status TensorBoard::on_train_end(Training&) { return flush(); }

Status TensorBoard::on_interrupt(Training&) { return flush(); }

Status TensorBoard::flush() {
  KILN_TRY(train_->flush());
  return validation_ ? validation_->flush() : ok();
}

void TensorBoard::visit_state(StateArchive& state) {
  state.field("batches", batches_);
  state.field("next_epoch", next_epoch_);
  if (state.restores() && next_epoch_ > 0) train_->restart_at(next_epoch_);
}

}  // namespace kiln::runtime
