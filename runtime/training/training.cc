#include "runtime/training/training.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace kiln::runtime {
namespace {

Expected<const kiln_variable*> learning_rate_variable(const Session& session) {
  const kiln_variable* variable = session.find_variable("optimizer/learning_rate");
  if (variable != nullptr && variable->tensor.element_type == KILN_F32) return variable;
  return Diagnostic{session.model().name, "the optimizer has no learning rate that can be set",
                    "it follows a schedule of its own, or the model was compiled without one"};
}

// A metric of three numbers is called "f1_score[3]" in a state, and has three values an epoch.
std::string title_of(const std::string& name, size_t width) {
  return width == 0 ? name : name + "[" + std::to_string(width) + "]";
}

// The width, which is taken off the title.
size_t take_width(std::string& title) {
  const size_t bracket = title.ends_with(']') ? title.rfind('[') : std::string::npos;
  if (bracket == std::string::npos) return 0;
  const size_t width = std::strtoul(title.c_str() + bracket + 1, nullptr, 10);
  title.resize(bracket);
  return width;
}

// One metric's course: its values, or the numbers of all epochs one after the other.
void visit_course(const std::string& name, size_t width, std::vector<double>& values,
                  std::vector<std::vector<double>>& numbers, StateArchive& state) {
  if (width == 0) {
    state.field(name, values);
    numbers.resize(values.size());
    return;
  }
  std::vector<double> flat;
  for (const auto& of_epoch : numbers) flat.insert(flat.end(), of_epoch.begin(), of_epoch.end());
  state.field(name, flat);
  values.clear();
  numbers.clear();
  for (size_t at = 0; at + width <= flat.size(); at += width) {
    const auto begin = flat.begin() + static_cast<std::ptrdiff_t>(at);
    numbers.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(width));
    values.push_back(mean_of(numbers.back()));
  }
}

void visit_history(History& history, StateArchive& state) {
  state.field("initial_epoch", history.initial_epoch);
  std::vector<std::string> titles;
  for (size_t i = 0; i < history.names.size(); ++i) {
    const auto& numbers = history.numbers[i];
    titles.push_back(title_of(history.names[i], numbers.empty() ? 0 : numbers[0].size()));
  }
  state.field("names", titles);
  state.field("train_seconds", history.train_seconds);
  history.values.resize(titles.size());
  history.numbers.resize(titles.size());
  history.epochs_of.resize(titles.size());
  history.names = titles;
  for (size_t i = 0; i < titles.size(); ++i) {
    const size_t width = take_width(history.names[i]);
    visit_course(history.names[i], width, history.values[i], history.numbers[i], state);
    state.field(history.names[i] + ".epochs", history.epochs_of[i]);
  }
}

void visit_metrics(Metrics& metrics, StateArchive& state) {
  std::vector<std::string> titles;
  std::vector<double> values;
  for (const Metric& metric : metrics) {
    titles.push_back(title_of(metric.name, metric.numbers.size()));
    if (metric.numbers.empty()) values.push_back(metric.value);
    values.insert(values.end(), metric.numbers.begin(), metric.numbers.end());
  }
  state.field("names", titles);
  state.field("values", values);
  metrics.clear();
  size_t at = 0;
  for (std::string& title : titles) {
    const size_t width = take_width(title);
    if (at + std::max<size_t>(width, 1) > values.size()) return;
    Metric metric{title, values[at]};
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(at);
    metric.numbers.assign(begin, begin + static_cast<std::ptrdiff_t>(width));
    if (width > 0) metric.value = mean_of(metric.numbers);
    at += std::max<size_t>(width, 1);
    metrics.push_back(std::move(metric));
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

Status check_one_number(const Training& training, const std::string& metric, const char* what) {
  const std::string plain = metric.starts_with("val_") ? metric.substr(4) : metric;
  const auto& arrays = training.array_metrics;
  if (std::ranges::find(arrays, plain) == arrays.end()) return ok();
  return Diagnostic{what, "takes one number, the metric \"" + metric + "\" has several",
                    "give it an average, or one threshold"};
}

const double* find_metric(const Metrics& logs, const std::string& name) {
  for (const Metric& metric : logs) {
    if (metric.name == name) return &metric.value;
  }
  return nullptr;
}

}  // namespace kiln::runtime
