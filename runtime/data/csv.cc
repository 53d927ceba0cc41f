#include "runtime/data/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/data/decimal.h"
#include "runtime/data/record_reader.h"
#include "runtime/data/text_file.h"

namespace kiln::runtime {
namespace {

constexpr size_t kShownFieldBytes = 40;

// Whether a field's text is a whole number, which gives it.
std::optional<int64_t> whole_number(std::string_view text) {
  text = trim(text);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Words that stand in data for a value, not in a header for a column.
bool stands_for_a_value(std::string_view field) {
  std::string lower(trim(field));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const char* word :
       {"true", "false", "yes", "no", "?", "-", ".", "na", "n/a", "nan", "null", "none", "missing"})
    if (lower == word) return true;
  return false;
}

class TableReader {
 public:
  TableReader(const std::string& path, std::string_view text, const CsvOptions& options)
      : path_(path), label_(options.label), asked_(options.header), records_(path, text, ',') {}

  Expected<CsvData> read() {
    KILN_ASSIGN(bool more, records_.next(fields_));
    if (!more) return Diagnostic{path_, "holds no rows", "a CSV file has one example a line"};
    KILN_ASSIGN(header_, find_out_header());
    KILN_TRY(choose_label(header_));
    column_count_ = fields_.size();
    if (header_) {
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
  // What the command says, or what the first line shows; an error where that is not clear.
  Expected<bool> find_out_header() const {
    if (asked_ != CsvHeader::kFindOut) return asked_ == CsvHeader::kYes;
    if (names_label()) return true;
    if (fields_.size() == 1 && trim(fields_[0]).empty()) return false;
    const auto no_number = [](const std::string& field) { return !parse_decimal(field); };
    const auto first_word = std::find_if(fields_.begin(), fields_.end(), no_number);
    if (first_word == fields_.end()) {
      if (!may_be_column_numbers()) return false;
      return doubt(0, "the first line may be numbers of columns, or an example");
    }
    if (!is_all_words()) {
      return doubt(static_cast<size_t>(first_word - fields_.begin()),
                   "'" + shown(*first_word) +
                       "' is not a number, but the first line may be names of columns, or an "
                       "example with a value that is none");
    }
    return true;
  }

  bool names_label() const {
    return label_.kind == CsvLabel::Kind::kNamed &&
           std::any_of(fields_.begin(), fields_.end(),
                       [&](const std::string& field) { return trim(field) == label_.name; });
  }

  // Names alone; the first one is empty where pandas wrote its index.
  bool is_all_words() const {
    for (size_t i = 0; i < fields_.size(); ++i) {
      const bool empty = trim(fields_[i]).empty();
      if ((empty && (i > 0 || fields_.size() == 1)) || parse_decimal(fields_[i]) ||
          stands_for_a_value(fields_[i]))
        return false;
    }
    return true;
  }

  // 0, 1, 2, as pandas calls columns without names, or rising years.
  bool may_be_column_numbers() const {
    constexpr int64_t kFirstYear = 1900, kLastYear = 2100;
    bool from_zero = fields_.size() > 1, years = fields_.size() > 1;
    int64_t before = -1;
    for (const std::string& field : fields_) {
      const std::optional<int64_t> number = whole_number(field);
      if (!number) return false;
      from_zero = from_zero && *number == before + 1;
      years = years && *number > before && *number >= kFirstYear && *number <= kLastYear;
      before = *number;
    }
    return from_zero || years;
  }

  Diagnostic doubt(size_t column, const std::string& message) const {
    return {records_.where(column), message,
            "say which: " + path_ + ":header=yes, or " + path_ + ":header=no"};
  }

  static std::string shown(const std::string& field) {
    return std::string(trim(field).substr(0, kShownFieldBytes));
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
                        "say label=first or label=last, or header=yes"};
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
      const std::optional<double> value = parse_decimal(fields_[i]);
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
    data.has_header = header_;
    data.x = copy_of(KILN_F32, {row_count_, columns}, values_.data());
    if (!label_column_) return data;
    const Array labels = copy_of(KILN_F64, {row_count_}, labels_.data());
    data.y = convert(labels, labels_are_integers() ? KILN_I32 : KILN_F32);
    return data;
  }

  const std::string& path_;
  const CsvLabel& label_;
  const CsvHeader asked_;
  RecordReader records_;
  std::vector<std::string> fields_;
  bool header_ = false;
  size_t column_count_ = 0;
  std::optional<size_t> label_column_;
  std::vector<float> values_;
  std::vector<double> labels_;
  int64_t row_count_ = 0;
};

}  // namespace

Expected<CsvData> load_csv(const std::string& path, const CsvOptions& options) {
  KILN_ASSIGN(const TextFile file, load_text(path));
  return TableReader(path, file.text, options).read();
}

}  // namespace kiln::runtime
