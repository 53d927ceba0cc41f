#include "frontend/keras/lower/objective.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ir/spelling.h"

namespace kiln::keras {
namespace {

using Names = std::vector<std::string>;

/// The form that compile()'s argument `what` has, for every output.
template <typename T>
Expected<std::vector<std::optional<T>>> values_for(const PerOutput<T>& form, const Names& outputs,
                                                   const std::string& what) {
  std::vector<std::optional<T>> values(outputs.size());
  if (const T* one = form.one()) values.assign(outputs.size(), *one);
  if (const auto* list = form.list()) {
    if (list->size() != outputs.size()) {
      return Diagnostic{"",
                        fmt::format("{} has {} entries, the model has {} outputs", what,
                                    list->size(), outputs.size()),
                        fmt::format("the outputs are {}", fmt::join(outputs, ", "))};
    }
    values = *list;
  }
  if (!form.named()) return values;
  for (const auto& [name, value] : *form.named()) {
    const auto found = std::find(outputs.begin(), outputs.end(), name);
    if (found == outputs.end()) {
      const std::vector<std::string_view> known(outputs.begin(), outputs.end());
      return Diagnostic{"", fmt::format("{}: the model has no output \"{}\"", what, name),
                        ir::did_you_mean(name, known)};
    }
    values[static_cast<size_t>(found - outputs.begin())] = value;
  }
  return values;
}

/// Every output has an entry in a dict.
template <typename T>
Status check_complete(const PerOutput<T>& form, const Names& outputs, const std::string& what) {
  if (!form.named()) return ok();
  for (const std::string& output : outputs) {
    const bool is_there = std::any_of(form.named()->begin(), form.named()->end(),
                                      [&](const auto& entry) { return entry.first == output; });
    if (is_there) continue;
    return Diagnostic{"", fmt::format("{} has nothing for the output \"{}\"", what, output),
                      "Keras wants an entry for every output"};
  }
  return ok();
}

/// Metrics for every output; a plain list has one for each of several outputs.
Expected<std::vector<std::vector<Metric>>> metrics_for(const OutputMetrics& form,
                                                       const Names& outputs,
                                                       const std::string& what) {
  std::vector<std::vector<Metric>> result(outputs.size());
  if (const std::vector<Metric>* flat = form.one(); flat && outputs.size() > 1) {
    if (!flat->empty() && flat->size() != outputs.size()) {
      return Diagnostic{"",
                        fmt::format("{} has {} entries, the model has {} outputs", what,
                                    flat->size(), outputs.size()),
                        "list the metrics of each output, or name the outputs in a dict"};
    }
    for (size_t i = 0; i < flat->size(); ++i) result[i] = {(*flat)[i]};
    return result;
  }
  KILN_ASSIGN(const auto values, values_for<std::vector<Metric>>(form, outputs, what));
  for (size_t i = 0; i < outputs.size(); ++i) result[i] = values[i].value_or(std::vector<Metric>{});
  return result;
}

/// Names of logs as Keras makes them: a repetition gets a number, and that of a weighted metric
/// after an unweighted one the word.
class LogNames {
 public:
  explicit LogNames(bool several_outputs) : several_outputs_(several_outputs) {}

  void take(const std::string& name) { used_[name] = 1; }

  std::string next(const std::string& output, const Metric& metric, bool weighted) {
    const std::string prefix = several_outputs_ ? output + "_" : "";
    std::string name = prefix + name_of(metric);
    if (weighted && used_.contains(name)) name = prefix + "weighted_" + name_of(metric);
    const int repetition = used_[name]++;
    return repetition == 0 ? name : fmt::format("{}_{}", name, repetition);
  }

 private:
  bool several_outputs_;
  std::map<std::string, int> used_;
};

/// An error of one output's loss or metric; a model with one output needs no name for it.
Status in_output(const Status& status, const OutputObjective& output, size_t outputs) {
  if (status || outputs == 1) return status;
  const Diagnostic& error = status.error();
  const std::string where = fmt::format("output \"{}\"", output.name);
  return Diagnostic{error.where.empty() ? where : where + ": " + error.where, error.message,
                    error.note};
}

Status add_losses(const CompileOptions& options, const Names& names, Objective& objective) {
  KILN_TRY(check_complete(options.loss, names, "loss"));
  KILN_TRY(check_complete(options.loss_weights, names, "loss_weights"));
  KILN_ASSIGN(const auto losses, values_for(options.loss, names, "loss"));
  KILN_ASSIGN(const auto weights, values_for(options.loss_weights, names, "loss_weights"));
  const auto count = std::count_if(losses.begin(), losses.end(),
                                   [](const auto& loss) { return loss.has_value(); });
  if (count == 0) return Diagnostic{"", "no output has a loss", "give compile() a loss"};
  for (size_t i = 0; i < names.size(); ++i) {
    if (!losses[i]) continue;
    OutputObjective& output = objective[i];
    KILN_TRY(in_output(check(*losses[i], output.type), output, names.size()));
    output.loss = losses[i];
    output.function = find_loss(losses[i]->identifier);
    output.loss_weight = weights[i].value_or(1.0);
    if (count > 1) output.loss_log_name = output.name + "_loss";
  }
  return ok();
}

Status add_metrics(const OutputMetrics& form, bool weighted, const Names& names,
                   LogNames& log_names, Objective& objective) {
  KILN_ASSIGN(const auto metrics,
              metrics_for(form, names, weighted ? "weighted_metrics" : "metrics"));
  for (size_t i = 0; i < names.size(); ++i) {
    OutputObjective& output = objective[i];
    for (const Metric& metric : metrics[i]) {
      if (!output.loss) {
        return in_output(Diagnostic{fmt::format("metric \"{}\"", name_of(metric)),
                                    "the output has no loss, and so takes no labels", ""},
                         output, names.size());
      }
      if (output.function->whole_sequences) {
        return in_output(Diagnostic{fmt::format("metric \"{}\"", name_of(metric)),
                                    fmt::format("cannot be taken with the loss {}, whose labels "
                                                "are not one for each time step",
                                                output.function->class_name),
                                    "leave the metric out"},
                         output, names.size());
      }
      KILN_TRY(in_output(check(metric, output.labels(), output.type), output, names.size()));
      output.metrics.push_back({metric, log_names.next(output.name, metric, weighted), weighted});
    }
  }
  return ok();
}

Status add_all_metrics(const CompileOptions& options, const Names& names, Objective& objective) {
  LogNames log_names(names.size() > 1);
  for (const char* taken : {"loss", "batch_loss"}) log_names.take(taken);
  for (const OutputObjective& output : objective) log_names.take(output.loss_log_name);
  KILN_TRY(add_metrics(options.metrics, false, names, log_names, objective));
  return add_metrics(options.weighted_metrics, true, names, log_names, objective);
}

}  // namespace

Expected<Objective> resolve_losses(const Model& model, const Graph& graph) {
  Objective objective;
  const Names names = model.output_names();
  for (size_t i = 0; i < names.size(); ++i) {
    OutputObjective output;
    output.name = names[i];
    output.type = graph.type(model.outputs[i]);
    objective.push_back(std::move(output));
  }
  if (auto added = add_losses(*model.compile_options, names, objective); !added)
    return in_model(model, added.error());
  return objective;
}

Expected<Objective> resolve_objective(const Model& model, const Graph& graph) {
  KILN_ASSIGN(Objective objective, resolve_losses(model, graph));
  if (auto added = add_all_metrics(*model.compile_options, model.output_names(), objective); !added)
    return in_model(model, added.error());
  return objective;
}

}  // namespace kiln::keras
