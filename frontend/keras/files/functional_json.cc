#include "frontend/keras/files/functional_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "frontend/keras/json/config_reader.h"
#include "frontend/keras/model/nested_model.h"
#include "frontend/keras/operations/operation.h"
#include "ir/spelling.h"

namespace kiln::keras {
namespace {

const char* const kDamaged =
    "the file is damaged, or someone changed it: write it with Keras's save() or to_json()";

/// A result by Keras's names: of which application of which layer.
struct Reference {
  std::string layer;
  int64_t node = 0;
  int64_t output = 0;
};

/// One application of a layer, not yet placed among the model's nodes.
struct Application {
  size_t layer;
  size_t index;  ///< among the layer's applications
  std::vector<Reference> inputs;
  std::vector<std::optional<Reference>> masks = {};
};

/// What a layer is called with.
struct Call {
  std::vector<Reference> inputs;
  std::vector<std::optional<Reference>> masks;  ///< as Node::masks
};

/// ["dense", 0, 0]
std::optional<Reference> as_reference(const Json& json) {
  const bool fits = json.is_array() && json.size() == 3 && json[0].is_string() &&
                    json[1].is_number_integer() && json[2].is_number_integer();
  if (!fits) return {};
  return Reference{json[0].get<std::string>(), json[1].get<int64_t>(), json[2].get<int64_t>()};
}

/// All results in a structure of lists and dicts, in Keras's order: dicts by their keys.
void collect_references(const Json& json, std::vector<Reference>& result) {
  if (const auto reference = as_reference(json)) return result.push_back(*reference);
  if (!json.is_structured()) return;
  for (const Json& child : json) collect_references(child, result);
}

bool is_tensor(const Json& json) {
  return json.is_object() && json.value("class_name", Json()) == "__keras_tensor__" &&
         json.contains("config") && json["config"].is_object();
}

/// What a tensor among a call's arguments refers to.
Expected<Reference> read_tensor(const Json& json, const std::string& where) {
  const auto reference = as_reference(json["config"].value("keras_history", Json()));
  if (!reference) return Diagnostic{where, "an input without a \"keras_history\"", kDamaged};
  return *reference;
}

/// The tensors among a call's arguments. Anything else but an absent value is refused.
Status collect_tensors(const Json& json, const std::string& where, std::vector<Reference>& result) {
  if (is_tensor(json)) {
    KILN_ASSIGN(Reference reference, read_tensor(json, where));
    result.push_back(std::move(reference));
    return ok();
  }
  if (json.is_null()) return ok();
  const bool is_plain_dict = json.is_object() && !json.contains("class_name");
  if (!json.is_array() && !is_plain_dict) {
    return Diagnostic{where,
                      fmt::format("is called with {}, which is not supported", excerpt(json)),
                      "kiln takes the results of layers here"};
  }
  for (const Json& child : json) KILN_TRY(collect_tensors(child, where, result));
  return ok();
}

/// The call's options that are not inputs: only what Keras does anyway.
Status check_option(const std::string& name, const Json& value, const std::string& where) {
  if (value.is_null() || value == false) return ok();
  if (value.is_array() &&
      std::all_of(value.begin(), value.end(), [](const Json& each) { return each.is_null(); }))
    return ok();
  return Diagnostic{
      where, fmt::format("the call's argument \"{}\": {} is not supported", name, excerpt(value)),
      "leave it out of the call, and save the model again"};
}

/// The call's argument `mask`: a tensor, a list with one or null for each input, or null. Gives
/// nothing where there is none.
Expected<std::vector<std::optional<Reference>>> read_masks(const Json& json, size_t inputs,
                                                           const std::string& where) {
  std::vector<std::optional<Reference>> masks;
  if (json.is_null()) return masks;
  const Json list = is_tensor(json) ? Json::array({json}) : json;
  const bool fits = list.is_array() && list.size() <= inputs &&
                    std::all_of(list.begin(), list.end(),
                                [](const Json& each) { return each.is_null() || is_tensor(each); });
  if (!fits) {
    return Diagnostic{
        where, fmt::format("the call's argument \"mask\": {} is not supported", excerpt(json)),
        "kiln takes a mask for each input"};
  }
  bool some = false;
  masks.resize(inputs);
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].is_null()) continue;
    KILN_ASSIGN(masks[i], read_tensor(list[i], where));
    some = true;
  }
  if (!some) masks.clear();
  return masks;
}

/// An operation's arguments: tensors stand anywhere among numbers, texts and slices. Each becomes
/// a place for it.
Status take_tensors(Json& json, const std::string& where, std::vector<Reference>& result) {
  if (is_tensor(json)) {
    KILN_ASSIGN(Reference reference, read_tensor(json, where));
    json = tensor_place(result.size());
    result.push_back(std::move(reference));
    return ok();
  }
  if (!json.is_structured()) return ok();
  for (Json& child : json) KILN_TRY(take_tensors(child, where, result));
  return ok();
}

/// The node of an operation.
Expected<Call> read_operation_call(const Json& node, Operation& operation,
                                   const std::string& where) {
  Call call;
  Json args = node["args"], kwargs = node["kwargs"];
  KILN_TRY(take_tensors(args, where, call.inputs));
  KILN_TRY(take_tensors(kwargs, where, call.inputs));
  if (operation.set_call(std::move(args), std::move(kwargs))) return call;
  return Diagnostic{where, "is called several times with different arguments",
                    "make an operation for each call"};
}

/// Layers of images, whose call() has training=True by default: Keras 3 writes that with every call,
/// and calls them with the model's own mode all the same.
bool writes_training(std::string_view class_name) {
  return class_name.starts_with("Random") || class_name == "Resizing" ||
         class_name == "CenterCrop" || class_name == "AutoContrast" || class_name == "Solarization";
}

/// A node: {"args": [...], "kwargs": {...}}.
Expected<Call> read_call(const Json& node, Layer& layer, const std::string& where) {
  Call call;
  if (!node.contains("args") || !node["args"].is_array() || !node.contains("kwargs") ||
      !node["kwargs"].is_object())
    return Diagnostic{where, fmt::format("a node must have args and kwargs, not {}", excerpt(node)),
                      kDamaged};
  if (auto* operation = dynamic_cast<Operation*>(&layer))
    return read_operation_call(node, *operation, where);
  std::vector<std::string> by_name;
  for (const auto& [name, value] : node["kwargs"].items()) {
    if (is_tensor(value)) by_name.push_back(name);
  }
  const Json options_before = layer.call_options();
  for (const auto& [name, value] : options_before.items()) layer.set_call_option(name, false);
  layer.call_has(node["args"].size(), by_name);
  KILN_TRY(collect_tensors(node["args"], where, call.inputs));
  const std::vector<std::string_view> names = layer.argument_names();
  for (size_t i = node["args"].size(); i < names.size(); ++i) {
    const auto found = node["kwargs"].find(std::string(names[i]));
    if (found != node["kwargs"].end()) KILN_TRY(collect_tensors(*found, where, call.inputs));
  }
  for (const auto& [name, value] : node["kwargs"].items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (name == "training" && value == true && writes_training(layer.class_name())) continue;
    if (name == "mask") {
      KILN_ASSIGN(call.masks, read_masks(value, call.inputs.size(), where));
    } else if (!layer.set_call_option(name, value)) {
      KILN_TRY(check_option(name, value, where));
    }
  }
  return call;
}

/// What a layer keeps of its call's arguments, which all its calls must have in common.
struct CallForm {
  Json options;
  std::vector<std::string_view> arguments;
  bool operator==(const CallForm&) const = default;
};
CallForm form_of(const Layer& layer) { return {layer.call_options(), layer.argument_names()}; }

class GraphReader {
 public:
  GraphReader(Model& model, const std::string& source) : model_(model), source_(source) {}

  Status read_layers(const Json& list) {
    if (!list.is_array()) return Diagnostic{source_, "\"layers\" must be a list", kDamaged};
    for (const Json& json : list) {
      KILN_ASSIGN(LayerPointer layer, read_layer_object(json, model_.layers.size(), source_));
      by_name_.emplace(layer->name, model_.layers.size());
      model_.layers.push_back(std::move(layer));
      KILN_TRY(read_nodes(json.value("inbound_nodes", Json::array())));
    }
    return ok();
  }

  /// Puts the applications into an order in which each follows what it reads.
  Status order() {
    while (!waiting_.empty()) {
      const size_t before = waiting_.size();
      std::vector<Application> still;
      for (Application& application : waiting_) {
        KILN_ASSIGN(const bool placed, place(application));
        if (!placed) still.push_back(std::move(application));
      }
      waiting_ = std::move(still);
      if (waiting_.size() < before) continue;
      return Diagnostic{where(waiting_[0].layer),
                        "waits for a result that no layer gives before it",
                        "the model's graph has a circle, or a node is missing"};
    }
    return ok();
  }

  /// The model's inputs or outputs.
  Status read_ports(const Json& json, const char* key, std::vector<NodeOutput>& ports,
                    std::vector<std::string>& keys) {
    std::vector<Reference> references;
    collect_references(json, references);
    if (references.empty())
      return Diagnostic{source_, fmt::format("\"{}\" names no layers", key), kDamaged};
    for (Reference& reference : references) {
      KILN_TRY(check_layer(reference, source_ + ": " + key));
      // Keras counts a functional model's own graph as its first application, but only here.
      if (is_functional(reference.layer) && reference.node > 0) --reference.node;
      KILN_ASSIGN(const auto node, find(reference, source_ + ": " + key));
      if (!node) return Diagnostic{source_, fmt::format("\"{}\": no such result", key), kDamaged};
      ports.push_back(*node);
    }
    if (!json.is_object()) return ok();
    for (const auto& [name, value] : json.items()) keys.push_back(name);
    if (keys.size() == ports.size()) return ok();
    return Diagnostic{source_, fmt::format("\"{}\": a dict of lists is not supported", key),
                      "give the model a list, or a dict of single tensors, and save it again"};
  }

 private:
  std::string where(size_t layer) const {
    return fmt::format("{}: layer \"{}\"", source_, model_.layers[layer]->name);
  }

  bool is_functional(const std::string& layer) const {
    const LayerPointer& found = model_.layers[by_name_.at(layer)];
    return dynamic_cast<const NestedModel*>(found.get()) != nullptr &&
           found->class_name() != "Sequential";
  }

  Status read_nodes(const Json& nodes) {
    const size_t layer = model_.layers.size() - 1;
    if (!nodes.is_array())
      return Diagnostic{where(layer), "\"inbound_nodes\" must be a list", kDamaged};
    if (model_.layers[layer]->class_name() == "InputLayer") {
      waiting_.push_back({layer, 0, {}});
      return ok();
    }
    for (const Json& node : nodes) {
      if (!node.is_object())
        return Diagnostic{where(layer), fmt::format("{} is no node", excerpt(node)), kDamaged};
      Layer& called = *model_.layers[layer];
      const CallForm before = form_of(called);
      KILN_ASSIGN(Call call, read_call(node, called, where(layer)));
      if (call.inputs.empty()) {
        return Diagnostic{where(layer), "is called without inputs",
                          "kiln takes layers of the model's inputs: a constant belongs into the "
                          "layer, or into the model as an input"};
      }
      if (applications_[layer] > 0 && form_of(called) != before) {
        return Diagnostic{where(layer), "is called several times with different arguments",
                          "make a layer for each call"};
      }
      waiting_.push_back(
          {layer, applications_[layer]++, std::move(call.inputs), std::move(call.masks)});
    }
    return ok();
  }

  Status check_layer(const Reference& reference, const std::string& where) const {
    if (by_name_.contains(reference.layer)) return ok();
    std::vector<std::string_view> names;
    for (const auto& [name, index] : by_name_) names.push_back(name);
    return Diagnostic{where, fmt::format("there is no layer \"{}\"", reference.layer),
                      ir::did_you_mean(reference.layer, names)};
  }

  /// The node of a result; nothing where it has not been placed yet.
  Expected<std::optional<NodeOutput>> find(const Reference& reference,
                                           const std::string& where) const {
    KILN_TRY(check_layer(reference, where));
    const auto node = placed_.find({by_name_.at(reference.layer), reference.node});
    if (node == placed_.end()) return std::optional<NodeOutput>();
    if (reference.output < 0 || reference.output > kMostOutputs)
      return Diagnostic{where, fmt::format("\"{}\" has no such output", reference.layer), kDamaged};
    return std::optional<NodeOutput>({node->second, static_cast<size_t>(reference.output)});
  }

  Expected<bool> place(const Application& application) {
    Node node{application.layer, {}};
    for (const Reference& reference : application.inputs) {
      KILN_ASSIGN(const auto input, find(reference, where(application.layer)));
      if (!input) return false;
      node.inputs.push_back(*input);
    }
    for (const std::optional<Reference>& reference : application.masks) {
      node.masks.emplace_back();
      if (!reference) continue;
      KILN_ASSIGN(node.masks.back(), find(*reference, where(application.layer)));
      if (!node.masks.back()) return false;
    }
    const auto index = static_cast<int64_t>(application.index);
    placed_[{application.layer, index}] = model_.nodes.size();
    model_.nodes.push_back(std::move(node));
    return true;
  }

  static constexpr int64_t kMostOutputs = 1000;

  Model& model_;
  const std::string& source_;
  std::map<std::string, size_t> by_name_;
  std::map<size_t, size_t> applications_;  ///< by layer, read so far
  std::vector<Application> waiting_;
  std::map<std::pair<size_t, int64_t>, size_t> placed_;  ///< by layer and application: the node
};

}  // namespace

Expected<Model> read_functional(const Json& config, const std::string& source) {
  ConfigReader reader(config, source);
  Model model;
  model.class_name = "Functional";
  model.name = reader.string("name", "functional");
  const bool trainable = reader.boolean("trainable", true);
  reader.ignore("dtype");
  const Json& layers = reader.value("layers");
  const Json& inputs = reader.value("input_layers");
  const Json& outputs = reader.value("output_layers");
  KILN_TRY(reader.finish());
  GraphReader graph(model, source);
  KILN_TRY(graph.read_layers(layers));
  KILN_TRY(graph.order());
  KILN_TRY(graph.read_ports(inputs, "input_layers", model.inputs, model.input_keys));
  KILN_TRY(graph.read_ports(outputs, "output_layers", model.outputs, model.output_keys));
  if (!trainable) model.set_trainable(false);
  return model;
}

}  // namespace kiln::keras
