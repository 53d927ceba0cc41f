#include "runtime/data/text/sequence_data.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "runtime/base/file.h"
#include "runtime/base/joined.h"
#include "runtime/base/option_text.h"
#include "runtime/data/class_folders.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/data/text/text_table.h"

namespace kiln::runtime {
namespace {

using Loaded = Expected<std::optional<SequenceData>>;

// "FILE.tsv:OPTIONS" by its ending; nothing where the spec names another kind of file.
struct FileSpec {
  std::string path;
  std::string options;
};

std::optional<FileSpec> split_options(const std::string& spec, const std::string& ending) {
  if (spec.ends_with(ending)) return FileSpec{spec, ""};
  const size_t colon = spec.find(ending + ":");
  if (colon == std::string::npos) return std::nullopt;
  const size_t end = colon + ending.size();
  return FileSpec{spec.substr(0, end), spec.substr(end + 1)};
}

Expected<Padding> read_padding(const std::string& spec, const std::string& text) {
  Padding padding;
  const OptionField fields[] = {option("padding", padding.padding),
                                option("truncating", padding.truncating),
                                option("value", padding.value)};
  KILN_TRY(read_options(spec, text, fields));
  return padding;
}

SequenceData of_texts(LabelledTexts read) {
  SequenceData data;
  data.texts = std::move(read.texts);
  data.y = std::move(read.y);
  data.classes = std::move(read.classes);
  data.remarks = std::move(read.remarks);
  data.padding = {Side::kPost, Side::kPost, 0};
  return data;
}

Loaded load_table(const std::string& spec, const FileSpec& file, char separator,
                  const ClassNames& known) {
  std::string text = "text";
  std::string label = "label";
  const OptionField fields[] = {option("text", text), option("label", label)};
  KILN_TRY(read_options(spec, file.options, fields));
  KILN_ASSIGN(LabelledTexts read,
              load_text_table(file.path, separator, text, label == "none" ? "" : label, known));
  return std::optional(of_texts(std::move(read)));
}

Loaded load_folders(const std::string& directory, const ClassNames& known) {
  if (!has_class_files(directory, {".txt"})) return std::optional<SequenceData>();
  KILN_ASSIGN(LabelledTexts read, load_text_folders(directory, known));
  SequenceData data = of_texts(std::move(read));
  data.by_class = true;
  return std::optional(std::move(data));
}

Expected<Array> load_labels(const std::string& path) {
  if (path.ends_with(".npy")) return load_npy(path);
  KILN_ASSIGN(const Sequences lines, load_id_lines(path));
  for (int64_t i = 0; i < lines.count(); ++i) {
    if (lines.ends[i] - lines.begin(i) != 1) {
      return Diagnostic{path + ":" + std::to_string(i + 1), "expected one number, the label", ""};
    }
  }
  return copy_of(KILN_I32, {lines.count()}, lines.values.data());
}

// X.txt or X.json, and Y behind a comma.
Loaded load_sequence_file(const std::string& spec, const FileSpec& file) {
  SequenceData data;
  KILN_ASSIGN(data.padding, read_padding(spec, file.options));
  const size_t comma = file.path.find(',');
  const std::string x = file.path.substr(0, comma);
  KILN_ASSIGN(data.sequences, x.ends_with(".json") ? load_json_lists(x) : load_id_lines(x));
  if (comma != std::string::npos) {
    KILN_ASSIGN(data.y, load_labels(file.path.substr(comma + 1)));
  }
  return std::optional(std::move(data));
}

Loaded load_offsets(const std::string& spec, const FileSpec& file) {
  // Other options say which arrays are x and y (see load_dataset()).
  const bool pads = file.options.empty() || file.options.starts_with("padding=") ||
                    file.options.starts_with("truncating=") || file.options.starts_with("value=");
  if (!pads) return std::optional<SequenceData>();
  const auto is_x = [](const std::string& name) {
    return name == "x_values" || name == "x_offsets";
  };
  KILN_ASSIGN(const std::vector<NamedArray> x, load_npz_if(file.path, is_x));
  const Array* values = find_array(x, "x_values");
  const Array* offsets = find_array(x, "x_offsets");
  if (values == nullptr || offsets == nullptr) {
    if (file.options.empty()) return std::optional<SequenceData>();
    return Diagnostic{file.path, "holds no arrays x_values and x_offsets", ""};
  }
  SequenceData data;
  KILN_ASSIGN(data.padding, read_padding(spec, file.options));
  KILN_ASSIGN(data.sequences, cut_at_offsets(file.path, *values, *offsets));
  KILN_ASSIGN(const std::vector<NamedArray> y,
              load_npz_if(file.path, [](const std::string& name) { return name == "y"; }));
  if (!y.empty()) data.y = y[0].array;
  return std::optional(std::move(data));
}

Loaded load_any(const std::string& spec, const ClassNames& known) {
  if (is_directory(spec)) return load_folders(spec, known);
  if (const auto file = split_options(spec, ".tsv")) return load_table(spec, *file, '\t', known);
  if (const auto file = split_options(spec, ".csv"); file && file->options.starts_with("text=")) {
    return load_table(spec, *file, ',', known);
  }
  if (const auto file = split_options(spec, ".npz")) return load_offsets(spec, *file);
  for (const char* ending : {".txt", ".json"}) {
    if (spec.find(std::string(ending) + ",") != std::string::npos) {
      for (const char* labels : {".npy", ".txt"}) {
        if (const auto file = split_options(spec, labels)) return load_sequence_file(spec, *file);
      }
    }
    if (const auto file = split_options(spec, ending)) return load_sequence_file(spec, *file);
  }
  return std::optional<SequenceData>();
}

int64_t longest(const Sequences& sequences) {
  int64_t length = 1;
  for (int64_t i = 0; i < sequences.count(); ++i)
    length = std::max(length, sequences.ends[static_cast<size_t>(i)] - sequences.begin(i));
  return length;
}

}  // namespace

Expected<std::optional<SequenceData>> load_sequence_data(const std::string& spec,
                                                         const ClassNames& known) {
  KILN_ASSIGN(std::optional<SequenceData> data, load_any(spec, known));
  if (!data) return data;
  if (data->count() == 0) return Diagnostic{spec, "holds no examples", ""};
  if (data->y.storage && data->y.rows() != data->count()) {
    return Diagnostic{spec,
                      "has " + std::to_string(data->count()) + " examples and " +
                          std::to_string(data->y.rows()) + " labels",
                      "each example needs one label"};
  }
  data->description = std::to_string(data->count()) +
                      (data->is_text() ? " texts, from " : " sequences, from ") + spec;
  if (!data->classes.empty()) data->description += ", classes: " + joined(data->classes);
  data->description += data->remarks;
  return data;
}

namespace {

Expected<std::optional<Vocabulary>> known_vocabulary(const VocabularyOptions& options) {
  std::optional<Vocabulary> vocabulary;
  if (is_file(options.path)) {
    KILN_ASSIGN(vocabulary, Vocabulary::load(options.path));
  } else if (is_file(options.beside_old)) {
    KILN_ASSIGN(vocabulary, Vocabulary::load(options.beside_old));
  } else if (!options.carried.empty()) {
    KILN_ASSIGN(vocabulary, Vocabulary::parse(options.carried, "the program's vocabulary"));
  }
  return vocabulary;
}

// Training leaves it where what it saves will look for it.
Status keep_vocabulary(const Vocabulary& vocabulary, const VocabularyOptions& options) {
  if (!options.path.empty() && !is_file(options.path)) KILN_TRY(vocabulary.save(options.path));
  if (!options.beside_new.empty()) KILN_TRY(vocabulary.save(options.beside_new));
  return ok();
}

}  // namespace

Expected<Vocabulary> vocabulary_for(const SequenceData& data, const VocabularyOptions& options) {
  KILN_ASSIGN(std::optional<Vocabulary> vocabulary, known_vocabulary(options));
  if (!options.may_build) {
    if (vocabulary) return std::move(*vocabulary);
    const std::string& expected = options.path.empty() ? options.beside_old : options.path;
    return Diagnostic{expected, "the vocabulary of the model is not there",
                      "fit writes it beside what --save names; --vocabulary gives another place"};
  }
  if (!vocabulary) vocabulary = Vocabulary::build(data.texts, options.max_tokens);
  KILN_TRY(keep_vocabulary(*vocabulary, options));
  return std::move(*vocabulary);
}

Array rows_of(const SequenceData& data, const std::optional<Vocabulary>& vocabulary,
              int64_t length) {
  const Sequences words = data.is_text() ? vocabulary->sequences(data.texts) : Sequences{};
  const Sequences& sequences = data.is_text() ? words : data.sequences;
  return pad(sequences, length < 0 ? longest(sequences) : length, data.padding);
}

}  // namespace kiln::runtime
