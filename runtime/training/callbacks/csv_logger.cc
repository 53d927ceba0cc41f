#include "runtime/training/callbacks/csv_logger.h"

#include <algorithm>
#include <utility>

#include "runtime/base/file.h"

namespace kiln::runtime {
namespace {

void choose_columns(const Metrics& logs, std::vector<std::string>& columns) {
  bool validation = false;
  for (const Metric& metric : logs) {
    columns.push_back(metric.name);
    validation = validation || metric.name.starts_with("val_");
  }
  std::sort(columns.begin(), columns.end());
  if (validation) return;
  const size_t count = columns.size();
  for (size_t i = 0; i < count; ++i) columns.push_back("val_" + columns[i]);
}

// As Python's csv module writes a field: in quotes where it must be.
std::string quoted(const std::string& field, const std::string& separator) {
  if (field.find(separator) == std::string::npos && field.find('"') == std::string::npos)
    return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

}  // namespace

CSVLogger::CSVLogger(CSVLoggerOptions options) : options_(std::move(options)) {}

Status CSVLogger::on_train_begin(Training&) {
  if (options_.separator.size() != 1) {
    return Diagnostic{name(), "the separator \"" + options_.separator + "\" is not one character",
                      ""};
  }
  columns_.clear();
  length_ = 0;
  if (options_.append && is_file(options_.filename)) {
    KILN_ASSIGN(length_, file_size(options_.filename));
  }
  // Finds out now whether the file can be written; what is there stays until the first line comes.
  return check_appendable(options_.filename);
}

Status CSVLogger::on_epoch_end(Training&, int epoch, Metrics& logs) {
  std::string text;
  if (columns_.empty()) {
    choose_columns(logs, columns_);
    std::vector<std::string> head = columns_;
    head.insert(head.begin(), "epoch");
    if (length_ == 0) text = line(head);
  }
  std::vector<std::string> fields = {std::to_string(epoch)};
  for (const std::string& column : columns_) {
    const auto metric = std::ranges::find(logs, column, &Metric::name);
    fields.push_back(metric == logs.end()      ? "NA"
                     : metric->numbers.empty() ? python_decimal(metric->value)
                                               : "\"" + array_text(metric->numbers) + "\"");
  }
  text += line(fields);
  KILN_TRY(append_behind(options_.filename, length_, text));
  length_ += static_cast<int64_t>(text.size());
  return ok();
}

Status CSVLogger::on_train_end(Training&) { return append_behind(options_.filename, length_, {}); }

void CSVLogger::visit_state(StateArchive& state) {
  state.field("length", length_);
  state.field("columns", columns_);
}

std::string CSVLogger::line(const std::vector<std::string>& fields) const {
  std::string text;
  for (const std::string& field : fields) {
    if (!text.empty()) text += options_.separator;
    text += quoted(field, options_.separator);
  }
  return text + "\r\n";
}

}  // namespace kiln::runtime
