#include "runtime/training/training.h"

#include <algorithm>

namespace kiln::runtime {
namespace {

Expected<const kiln_variable*> learning_rate_variable(const Session& session) {
  const kiln_variable* variable = session.find_variable("optimizer/learning_rate");
  if (variable != nullptr && variable->tensor.element_type == KILN_F32) return variable;
  return Diagnostic{session.model().name, "the optimizer has no learning rate that can be set",
                    "it follows a schedule of its own, or the model was compiled without one"};
}

void visit_history(History& history, StateArchive& state) {
  state.field("initial_epoch", history.initial_epoch);
  state.field("names", history.names);
  state.field("train_seconds", history.train_seconds);
  history.values.resize(history.names.size());
  history.epochs_of.resize(history.names.size());
  for (size_t i = 0; i < history.names.size(); ++i) {
    state.field(history.names[i], history.values[i]);
    state.field(history.names[i] + ".epochs", history.epochs_of[i]);
  }
}

void visit_metrics(Metrics& metrics, StateArchive& state) {
  std::vector<std::string> names;
  std::vector<double> values;
  for (const Metric& metric : metrics) {
    names.push_back(metric.name);
    values.push_back(metric.value);
  }
  state.field("names", names);
  state.field("values", values);
  metrics.clear();
  for (size_t i = 0; i < std::min(names.size(), values.size()); ++i) {
    metrics.push_back({names[i], values[i]});
  }
}

}  // namespace

Expected<double> Training::learning_rate() const {
  KILN_ASSIGN(const kiln_variable* const variable, learning_rate_variable(session));
  KILN_ASSIGN(const float rate, number_of<float>(session, *variable));
  return static_cast<double>(rate);
}

Status Training::set_learning_rate(double value) {
  KILN_ASSIGN(const kiln_variable* const variable, learning_rate_variable(session));
  const auto rate = static_cast<float>(value);
  return session.set_value(*variable, &rate);
}

void Training::visit_state(StateArchive& state) {
  state.field("epoch", next.epoch);
  state.field("step", next.step);
  state.field("stop", stop);
  state.enter("logs");
  visit_metrics(logs, state);
  state.leave();
  state.enter("history");
  visit_history(history, state);
  state.leave();
  for (size_t i = 0; i < callbacks.size(); ++i) {
    state.enter(std::to_string(i) + "." + callbacks[i]->name());
    callbacks[i]->visit_state(state);
    state.leave();
  }
}

void set_metric(Metrics& logs, const std::string& name, double value) {
  for (Metric& metric : logs) {
    if (metric.name == name) {
      metric.value = value;
      return;
    }
  }
  logs.push_back({name, value});
}

const double* find_metric(const Metrics& logs, const std::string& name) {
  for (const Metric& metric : logs) {
    if (metric.name == name) return &metric.value;
  }
  return nullptr;
}

}  // namespace kiln::runtime
