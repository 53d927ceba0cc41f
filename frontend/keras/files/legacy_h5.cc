#include "frontend/keras/files/legacy_h5.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "frontend/keras/files/layout.h"
#include "frontend/keras/files/legacy/modernize.h"
#include "frontend/keras/files/legacy/training.h"
#include "frontend/keras/files/model_json.h"
#include "frontend/keras/json/json.h"
#include "frontend/keras/json/json_text.h"
#include "runtime/base/file.h"
#include "runtime/data/keras/older_h5.h"

namespace kiln::keras {
namespace {

using runtime::Hdf5Contents;
using runtime::NamedArray;
using runtime::OlderOptimizer;

const char* const kLearningRate = "optimizer/learning_rate";

class Reading {
 public:
  Reading(const Hdf5Contents& contents, std::string where)
      : contents_(contents), where_(std::move(where)) {}

  Expected<Model> definition() const {
    const std::string text = attribute("model_config");
    if (text.empty())
      return Diagnostic{where_, "holds no model",
                        "save the whole model, or give its definition, and this file as --weights"};
    KILN_ASSIGN(Json json, parse_json(text, where_ + ": model_config"));
    if (json.is_object()) {
      json["keras_version"] = version();
      // What cannot be read of it stops no one who does not train.
      if (auto compile = training()) json["compile_config"] = std::move(*compile);
    }
    return parse_model(write_json(json), where_);
  }

  /// The optimizer's variables, or why they are not the model's.
  OlderOptimizer optimizer(const Optimizer& own, const SavedObject& object) const {
    const size_t count = runtime::count_older_state(contents_);
    std::vector<SavedVariable> variables = object.variables;
    const bool lacks_rate = count + 1 == variables.size();
    // Iterations, and a rate: Keras made the rest when it first trained.
    constexpr size_t kWithoutSlots = 2;
    if (count == 0 || (count <= kWithoutSlots && variables.size() > count + 1)) return {};
    if (!is_of(own)) return {{}, "is that of another optimizer"};
    if (has_other_order()) return {{}, "is in the order of Keras 2's older optimizers"};
    if (lacks_rate)
      std::erase_if(variables, [](const SavedVariable& v) { return v.name == kLearningRate; });
    OlderOptimizer result;
    if (count != variables.size() ||
        !runtime::read_older_state(contents_, variables, where_, result.variables))
      return {{}, "has other variables than the model's optimizer"};
    if (lacks_rate) add_rate(object, result.variables);
    return result;
  }

 private:
  /// Keras 2's older optimizers kept the slots of one kind together, not those of one weight; its
  /// newer ones say in their config that they are none of these.
  bool has_other_order() const {
    const std::optional<Json> compile = training();
    const Json::json_pointer says("/optimizer_config/config/is_legacy_optimizer");
    return is_old() && !(compile && compile->contains(says) && compile->at(says) == false);
  }

  /// Keras 2 kept the rate in the config alone.
  static void add_rate(const SavedObject& object, std::vector<NamedArray>& state) {
    for (size_t i = 0; i < object.variables.size(); ++i) {
      if (object.variables[i].name != kLearningRate) continue;
      const auto rate = static_cast<float>(object.variables[i].initial);
      state.insert(state.begin() + static_cast<ptrdiff_t>(i),
                   {kLearningRate, runtime::copy_of(KILN_F32, {}, &rate)});
    }
  }

  bool is_old() const { return legacy::is_old({{"keras_version", version()}}); }

  std::string version() const {
    const std::string version = attribute("keras_version");
    return version.empty() ? "1" : version;
  }

  /// The arguments of compile(); nothing where there are none, or no one can read them.
  std::optional<Json> training() const {
    const std::string text = attribute("training_config");
    auto json = parse_json(text, where_);
    if (!json || !json->is_object()) return {};
    return std::move(*json);
  }

  /// Whether the file's optimizer is of the same class.
  bool is_of(const Optimizer& own) const {
    std::optional<Json> compile = training();
    if (!compile) return false;
    legacy::modernize_training(*compile, is_old());
    if (!compile->contains("optimizer")) return false;
    const auto written = read_optimizer((*compile)["optimizer"], where_);
    return written && written->get() && written->get()->class_name() == own.class_name();
  }

  /// Of the whole file.
  std::string attribute(const std::string& name) const {
    const std::vector<std::string> texts = runtime::texts_of(contents_, "", name);
    return texts.empty() ? "" : texts[0];
  }

  const Hdf5Contents& contents_;
  std::string where_;
};

/// A file and what it holds.
struct Hdf5File {
  runtime::FileBytes bytes;
  Hdf5Contents contents;
};

Expected<Hdf5File> open_hdf5(const std::string& path) {
  Hdf5File file;
  KILN_ASSIGN(file.bytes, runtime::map_file(path));
  KILN_ASSIGN(file.contents, runtime::read_hdf5(path, {file.bytes.bytes.get(),
                                                       static_cast<size_t>(file.bytes.size)}));
  return file;
}

}  // namespace

Expected<SavedModel> read_legacy_h5(const std::string& path) {
  SavedModel saved;
  KILN_ASSIGN(saved.model, read_legacy_h5_model(path));
  KILN_ASSIGN(SavedWeights values, read_h5_weights(saved.model, path));
  saved.weights = std::move(values.weights);
  saved.optimizer = std::move(values.optimizer);
  saved.has_optimizer = values.has_optimizer;
  return saved;
}

Expected<Model> read_legacy_h5_model(const std::string& path) {
  KILN_ASSIGN(const Hdf5File file, open_hdf5(path));
  return Reading(file.contents, path).definition();
}

Expected<SavedWeights> read_h5_weights(const Model& model, const std::string& path,
                                       const LoadingRules& rules) {
  KILN_ASSIGN(const SavedLayout layout, saved_layout(model));
  return runtime::read_h5_weights(layout, path, rules, older_state(model, path));
}

runtime::OlderState older_state(const Model& model, const std::string& path) {
  return [&model, path](const Hdf5Contents& contents) -> OlderOptimizer {
    const auto layout = saved_layout(model);
    if (!layout || !layout->optimizer) return {};
    const Optimizer& own = *model.compile_options->optimizer.get();
    return Reading(contents, path).optimizer(own, *layout->optimizer);
  };
}

}  // namespace kiln::keras
