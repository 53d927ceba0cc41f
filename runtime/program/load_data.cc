#include "runtime/program/load_data.h"

#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/joined.h"
#include "runtime/data/class_folders.h"
#include "runtime/data/digits.h"
#include "runtime/data/input_arrays.h"
#include "runtime/data/text/sequence_data.h"
#include "runtime/model/session.h"
#include "runtime/training/batches.h"

namespace kiln::runtime {
namespace {

// The shape of a row of the model's input; empty where no function takes data.
std::span<const int64_t> input_dims(const kiln_model& model) {
  for (const kiln_function& function : functions_of(model)) {
    if (function.batch > 0 && function.input_count > 0) {
      return dims_of(function.inputs[0]).subspan(1);
    }
  }
  return {};
}

// An order of its own, that of no epoch.
constexpr int kMixing = -1;

Array in_order(const Array& rows, const std::vector<uint32_t>& order) {
  if (rows.texts) {
    std::vector<std::string> texts;
    for (const uint32_t row : order) texts.push_back((*rows.texts)[row]);
    return text_array(std::move(texts));
  }
  Array result = allocate(rows.type, rows.dims);
  result.scale = rows.scale;
  for (size_t i = 0; i < order.size(); ++i) {
    std::memcpy(result.row(static_cast<int64_t>(i)), rows.row(order[i]), rows.row_bytes());
  }
  return result;
}

// What multiplies the inputs, by the convention of the source where the command says nothing. The
// built-in examples take digits as 0..1, in IDX files, too, whose bytes are for other models what
// they are; one that scales its input by a layer of its own takes drawn digits as bytes.
std::optional<double> scale_for(const CommandLine& line, const kiln_model& model,
                                const Dataset& data) {
  if (line.scale) return line.scale;
  const std::string_view name = model.name, summary = model.summary == nullptr ? "" : model.summary;
  if (data.digit_files && (name == "mnist_mlp" || name == "mnist_cnn")) return kPixelScale;
  for (const std::string_view layer : {"(Rescaling)", "(Normalization)"})
    if (summary.find(layer) != std::string_view::npos) return 1;
  return std::nullopt;
}

// Classes that stand one after the other would leave a validation split with the last one alone.
void mix(Dataset& data, uint64_t seed) {
  const std::vector<uint32_t> order = shuffled_order(data.x().rows(), seed, kMixing);
  for (NamedArray& named : data.train) named.array = in_order(named.array, order);
}

// How many classes the model tells apart; 0: it does not say.
int64_t class_count(const kiln_model& model) {
  const std::vector<const kiln_output*> outputs = labelled_outputs(model);
  if (outputs.size() != 1) return 0;
  const bool binary = std::string_view(outputs[0]->loss).starts_with("binary_");
  return binary ? 2 : outputs[0]->label_classes;
}

}  // namespace

// A new vocabulary is as large as the model's, where nothing else is said. Other weights than the
// program's own have theirs beside them.
VocabularyOptions DataLoader::vocabulary_options() const {
  VocabularyOptions options;
  options.path = line_.vocabulary;
  options.max_tokens = line_.max_tokens > 0 ? line_.max_tokens : model_.inputs[0].index_limit;
  options.may_build = line_.command == Command::kFit;
  if (!line_.save.empty()) options.beside_new = vocabulary_beside(line_.save);
  if (!line_.weights.empty()) {
    options.beside_old = vocabulary_beside(line_.weights);
  } else if (checkpoint_ != nullptr && checkpoint_->vocabulary != nullptr) {
    options.carried = checkpoint_->vocabulary;
  }
  return options;
}

ClassNameFiles DataLoader::class_name_files() const {
  ClassNameFiles files;
  files.path = line_.class_names;
  files.may_make = line_.command == Command::kFit;
  if (!line_.save.empty()) files.beside_new = class_names_beside(line_.save);
  if (!line_.weights.empty()) {
    files.beside_old = class_names_beside(line_.weights);
  } else if (checkpoint_ != nullptr && checkpoint_->class_names != nullptr) {
    files.carried = checkpoint_->class_names;
  }
  return files;
}

Expected<Dataset> DataLoader::load(const std::string& spec) {
  const auto kept = kept_.find(spec);
  return kept == kept_.end() ? read(spec) : kept->second;
}

Expected<Dataset> DataLoader::read_ahead(const std::string& spec) {
  KILN_ASSIGN(Dataset data, load(spec));
  return kept_.emplace(spec, std::move(data)).first->second;
}

Expected<Dataset> DataLoader::read(const std::string& spec) {
  // What a class is called is no matter to a prediction.
  const bool has_labels = line_.command != Command::kPredict;
  if (!classes_ && has_labels) {
    KILN_ASSIGN(classes_, known_class_names(class_name_files()));
    if (line_.command == Command::kFit && !classes_->empty())
      KILN_TRY(keep_class_names(*classes_, class_name_files()));
  }
  if (!classes_) classes_.emplace();
  KILN_ASSIGN(Dataset data, load_any(spec));
  if (!has_labels && !data.classes.empty()) {
    std::erase_if(data.train, [](const NamedArray& named) { return named.name == "y"; });
  } else {
    KILN_TRY(use_classes(spec, data));
  }
  data.scale = scale_for(line_, model_, data);
  return data;
}

Status DataLoader::use_classes(const std::string& spec, Dataset& data) {
  if (data.classes.empty()) {
    numbers_alone_ = numbers_alone_ || classes_->empty();
    return ok();
  }
  if (!classes_->empty()) return ok();  // the reader has compared them
  KILN_TRY(check_new_classes(spec, data.classes));
  *classes_ = data.classes;
  if (line_.command != Command::kFit) return ok();
  return keep_class_names(*classes_, class_name_files());
}

// Alphabetical order is the order of training only where the data holds all classes.
Status DataLoader::check_new_classes(const std::string& spec, const ClassNames& classes) const {
  const bool fits = line_.command == Command::kFit;
  if (numbers_alone_) {
    return Diagnostic{
        spec,
        "its labels are names (" + joined(classes) + "), those of the training data are numbers",
        "--class-names gives a file of the names, one a line, in the order of their numbers"};
  }
  const auto own = static_cast<int64_t>(classes.size()), wanted = class_count(model_);
  if (wanted == 0 || own == wanted || (fits && own < wanted)) return ok();
  const std::string holds = "holds " + std::to_string(own) +
                            (own == 1 ? " class (" : " classes (") + joined(classes) +
                            "), the model tells " + std::to_string(wanted) + " apart";
  if (fits) return Diagnostic{spec, holds, "give the model's last layer as many units as classes"};
  return Diagnostic{spec, holds + ": which these are is not known",
                    "fit --save keeps the names beside the weights; --class-names gives a file of "
                    "them, one a line, in the order of their numbers"};
}

Expected<Dataset> DataLoader::load_any(const std::string& spec) {
  KILN_ASSIGN(std::optional<Dataset> data, load_images(spec));
  if (!data) {
    KILN_ASSIGN(data, load_sequences(spec));
  }
  if (!data) {
    KILN_ASSIGN(data, load_dataset(spec));
  }
  return std::move(*data);
}

Expected<std::optional<Dataset>> DataLoader::load_images(const std::string& spec) const {
  // Beside arrays, or MNIST's files, they are pictures of these.
  const bool has_images = !files_at(spec, image_endings()).empty() &&
                          files_at(spec, {".npy", "-ubyte", "-ubyte.gz"}).empty();
  if (!has_images && !has_class_files(spec, image_endings())) return std::optional<Dataset>();
  if (!images_) {
    return Diagnostic{spec, "holds images, which an executable cannot read",
                      "use the kiln command, or save the images as arrays (.npy)"};
  }
  const std::span<const int64_t> dims = input_dims(model_);
  const int64_t channels = dims.size() == 3 ? dims[2] : 1;
  if ((dims.size() != 2 && dims.size() != 3) || (channels != 1 && channels != 3 && channels != 4)) {
    return Diagnostic{spec, "holds images, but the model takes rows of " + shape_name(dims),
                      "a model of images takes height x width x 1, 3 or 4"};
  }
  KILN_ASSIGN(std::optional<Dataset> data, images_(spec, dims[0], dims[1], channels, *classes_));
  if (data && data->classes.empty() && line_.command != Command::kPredict) {
    return Diagnostic{spec, "holds images without labels",
                      "put them into a folder for each class, named as the class"};
  }
  if (data && line_.command == Command::kFit) mix(*data, line_.fit.seed);
  return data;
}

Expected<std::optional<Dataset>> DataLoader::load_sequences(const std::string& spec) {
  KILN_ASSIGN(const std::optional<SequenceData> read, load_sequence_data(spec, *classes_));
  if (!read) return std::optional<Dataset>();
  const std::span<const int64_t> dims = input_dims(model_);
  const bool encodes = read->is_text() && model_.input_count == 1 && takes_texts(model_.inputs[0]);
  if (dims.size() != 1 && !encodes) {
    return Diagnostic{spec,
                      "holds texts or sequences, but the model takes rows of " + shape_name(dims),
                      "a model of sequences takes rows of one dimension, their length"};
  }
  if (read->is_text() && !encodes && !vocabulary_) {
    KILN_ASSIGN(vocabulary_, vocabulary_for(*read, vocabulary_options()));
  }
  Dataset data;
  data.train.push_back(
      {"x", encodes ? text_array(read->texts) : rows_of(*read, vocabulary_, dims[0])});
  if (read->y.storage != nullptr) data.train.push_back({"y", read->y});
  data.description = read->description;
  data.classes = read->classes;
  if (read->is_text() && !encodes) {
    data.description += "; " + std::to_string(vocabulary_->size()) + " words";
  }
  if (read->by_class && line_.command == Command::kFit) mix(data, line_.fit.seed);
  return std::optional(std::move(data));
}

}  // namespace kiln::runtime
