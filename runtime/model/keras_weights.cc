#include "runtime/model/keras_weights.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/joined.h"

namespace kiln::runtime {
namespace {

/// Takes the text before the next `end`, which may be missing, out of `text`.
std::string_view take_until(std::string_view& text, char end) {
  const size_t size = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return taken;
}

SavedVariable saved_variable(const kiln_variable& variable) {
  const std::span<const int64_t> dims = dims_of(variable.tensor);
  return {variable.tensor.name, element_type_of(variable.tensor), {dims.begin(), dims.end()}};
}

/// The variables that the numbers of a line name.
std::vector<SavedVariable> variables_named(std::string_view numbers, const kiln_model& model) {
  std::vector<SavedVariable> variables;
  while (!numbers.empty()) {
    const std::string_view number = take_until(numbers, ' ');
    size_t index = 0;
    std::from_chars(number.data(), number.data() + number.size(), index);
    variables.push_back(saved_variable(model.variables[index]));
  }
  return variables;
}

/// Calls use(name, variables) for each line.
template <typename Use>
void for_each_line(const char* text, const kiln_model& model, const Use& use) {
  for (std::string_view lines = text; !lines.empty();) {
    std::string_view line = take_until(lines, '\n');
    const std::string name(take_until(line, '\t'));
    use(name, variables_named(line, model));
  }
}

/// The session's variables, and the values for them.
struct Assignment {
  const kiln_variable* variable;
  const Array* array;
};

Expected<std::vector<Assignment>> match(const Session& session,
                                        const std::vector<NamedArray>& arrays,
                                        const std::string& path) {
  std::vector<Assignment> matches;
  for (const NamedArray& named : arrays) {
    const kiln_variable* variable = session.find_variable(named.name);
    const bool fits = variable != nullptr &&
                      element_type_of(variable->tensor) == named.array.type &&
                      std::ranges::equal(dims_of(variable->tensor), named.array.dims);
    if (!fits) {
      return Diagnostic{
          path, "the running model has no variable \"" + named.name + "\" of " + named.array.name(),
          "it was compiled from another definition"};
    }
    matches.push_back({variable, &named.array});
  }
  return matches;
}

Status assign(Session& session, const std::vector<Assignment>& matches, LoadedState& loaded) {
  for (const Assignment& match : matches) {
    KILN_TRY(session.set_value(*match.variable, match.array->data()));
    loaded.add(*match.variable);
  }
  return ok();
}

bool trains(const Session& session) {
  const auto variables = variables_of(session.model());
  return std::any_of(variables.begin(), variables.end(),
                     [](const kiln_variable& v) { return v.role == KILN_OPTIMIZER; });
}

}  // namespace

SavedLayout read_file_layout(const kiln_model& model, const kiln_file_layout& files) {
  SavedLayout layout;
  for (const kiln_variable& variable : variables_of(model)) {
    if (is_weight(variable)) layout.weights.push_back(saved_variable(variable));
  }
  for_each_line(files.objects, model, [&](const std::string& group, auto variables) {
    SavedObject object{group, "", std::move(variables)};
    if (group == "optimizer")
      layout.optimizer = std::move(object);
    else if (group == layout.random_states.group)
      layout.random_states = std::move(object);
    else
      layout.objects.push_back(std::move(object));
  });
  for_each_line(files.layers, model, [&](const std::string& name, auto variables) {
    layout.layers.push_back({name, std::move(variables)});
  });
  for (std::string_view names = files.optimizers ? files.optimizers : ""; !names.empty();)
    layout.optimizer_classes.emplace_back(take_until(names, '\n'));
  return layout;
}

Expected<LoadedWeights> assign_saved(Session& session, const SavedWeights& saved,
                                     const std::string& path) {
  KILN_ASSIGN(const std::vector<Assignment> weights, match(session, saved.weights, path));
  const auto wanted = session.weights();
  if (weights.empty() && !wanted.empty())
    return Diagnostic{path, "has no weights that fit the model", ""};
  if (weights.size() + saved.left.size() != wanted.size()) {
    return Diagnostic{path,
                      "holds " + std::to_string(weights.size()) +
                          " arrays of weights, the running model has " +
                          std::to_string(wanted.size()),
                      "it was compiled from another definition"};
  }
  LoadedWeights loaded;
  if (trains(session)) {
    KILN_ASSIGN(const std::vector<Assignment> state, match(session, saved.optimizer, path));
    KILN_ASSIGN(const std::vector<Assignment> random, match(session, saved.random_states, path));
    KILN_TRY(assign(session, state, loaded.state));
    KILN_TRY(assign(session, random, loaded.state));
    loaded.note = saved.note;
  }
  KILN_TRY(assign(session, weights, loaded.state));
  if (!saved.left.empty()) {
    loaded.note =
        "has no weights for " + joined(saved.left) + ", which stay as they were initialized";
  }
  return loaded;
}

Expected<LoadedWeights> load_saved_weights(Session& session, const SavedLayout& layout,
                                           const std::string& path, const LoadingRules& rules,
                                           const OlderState& state) {
  switch (saved_kind(path)) {
    case SavedKind::kHdf5: {
      KILN_ASSIGN(const SavedWeights saved, read_h5_weights(layout, path, rules, state));
      return assign_saved(session, saved, path);
    }
    case SavedKind::kArchive: {
      KILN_ASSIGN(const SavedWeights saved, read_archive_weights(layout, path, rules));
      return assign_saved(session, saved, path);
    }
    case SavedKind::kNpz: {
      if (rules.any()) {
        return Diagnostic{path, "is a file of kiln's, whose weights have the model's names",
                          "--by-name and --skip-mismatch are for Keras's files"};
      }
      KILN_ASSIGN(LoadedState loaded, load_weights(session, path));
      return LoadedWeights{std::move(loaded)};
    }
    case SavedKind::kUnknown:
      break;
  }
  return unknown_kind(path);
}

Diagnostic unknown_kind(const std::string& path) {
  return {path, "the name does not say which format the weights have",
          "call it .keras, .weights.h5 or .npz"};
}

void print_note(const std::string& path, const LoadedWeights& loaded) {
  if (loaded.note.empty()) return;
  std::fprintf(stderr, "note: %s: %s\n", path.c_str(), loaded.note.c_str());
}

WeightFiles weight_files(const kiln_model& model, const kiln_file_layout& files) {
  WeightFiles result;
  result.load = [&](Session& session, const std::string& path) -> Expected<LoadedState> {
    const SavedLayout layout = read_file_layout(model, files);
    KILN_ASSIGN(LoadedWeights loaded, load_saved_weights(session, layout, path));
    print_note(path, loaded);
    return std::move(loaded.state);
  };
  return result;
}

}  // namespace kiln::runtime
