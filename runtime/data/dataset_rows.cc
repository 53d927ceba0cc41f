// adapt() of dataset.h: what is read, as the model wants it.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/data/digits.h"
#include "runtime/data/input_arrays.h"
#include "runtime/data/row_conversion.h"
#include "runtime/data/value_checks.h"

namespace kiln::runtime {
namespace {

// What a model's function takes for one example.
struct Wanted {
  kiln_element_type type;
  std::span<const int64_t> row_dims;
  std::string_view name;  // of the function's input
};

Wanted wanted_of(const kiln_tensor& tensor) {
  // The first dimension is the batch.
  return {static_cast<kiln_element_type>(tensor.element_type),
          {tensor.dims + 1, static_cast<size_t>(std::max(tensor.rank - 1, 0))},
          tensor.name};
}

// The rows of all of the model's inputs among the arrays; empty where one is not there.
std::vector<Array> input_arrays(const std::vector<NamedArray>& arrays, const kiln_model& model) {
  std::vector<Array> x;
  for (int i = 0; i < model.input_count; ++i) {
    const auto names = names_for("x", model.inputs[i].name, i, model.input_count);
    const NamedArray* found = find_any(arrays, names);
    if (found == nullptr) return {};
    x.push_back(found->array);
  }
  return x;
}

// The function whose inputs say what x, and where there is one y, must be: for these arrays' rows,
// where the model has one for them.
const kiln_function* consumer(const kiln_model& model, const std::vector<NamedArray>& arrays) {
  const std::vector<Array> x = input_arrays(arrays, model);
  const kiln_function* first = nullptr;
  for (const char* name : {"train_step", "test_step", "predict_step"}) {
    const kiln_function* step = find_step(model, name, x);
    if (step == nullptr || step->input_count == 0) continue;
    if (!x.empty() && takes_rows(*step, x)) return step;
    if (first == nullptr) first = step;
  }
  return first;
}

// Notes, a line each, and each line once: what is done to x is as a rule done to the test set's x,
// too.
class Notes {
 public:
  void add(const std::string& line) {
    if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) lines_.push_back(line);
  }

  void append_to(std::string* text) const {
    if (text == nullptr) return;
    for (const std::string& line : lines_) *text += line + "\n";
  }

 private:
  std::vector<std::string> lines_;
};

int64_t product(std::span<const int64_t> dims) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  return count;
}

// The products of the first 1, 2, ... dimensions, without those that a 1 repeats.
std::vector<int64_t> partial_products(std::span<const int64_t> dims) {
  std::vector<int64_t> products;
  int64_t count = 1;
  for (const int64_t dim : dims) {
    count *= dim;
    if (dim != 1) products.push_back(count);
  }
  return products;
}

// True where one shape is the other with neighbouring dimensions merged, and ones put in or left
// out: 28x28 and 784, 28x28 and 28x28x1, but not 3x32x32 and 32x32x3, whose axes differ in meaning.
bool can_reshape(std::span<const int64_t> from, std::span<const int64_t> to) {
  std::vector<int64_t> coarse = partial_products(from);
  std::vector<int64_t> fine = partial_products(to);
  if (product(from) != product(to)) return false;
  if (coarse.size() > fine.size()) std::swap(coarse, fine);
  return std::includes(fine.begin(), fine.end(), coarse.begin(), coarse.end());
}

// Whether an input's numbers name things, so that a multiple of one is another thing.
bool takes_ids(const Wanted& wanted, const kiln_input& input) {
  return input.index_limit > 0 || !is_floating(wanted.type);
}

// Brings the rows of one array into the model's shape and type.
class Adapter {
 public:
  /// `part` is "test " or empty, `name` that of the array.
  Adapter(const std::string& part, const std::string& name, const kiln_model& model, Notes& notes)
      : where_(part + name), name_(name), model_(model), notes_(notes) {}

  /// Multiplied by `scale`, or by the array's own where there is none; ids are not.
  Expected<Array> adapt_x(const Array& x, const Wanted& wanted, const kiln_input& input,
                          std::optional<double> scale) {
    if (x.texts) return texts_instead(x, "the input \"" + std::string(input.name) + "\"");
    KILN_ASSIGN(Array shaped, with_row_dims(x, wanted));
    shaped.scale = takes_ids(wanted, input) ? 1 : scale.value_or(x.scale);
    KILN_TRY(check_indices(shaped, input, where_));
    // A batch converts what may be larger than memory.
    if (!row_conversion(shaped, wanted.type)) return with_type(shaped, wanted.type);
    note_conversion(shaped, wanted.type);
    return shaped;
  }

  // A weight for each example, or for each value that the loss has for it.
  Expected<Array> adapt_weights(const Array& weights, const Wanted& wanted) {
    if (weights.texts) return texts_instead(weights, "the sample weights");
    KILN_TRY(check_weights(weights, where_));
    const Array numbers = convert(weights, KILN_F32);
    const int64_t own = product(weights.row_dims()), size = product(wanted.row_dims);
    if (own == size) return with_row_dims(numbers, wanted);
    if (own != 1) return wrong_shape(weights, wanted);
    std::vector<int64_t> dims = {weights.rows()};
    dims.insert(dims.end(), wanted.row_dims.begin(), wanted.row_dims.end());
    const Array spread = allocate(KILN_F32, std::move(dims));
    for (int64_t row = 0; row < weights.rows(); ++row)
      std::fill_n(spread.as<float>() + row * size, size, numbers.as<float>()[row]);
    return spread;
  }

  Expected<Array> adapt_y(const Array& labels, const Wanted& wanted, const kiln_output& output) {
    if (labels.texts) return texts_instead(labels, "the labels");
    KILN_ASSIGN(const Array y, filled_up(labels, wanted, output));
    KILN_TRY(check_encoding(y, wanted, output));
    KILN_ASSIGN(const Array shaped, with_row_dims(y, wanted));
    KILN_TRY(check_labels(shaped, output, where_));
    return with_type(shaped, wanted.type);
  }

 private:
  Diagnostic failure(const std::string& message, const std::string& note) const {
    return {where_, message, note};
  }

  Diagnostic texts_instead(const Array& array, const std::string& what) const {
    return failure("holds texts (" + array.name() + "), but " + what + " are numbers",
                   "turn the texts into numbers first");
  }

  // "the model 'mnist_mlp' takes 784xf32", or "takes 6x2xf32 or 9x2xf32" of one for both.
  std::string model_takes(const Wanted& wanted) const {
    std::vector<std::string> shapes = {tensor_name(wanted.type, wanted.row_dims)};
    for (int f = 0; f < model_.function_count; ++f) {
      const kiln_function& function = model_.functions[f];
      for (int i = 0; i < function.input_count; ++i) {
        if (function.inputs[i].name != wanted.name) continue;
        const Wanted other = wanted_of(function.inputs[i]);
        std::string shape = tensor_name(other.type, other.row_dims);
        if (std::ranges::find(shapes, shape) == shapes.end()) shapes.push_back(std::move(shape));
      }
    }
    std::string text = std::string("the model '") + model_.name + "' takes " + shapes[0];
    for (size_t i = 1; i < shapes.size(); ++i) text += " or " + shapes[i];
    return text;
  }

  Expected<Array> with_row_dims(const Array& array, const Wanted& wanted) {
    const std::span<const int64_t> own = array.row_dims();
    if (std::equal(own.begin(), own.end(), wanted.row_dims.begin(), wanted.row_dims.end())) {
      return array;
    }
    if (!can_reshape(own, wanted.row_dims)) return wrong_shape(array, wanted);
    std::vector<int64_t> dims = {array.rows()};
    dims.insert(dims.end(), wanted.row_dims.begin(), wanted.row_dims.end());
    notes_.add(name_ + ": rows of " + shape_name(own) + " taken as " + shape_name(wanted.row_dims));
    return array.reshape(std::move(dims));
  }

  Diagnostic wrong_shape(const Array& array, const Wanted& wanted) const {
    const bool same_count = product(array.row_dims()) == product(wanted.row_dims);
    return failure(
        "each row is " + tensor_name(array.type, array.row_dims()) + ", but " + model_takes(wanted),
        same_count ? "the axes are in another order: transpose the data"
                   : "give data of that shape, or change the model's input shape");
  }

  Expected<Array> with_type(const Array& array, kiln_element_type type) {
    if (array.type == type && array.scale == 1) return array;
    if (!is_floating(type)) KILN_TRY(check_whole(array, type, where_));
    note_conversion(array, type);
    return convert(array, type);
  }

  void note_conversion(const Array& from, kiln_element_type to) {
    const std::string as = from.type == to ? "" : std::string(" as ") + element_name(to);
    if (from.scale == 1) {
      notes_.add(name_ + ": " + element_name(from.type) + " taken" + as);
    } else if (from.type == KILN_U8 && from.scale == kPixelScale) {
      notes_.add(name_ + ": bytes scaled from 0..255 to 0..1" + as);
    } else {
      char scale[32];
      std::snprintf(scale, sizeof scale, "%.6g", from.scale);
      notes_.add(name_ + ": " + element_name(from.type) + " times " + scale + as);
    }
  }

  // The labels of CTC, fewer than there are time steps, with the blank's zeros behind them.
  Expected<Array> filled_up(const Array& y, const Wanted& wanted, const kiln_output& output) {
    if (std::string_view(output.loss) != "ctc" || y.rank() != 2) return y;
    const int64_t own = y.dims[1], size = wanted.row_dims[0];
    if (own == size) return y;
    if (own > size) {
      return failure("each row has " + std::to_string(own) + " labels, but the model's output \"" +
                         output.name + "\" has " + std::to_string(size) + " time steps",
                     "CTC needs a time step for each label: cut off columns of zeros");
    }
    KILN_ASSIGN(Array filled, try_allocate(name_, y.type, {y.rows(), size}));
    const int64_t bytes = filled.row_bytes();
    std::fill_n(filled.data(), filled.bytes(), std::byte{0});
    for (int64_t row = 0; row < y.rows(); ++row)
      std::copy_n(y.row(row), y.row_bytes(), filled.data() + row * bytes);
    notes_.add(name_ + ": " + std::to_string(own) + " labels a row filled up with zeros to " +
               std::to_string(size));
    filled.scale = y.scale;
    return filled;
  }

  // Class numbers where a row for each class is wanted, or the other way round.
  Status check_encoding(const Array& y, const Wanted& wanted, const kiln_output& output) const {
    const int64_t own = product(y.row_dims());
    const int64_t size = product(wanted.row_dims);
    const int64_t classes = output.label_classes;
    if (classes > 1 && own == size * classes) {
      return failure("each row holds " + std::to_string(own) +
                         " numbers (one-hot), but the loss '" + output.loss +
                         "' takes one class number",
                     "use numpy.argmax(y, axis=-1), or the loss categorical_crossentropy");
    }
    const bool one_hot = std::string_view(output.loss) == "categorical_crossentropy";
    if (one_hot && own == 1 && size > 1) {
      return failure("each row holds one class number, but the loss '" + std::string(output.loss) +
                         "' takes " + tensor_name(wanted.type, wanted.row_dims) + " (one-hot)",
                     "use numpy.eye(" + std::to_string(size) +
                         ")[y], or the loss sparse_categorical_crossentropy");
    }
    return ok();
  }

  const std::string where_;
  const std::string name_;
  const kiln_model& model_;
  Notes& notes_;
};

// The arrays of one part of the data, and which of them are for what.
class Arrays {
 public:
  explicit Arrays(const std::vector<NamedArray>& arrays)
      : arrays_(arrays), used_(arrays.size(), false) {}

  // The first array that has one of these names; null: there is none.
  const NamedArray* take(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      for (size_t i = 0; i < arrays_.size(); ++i) {
        if (arrays_[i].name != name) continue;
        used_[i] = true;
        return &arrays_[i];
      }
    }
    return nullptr;
  }

  std::string names(bool unused_alone) const {
    std::string text;
    for (size_t i = 0; i < arrays_.size(); ++i) {
      if (!unused_alone || !used_[i]) text += (text.empty() ? "" : ", ") + arrays_[i].name;
    }
    return text;
  }

 private:
  const std::vector<NamedArray>& arrays_;
  std::vector<bool> used_;
};

// Finds and adapts the arrays of one part of the data.
class PartAdapter {
 public:
  PartAdapter(const std::string& part, const std::vector<NamedArray>& arrays,
              std::optional<double> scale, const kiln_model& model, const StepInputs& step,
              Notes& notes)
      : part_(part), arrays_(arrays), scale_(scale), model_(model), step_(step), notes_(notes) {}

  Expected<Examples> run() {
    KILN_TRY(adapt_inputs());
    KILN_TRY(adapt_labels());
    KILN_TRY(adapt_sample_weights());
    const std::string unused = arrays_.names(true);
    // A model for prediction alone has no use for labels.
    if (!unused.empty() && !step_.y.empty()) notes_.add("passed over: " + unused);
    return std::move(examples_);
  }

 private:
  Status adapt_inputs() {
    for (int i = 0; i < model_.input_count; ++i) {
      const kiln_input& input = model_.inputs[i];
      const auto names = names_for("x", input.name, i, model_.input_count);
      const NamedArray* found = arrays_.take(names);
      if (found == nullptr) return missing("input", names);
      KILN_ASSIGN(Array array,
                  adapter(*found).adapt_x(found->array, wanted_of(step_.x[i]), input, scale_));
      examples_.x.push_back(std::move(array));
    }
    return ok();
  }

  // Labels of all outputs that take some, or of none.
  Status adapt_labels() {
    std::vector<std::string> missing_names;
    for (int i = 0, label = 0; i < model_.output_count && !step_.y.empty(); ++i) {
      const kiln_output& output = model_.outputs[i];
      if (output.loss[0] == 0) continue;
      const auto names = names_for("y", output.name, i, model_.output_count);
      const NamedArray* found = arrays_.take(names);
      const Wanted wanted = wanted_of(step_.y[label++]);
      if (found == nullptr) {
        if (missing_names.empty()) missing_names = names;
        continue;
      }
      KILN_ASSIGN(Array array, adapter(*found).adapt_y(found->array, wanted, output));
      examples_.y.push_back(std::move(array));
    }
    if (missing_names.empty() || examples_.y.empty()) return ok();
    return missing("output", missing_names);
  }

  // Weights of all outputs, ones where an output has none; nothing where there are none at all.
  Status adapt_sample_weights() {
    const NamedArray* shared = arrays_.take({"sample_weight"});
    std::vector<const NamedArray*> found;
    bool any = shared != nullptr;
    for (int i = 0; i < model_.output_count; ++i) {
      if (model_.outputs[i].loss[0] == 0) continue;
      const NamedArray* own = arrays_.take({std::string("sample_weight_") + model_.outputs[i].name,
                                            "sample_weight_" + std::to_string(i)});
      any = any || own != nullptr;
      found.push_back(own != nullptr ? own : shared);
    }
    if (!any || step_.y.empty()) return ok();
    if (step_.sample_weights.empty()) {
      return Diagnostic{part_ + "sample_weight", "the model was compiled without sample weights",
                        "compile it with --sample-weight, or leave the array out"};
    }
    for (size_t i = 0; i < found.size(); ++i) {
      const Wanted wanted = wanted_of(step_.sample_weights[i]);
      KILN_ASSIGN(Array array, weights_of(found[i], wanted));
      examples_.sample_weights.push_back(std::move(array));
    }
    return ok();
  }

  Expected<Array> weights_of(const NamedArray* found, const Wanted& wanted) {
    if (found != nullptr) return adapter(*found).adapt_weights(found->array, wanted);
    const Array ones = allocate(KILN_F32, {examples_.rows()});
    std::fill_n(ones.as<float>(), ones.rows(), 1.0f);
    return adapter({"sample_weight", ones}).adapt_weights(ones, wanted);
  }

  Adapter adapter(const NamedArray& named) { return Adapter(part_, named.name, model_, notes_); }

  Diagnostic missing(const char* what, const std::vector<std::string>& names) const {
    return missing_array(part_, what, names, arrays_.names(false));
  }

  const std::string part_;
  Arrays arrays_;
  const std::optional<double> scale_;
  const kiln_model& model_;
  const StepInputs& step_;
  Notes& notes_;
  Examples examples_;
};

// What a scale multiplies is there.
Status check_scale(const Dataset& data, const kiln_model& model, const StepInputs& step) {
  if (!data.scale || *data.scale == 1) return ok();
  for (int i = 0; i < model.input_count; ++i)
    if (!takes_ids(wanted_of(step.x[i]), model.inputs[i])) return ok();
  return Diagnostic{"data", "cannot be scaled: the model's inputs are ids or whole numbers",
                    "leave out --scale"};
}

Status check_lengths(const std::string& part, const std::vector<NamedArray>& arrays) {
  for (const NamedArray& named : arrays) {
    const int64_t rows = named.array.rank() > 0 ? named.array.rows() : 0;
    if (rows == 0) {
      return Diagnostic{part + named.name, "holds no examples: it is " + named.array.name(), ""};
    }
    if (rows == arrays[0].array.rows()) continue;
    return Diagnostic{part + "data",
                      arrays[0].name + " has " + std::to_string(arrays[0].array.rows()) +
                          " rows and " + named.name + " has " + std::to_string(rows),
                      "row i of every array belongs to example i"};
  }
  return ok();
}

Expected<Examples> adapt_part(const std::string& part, const std::vector<NamedArray>& read,
                              const Dataset& data, const kiln_model& model, Notes& notes) {
  KILN_ASSIGN(const std::vector<NamedArray> arrays, encode_inputs(read, model, part));
  const kiln_function* function = consumer(model, arrays);
  if (function == nullptr) {
    return Diagnostic{model.name, "the model has no function that takes data", ""};
  }
  KILN_ASSIGN(const StepInputs step, step_inputs(model, *function));
  KILN_TRY(check_scale(data, model, step));
  return PartAdapter(part, arrays, data.scale, model, step, notes).run();
}

}  // namespace

Expected<ModelData> adapt(const Dataset& data, const kiln_model& model, std::string* notes) {
  KILN_TRY(check_lengths("", data.train));
  KILN_TRY(check_lengths("test ", data.test));
  Notes lines;
  ModelData result;
  KILN_ASSIGN(result.train, adapt_part("", data.train, data, model, lines));
  if (!data.test.empty()) {
    KILN_ASSIGN(result.test, adapt_part("test ", data.test, data, model, lines));
  }
  lines.append_to(notes);
  return result;
}

}  // namespace kiln::runtime
