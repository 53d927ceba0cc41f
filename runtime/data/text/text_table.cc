#include "runtime/data/text/text_table.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/base/spelling.h"
#include "runtime/data/class_folders.h"
#include "runtime/data/decimal.h"
#include "runtime/data/record_reader.h"
#include "runtime/data/text_file.h"

namespace kiln::runtime {
namespace {

Expected<size_t> find_column(const std::string& where, const std::vector<std::string>& names,
                             const std::string& wanted) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string guess = did_you_mean(wanted, candidates);
  return Diagnostic{where, "there is no column \"" + wanted + "\"",
                    (guess.empty() ? "" : guess + " ") + "the first line names " + all};
}

bool read_label(const std::string& text, int32_t& label) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), label);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// Numbers that are not all whole, as regression has them.
bool set_numbers(const std::vector<std::string>& labels, LabelledTexts& data) {
  std::vector<float> numbers;
  for (const std::string& label : labels) {
    const std::optional<double> number = parse_decimal(label);
    if (!number) return false;
    numbers.push_back(static_cast<float>(*number));
  }
  data.y = copy_of(KILN_F32, {static_cast<int64_t>(numbers.size())}, numbers.data());
  return true;
}

// Numbers, or else the names' places in the alphabet.
void set_labels(const std::vector<std::string>& labels, LabelledTexts& data) {
  data.y = allocate(KILN_I32, {static_cast<int64_t>(labels.size())});
  int32_t* const numbers = data.y.as<int32_t>();
  const bool whole = std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
    int32_t number = 0;
    return read_label(label, number);
  });
  if (!whole && set_numbers(labels, data)) return;
  if (!whole) {
    data.classes = labels;
    std::sort(data.classes.begin(), data.classes.end());
    data.classes.erase(std::unique(data.classes.begin(), data.classes.end()), data.classes.end());
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    if (whole) {
      read_label(labels[i], numbers[i]);
    } else {
      numbers[i] = static_cast<int32_t>(
          std::lower_bound(data.classes.begin(), data.classes.end(), labels[i]) -
          data.classes.begin());
    }
  }
}

}  // namespace

Expected<LabelledTexts> load_text_table(const std::string& path, char separator,
                                        const std::string& text, const std::string& label) {
  KILN_ASSIGN(const TextFile file, load_text(path));
  RecordReader reader(path, file.text, separator);
  std::vector<std::string> names;
  KILN_TRY(reader.next(names));
  KILN_ASSIGN(const size_t text_column, find_column(path, names, text));
  size_t label_column = 0;
  if (!label.empty()) {
    KILN_ASSIGN(label_column, find_column(path, names, label));
  }
  LabelledTexts data;
  std::vector<std::string> labels, fields;
  KILN_ASSIGN(bool more, reader.next(fields));
  while (more) {
    if (fields.size() != names.size()) {
      return Diagnostic{path + ":" + std::to_string(reader.line()),
                        "has " + std::to_string(fields.size()) + " fields, the first line has " +
                            std::to_string(names.size()),
                        "a text with separators or line ends in it stands in quotes"};
    }
    if (!label.empty()) {
      if (trim(fields[label_column]).empty()) {
        return Diagnostic{reader.where(label_column), "the label is empty",
                          "fill it in, or drop the row"};
      }
      labels.push_back(fields[label_column]);
    }
    data.texts.push_back(fields[text_column]);
    KILN_ASSIGN(more, reader.next(fields));
  }
  if (!label.empty()) set_labels(labels, data);
  return data;
}

Expected<LabelledTexts> load_text_folders(const std::string& directory) {
  LabelledTexts data;
  data.classes = class_folders(directory);
  std::vector<int32_t> labels;
  for (size_t label = 0; label < data.classes.size(); ++label) {
    for (const std::string& path : files_below(directory + "/" + data.classes[label], {".txt"})) {
      KILN_ASSIGN(const TextFile file, load_text(path));
      data.texts.emplace_back(file.text);
      labels.push_back(static_cast<int32_t>(label));
    }
  }
  data.y = copy_of(KILN_I32, {static_cast<int64_t>(labels.size())}, labels.data());
  return data;
}

}  // namespace kiln::runtime
