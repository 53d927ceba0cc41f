#include "runtime/data/record_reader.h"

namespace kiln::runtime {
RecordReader::RecordReader(const std::string& path, std::string_view text, char separator)
    : path_(path), text_(text), separator_(separator), spaces_(separator == '\t' ? " " : " \t") {}

std::string RecordReader::where(size_t column) const {
  return path_ + ":" + std::to_string(line_) + ":" + std::to_string(column + 1);
}

Expected<bool> RecordReader::next(std::vector<std::string>& fields) {
  skip_empty_lines();
  line_ = next_line_;
  if (at_end()) return false;
  size_t count = 0;
  do {
    if (count == fields.size()) fields.emplace_back();
    KILN_TRY(read_field(fields[count], count));
    ++count;
  } while (take(separator_));
  fields.resize(count);
  end_line();
  return true;
}

bool RecordReader::take(char character) {
  if (at_end() || text_[position_] != character) return false;
  ++position_;
  return true;
}

// CRLF, LF, or CR alone.
void RecordReader::end_line() {
  const bool returned = take('\r');
  if (take('\n') || returned) ++next_line_;
}

void RecordReader::skip_empty_lines() {
  while (!at_end()) {
    const size_t text = text_.find_first_not_of(spaces_, position_);
    const bool blank = text == std::string_view::npos || text_[text] == '\n' || text_[text] == '\r';
    if (!blank) return;
    position_ = text == std::string_view::npos ? text_.size() : text;
    end_line();
  }
}

Status RecordReader::read_field(std::string& field, size_t column) {
  field.clear();
  const size_t start = text_.find_first_not_of(spaces_, position_);
  if (start != std::string_view::npos && text_[start] == '"') {
    position_ = start + 1;
    return read_quoted(field, column);
  }
  const size_t begin = position_;
  while (!at_line_end() && text_[position_] != separator_) ++position_;
  field.assign(text_.substr(begin, position_ - begin));
  return ok();
}

// A quote inside is written twice; commas and line ends are part of the field.
Status RecordReader::read_quoted(std::string& field, size_t column) {
  while (!at_end()) {
    const char character = text_[position_++];
    if (character == '\n') ++next_line_;
    if (character != '"') {
      field += character;
    } else if (!take('"')) {
      return end_quoted(column);
    } else {
      field += '"';
    }
  }
  return Diagnostic{where(column), "the quote that opens this field is never closed", ""};
}

Status RecordReader::end_quoted(size_t column) {
  while (!at_end() && spaces_.find(text_[position_]) != std::string_view::npos) ++position_;
  if (at_line_end() || text_[position_] == separator_) return ok();
  return Diagnostic{where(column), "something follows the closing quote of this field",
                    "a quote inside a field is written twice"};
}

}  // namespace kiln::runtime
