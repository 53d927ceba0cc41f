#include "runtime/data/text/text_table.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <unordered_map>
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

struct Label {
  std::string text;
  int64_t line;
};

bool read_label(const std::string& text, int32_t& label) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), label);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// Numbers that are not all whole, as regression has them.
bool set_numbers(const std::vector<Label>& labels, LabelledTexts& data) {
  std::vector<float> numbers;
  for (const Label& label : labels) {
    const std::optional<double> number = parse_decimal(label.text);
    if (!number) return false;
    numbers.push_back(static_cast<float>(*number));
  }
  data.y = copy_of(KILN_F32, {static_cast<int64_t>(numbers.size())}, numbers.data());
  return true;
}

bool set_whole_numbers(const std::vector<Label>& labels, LabelledTexts& data) {
  std::vector<int32_t> numbers(labels.size());
  for (size_t i = 0; i < labels.size(); ++i)
    if (!read_label(labels[i].text, numbers[i])) return false;
  data.y = copy_of(KILN_I32, {static_cast<int64_t>(numbers.size())}, numbers.data());
  return true;
}

// The names' numbers among the known ones, or else their places in the alphabet.
Status set_class_numbers(const std::string& path, const std::vector<Label>& labels,
                         const ClassNames& known, LabelledTexts& data) {
  data.classes = known;
  if (known.empty()) {
    for (const Label& label : labels) data.classes.push_back(label.text);
    std::sort(data.classes.begin(), data.classes.end());
    data.classes.erase(std::unique(data.classes.begin(), data.classes.end()), data.classes.end());
  }
  std::unordered_map<std::string, int32_t> numbers;
  for (const std::string& name : data.classes)
    numbers.emplace(name, static_cast<int32_t>(numbers.size()));
  data.y = allocate(KILN_I32, {static_cast<int64_t>(labels.size())});
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto found = numbers.find(labels[i].text);
    if (found == numbers.end())
      return unknown_class(path + ":" + std::to_string(labels[i].line), labels[i].text, known);
    data.y.as<int32_t>()[i] = found->second;
  }
  return ok();
}

// Numbers, or names of classes. Where classes are known, a text that is one of their names is one.
Status set_labels(const std::string& path, const std::vector<Label>& labels,
                  const ClassNames& known, LabelledTexts& data) {
  const bool named = std::any_of(labels.begin(), labels.end(), [&](const Label& label) {
    return class_number(known, label.text).has_value();
  });
  if (!named && (set_whole_numbers(labels, data) || set_numbers(labels, data))) return ok();
  return set_class_numbers(path, labels, known, data);
}

}  // namespace

Expected<LabelledTexts> load_text_table(const std::string& path, char separator,
                                        const std::string& text, const std::string& label,
                                        const ClassNames& known) {
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
  std::vector<Label> labels;
  std::vector<std::string> fields;
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
      labels.push_back({fields[label_column], reader.line()});
    }
    data.texts.push_back(fields[text_column]);
    KILN_ASSIGN(more, reader.next(fields));
  }
  if (!label.empty()) KILN_TRY(set_labels(path, labels, known, data));
  return data;
}

Expected<LabelledTexts> load_text_folders(const std::string& directory, const ClassNames& known) {
  KILN_ASSIGN(ClassFiles found, class_files(directory, {".txt"}, known));
  LabelledTexts data;
  for (const std::string& path : found.paths) {
    KILN_ASSIGN(const TextFile file, load_text(path));
    data.texts.emplace_back(file.text);
  }
  data.y = copy_of(KILN_I32, {static_cast<int64_t>(found.labels.size())}, found.labels.data());
  data.classes = std::move(found.classes);
  data.remarks = std::move(found.remarks);
  return data;
}

}  // namespace kiln::runtime
