#include "frontend/open_model.h"

#include <utility>

#include "frontend/keras/losses/losses.h"
#include "frontend/keras/lower/objective.h"
#include "frontend/keras/model/summary.h"
#include "runtime/data/input_arrays.h"

namespace kiln {

static_assert(keras::kNone == runtime::kOpen);

/// The table, and what it points to.
struct OpenModel::Parts {
  std::string name, summary;
  std::vector<std::string> input_names, output_names, losses, text_rules;
  keras::InputShapes rows;
  std::vector<ir::Shape> dims;  ///< of the inputs, with the batch
  std::vector<kiln_input> inputs;
  std::vector<kiln_output> outputs;
  std::vector<kiln_tensor> tensors;
  kiln_function step = {};
  kiln_model table = {};
};

namespace {

constexpr int64_t kAnyBatch = 1;

void add_inputs(const keras::Model& model, const keras::Graph& graph, std::vector<ir::Shape>& dims,
                std::vector<kiln_input>& inputs, std::vector<kiln_tensor>& tensors,
                const std::vector<std::string>& names, const std::vector<std::string>& text_rules) {
  for (const keras::NodeOutput& input : model.inputs) {
    dims.push_back(graph.type(input).shape);
    dims.back()[0] = kAnyBatch;
  }
  for (size_t i = 0; i < names.size(); ++i) {
    const ir::Type& type = graph.type(model.inputs[i]);
    inputs.push_back(
        {names[i].c_str(), keras::index_limit(model, model.inputs[i].node), text_rules[i].c_str()});
    tensors.push_back({names[i].c_str(), static_cast<int32_t>(type.element),
                       static_cast<int32_t>(dims[i].size()), dims[i].data()});
  }
}

}  // namespace

Expected<OpenModel> OpenModel::create(const keras::Model& model) {
  auto parts = std::make_shared<Parts>();
  KILN_ASSIGN(parts->rows, keras::declared_shapes(model));
  KILN_ASSIGN(const keras::Graph graph, keras::build_graph(model));
  KILN_ASSIGN(parts->summary, keras::summarize(model));
  parts->name = model.name;
  parts->input_names = model.input_names();
  parts->output_names = model.output_names();
  KILN_ASSIGN(parts->text_rules, keras::text_rules_of_inputs(model));
  add_inputs(model, graph, parts->dims, parts->inputs, parts->tensors, parts->input_names,
             parts->text_rules);
  keras::Objective objective;
  if (model.compile_options && !model.unreadable.loss) {
    // What is wrong with the losses is said where they are needed.
    if (auto losses = keras::resolve_losses(model, graph)) objective = std::move(*losses);
  }
  parts->losses.resize(parts->output_names.size());
  for (size_t i = 0; i < parts->output_names.size(); ++i) {
    int64_t classes = 0;
    if (!objective.empty() && objective[i].loss) {
      parts->losses[i] = objective[i].function->name;
      classes = keras::label_classes(*objective[i].loss, objective[i].type);
    }
    parts->outputs.push_back({parts->output_names[i].c_str(), parts->losses[i].c_str(), classes});
  }
  parts->step.name = "predict_step";
  parts->step.batch = kAnyBatch;
  parts->step.input_count = static_cast<int32_t>(parts->tensors.size());
  parts->step.inputs = parts->tensors.data();
  kiln_model& table = parts->table;
  table.abi_version = KILN_ABI_VERSION;
  table.name = parts->name.c_str();
  table.summary = parts->summary.c_str();
  table.input_count = static_cast<int32_t>(parts->inputs.size());
  table.inputs = parts->inputs.data();
  table.output_count = static_cast<int32_t>(parts->outputs.size());
  table.outputs = parts->outputs.data();
  table.function_count = 1;
  table.functions = &parts->step;
  return OpenModel(std::move(parts));
}

const kiln_model& OpenModel::table() const { return parts_->table; }

Expected<keras::InputShapes> OpenModel::closed_by(const std::vector<runtime::NamedArray>& arrays,
                                                  const std::string& part) const {
  return runtime::shapes_of_inputs(arrays, parts_->table, parts_->rows, part);
}

}  // namespace kiln
