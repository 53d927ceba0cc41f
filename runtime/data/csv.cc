#include "runtime/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/data/record_reader.h"

namespace kiln::runtime {
namespace {

constexpr std::string_view kSpaces = " \t";
constexpr size_t kShownFieldBytes = 40;

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

// Locale-free, unlike strtod: a comma is never a decimal point.
std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class TableReader {
 public:
  TableReader(const std::string& path, std::string_view text, const CsvLabel& label)
      : path_(path), label_(label), records_(path, text, ',') {}

  Expected<CsvData> read() {
    KILN_ASSIGN(bool more, records_.next(fields_));
    if (!more) return Diagnostic{path_, "holds no rows", "a CSV file has one example a line"};
    const bool header = is_header();
    KILN_TRY(choose_label(header));
    column_count_ = fields_.size();
    if (header) {
      KILN_ASSIGN(more, records_.next(fields_));
      if (!more) return Diagnostic{path_, "holds a header but no rows", ""};
    }
    while (more) {
      KILN_TRY(read_row());
      KILN_ASSIGN(more, records_.next(fields_));
    }
    return collect();
  }

 private:
  bool is_header() const {
    for (const std::string& field : fields_) {
      if (!trim(field).empty() && !parse_number(field)) return true;
    }
    return false;
  }

  Status choose_label(bool header) {
    const size_t count = fields_.size();
    if (label_.kind == CsvLabel::Kind::kLast) label_column_ = count - 1;
    if (label_.kind == CsvLabel::Kind::kFirst) label_column_ = 0;
    if (label_.kind == CsvLabel::Kind::kNamed) KILN_TRY(find_label(header));
    if (label_column_ && count == 1) {
      return Diagnostic{records_.where(0), "there is one column only, the label",
                        "fields are separated by commas; for data without labels say label=none"};
    }
    return ok();
  }

  Status find_label(bool header) {
    std::string names;
    for (size_t i = 0; header && i < fields_.size(); ++i) {
      const std::string_view name = trim(fields_[i]);
      if (name == label_.name) label_column_ = i;
      names += (i == 0 ? "" : ", ") + std::string(name.substr(0, kShownFieldBytes));
    }
    if (label_column_) return ok();
    const std::string message = "has no column called '" + label_.name + "'";
    if (!header) {
      return Diagnostic{path_, message + ": its first line is no header",
                        "say label=first or label=last"};
    }
    return Diagnostic{path_, message, "its columns are " + names};
  }

  Status read_row() {
    if (fields_.size() != column_count_) {
      const size_t column = std::min(fields_.size(), column_count_);
      return Diagnostic{records_.where(column - (fields_.size() < column_count_ ? 1 : 0)),
                        "this line has " + std::to_string(fields_.size()) +
                            " fields, the first one has " + std::to_string(column_count_),
                        ""};
    }
    for (size_t i = 0; i < fields_.size(); ++i) {
      const std::optional<double> value = parse_number(fields_[i]);
      if (!value) return not_a_number(i);
      if (label_column_ == i) {
        labels_.push_back(*value);
      } else {
        values_.push_back(static_cast<float>(*value));
      }
    }
    ++row_count_;
    return ok();
  }

  Diagnostic not_a_number(size_t column) const {
    const std::string_view field = trim(fields_[column]);
    if (field.empty()) {
      return {records_.where(column), "this field is empty", "fill in or drop missing values"};
    }
    const bool separated = field.find_first_of(";\t") != std::string_view::npos;
    return {records_.where(column),
            "'" + std::string(field.substr(0, kShownFieldBytes)) + "' is not a number",
            separated ? "fields must be separated by commas"
                      : "all fields but the header's must be numbers: encode words as numbers"};
  }

  bool labels_are_integers() const {
    for (const double label : labels_) {
      if (!(label >= std::numeric_limits<int32_t>::min() &&
            label <= std::numeric_limits<int32_t>::max() && label == std::floor(label))) {
        return false;
      }
    }
    return true;
  }

  Expected<CsvData> collect() const {
    const int64_t columns = static_cast<int64_t>(column_count_) - (label_column_ ? 1 : 0);
    CsvData data;
    data.x = copy_of(KILN_F32, {row_count_, columns}, values_.data());
    if (!label_column_) return data;
    const Array labels = copy_of(KILN_F64, {row_count_}, labels_.data());
    data.y = convert(labels, labels_are_integers() ? KILN_I32 : KILN_F32);
    return data;
  }

  const std::string& path_;
  const CsvLabel& label_;
  RecordReader records_;
  std::vector<std::string> fields_;
  size_t column_count_ = 0;
  std::optional<size_t> label_column_;
  std::vector<float> values_;
  std::vector<double> labels_;
  int64_t row_count_ = 0;
};

}  // namespace

Expected<CsvData> load_csv(const std::string& path, const CsvLabel& label) {
  KILN_ASSIGN(const FileBytes file, map_file(path));
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.get()),
                              static_cast<size_t>(file.size));
  return TableReader(path, text, label).read();
}

}  // namespace kiln::runtime
