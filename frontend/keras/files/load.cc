#include "frontend/keras/files/load.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/keras/files/archive.h"
#include "frontend/keras/files/container.h"
#include "frontend/keras/files/legacy_h5.h"
#include "frontend/keras/files/weights_h5.h"
#include "runtime/data/npz.h"

namespace kiln::keras {
namespace {

using runtime::NamedArray;
using runtime::Session;

bool ends_with(const std::string& path, std::string_view end) {
  return path.size() >= end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
}

Diagnostic unknown_extension(const std::string& path) {
  return {path, "the name does not say which format the weights have",
          "call it .keras, .weights.h5 or .npz"};
}

/// The session's variables, and the values for them.
struct Assignment {
  const kiln_variable* variable;
  const runtime::Array* array;
};

Expected<std::vector<Assignment>> match(const Session& session,
                                        const std::vector<NamedArray>& arrays,
                                        const std::string& path) {
  std::vector<Assignment> matches;
  for (const NamedArray& named : arrays) {
    const kiln_variable* variable = session.find_variable(named.name);
    const bool fits = variable != nullptr &&
                      runtime::element_type_of(variable->tensor) == named.array.type &&
                      std::ranges::equal(runtime::dims_of(variable->tensor), named.array.dims);
    if (!fits) {
      return Diagnostic{path,
                        fmt::format("the running model has no variable \"{}\" of {}", named.name,
                                    named.array.name()),
                        "it was compiled from another definition"};
    }
    matches.push_back({variable, &named.array});
  }
  return matches;
}

Status assign(Session& session, const std::vector<Assignment>& matches,
              runtime::LoadedState& loaded) {
  for (const Assignment& match : matches) {
    KILN_TRY(session.set_value(*match.variable, match.array->data()));
    loaded.add(*match.variable);
  }
  return ok();
}

bool trains(const Session& session) {
  const auto variables = runtime::variables_of(session.model());
  return std::any_of(variables.begin(), variables.end(),
                     [](const kiln_variable& v) { return v.role == KILN_OPTIMIZER; });
}

Expected<LoadedWeights> assign_saved(Session& session, const SavedWeights& saved,
                                     const std::string& path) {
  KILN_ASSIGN(const std::vector<Assignment> weights, match(session, saved.weights, path));
  const auto wanted = session.weights();
  if (weights.empty() && !wanted.empty())
    return Diagnostic{path, "has no weights that fit the model", ""};
  if (weights.size() + saved.left.size() != wanted.size()) {
    return Diagnostic{path,
                      fmt::format("holds {} arrays of weights, the running model has {}",
                                  weights.size(), wanted.size()),
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
  if (!saved.left.empty())
    loaded.note = fmt::format("has no weights for {}, which stay as they were initialized",
                              fmt::join(saved.left, ", "));
  return loaded;
}

Status add_value(std::vector<NamedArray>& arrays, const Session& session,
                 const kiln_variable& variable) {
  KILN_ASSIGN(runtime::Array value, session.value(variable));
  arrays.push_back({variable.tensor.name, std::move(value)});
  return ok();
}

enum class WeightsFormat { npz, archive, hdf5, unknown };

/// By what the file holds; what holds none of them is what its name says, and an error.
WeightsFormat weights_format(const std::string& path) {
  const Container container = container_of(path);
  if (container == Container::hdf5) return WeightsFormat::hdf5;
  if (container == Container::zip && is_archive(path)) return WeightsFormat::archive;
  if (ends_with(path, ".keras")) return WeightsFormat::archive;
  if (container == Container::zip || ends_with(path, ".npz")) return WeightsFormat::npz;
  const bool is_hdf5 = ends_with(path, ".h5") || ends_with(path, ".hdf5");
  return is_hdf5 ? WeightsFormat::hdf5 : WeightsFormat::unknown;
}

}  // namespace

Expected<LoadedWeights> load_weights(Session& session, const Model& model, const std::string& path,
                                     const LoadingRules& rules) {
  switch (weights_format(path)) {
    case WeightsFormat::npz: {
      if (rules.any()) {
        return Diagnostic{path, "is a file of kiln's, whose weights have the model's names",
                          "--by-name and --skip-mismatch are for Keras's files"};
      }
      KILN_ASSIGN(runtime::LoadedState state, runtime::load_weights(session, path));
      return LoadedWeights{std::move(state)};
    }
    case WeightsFormat::archive: {
      KILN_ASSIGN(const SavedWeights saved, read_archive_weights(model, path, rules));
      return assign_saved(session, saved, path);
    }
    case WeightsFormat::hdf5: {
      KILN_ASSIGN(const SavedWeights saved, read_h5_weights(model, path, rules));
      return assign_saved(session, saved, path);
    }
    case WeightsFormat::unknown:
      break;
  }
  return unknown_extension(path);
}

Status save_weights(const Session& session, const Model& model, const std::string& path) {
  if (ends_with(path, ".npz"))
    return runtime::save_weights(session, path, runtime::SaveState::kWeightsAndOptimizer);
  const bool archive = ends_with(path, ".keras");
  if (!archive && !ends_with(path, ".weights.h5")) return unknown_extension(path);
  std::vector<NamedArray> weights, state;
  for (const kiln_variable* variable : session.weights())
    KILN_TRY(add_value(weights, session, *variable));
  for (const kiln_variable& variable : runtime::variables_of(session.model())) {
    const bool is_state = variable.role == KILN_OPTIMIZER || variable.role == KILN_RANDOM_STATE;
    if (is_state && model.compile_options) KILN_TRY(add_value(state, session, variable));
  }
  return archive ? write_archive(path, model, weights, state)
                 : write_weights_h5(path, model, weights, state);
}

runtime::WeightFiles weight_files(const Model& model, const LoadingRules& rules) {
  runtime::WeightFiles files;
  files.endings = {".keras", ".npz", ".weights.h5"};
  files.load = [&model, rules](Session& session,
                               const std::string& path) -> Expected<runtime::LoadedState> {
    KILN_ASSIGN(LoadedWeights loaded, load_weights(session, model, path, rules));
    if (!loaded.note.empty()) {
      std::fprintf(stderr, "note: %s: %s\n", path.c_str(), loaded.note.c_str());
    }
    return std::move(loaded.state);
  };
  files.save = [&model](const Session& session, const std::string& path, runtime::SaveState what) {
    if (path.ends_with(".npz")) return runtime::save_weights(session, path, what);
    return save_weights(session, model, path);
  };
  return files;
}

}  // namespace kiln::keras
