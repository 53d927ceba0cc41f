// Tables as text: records of fields. Source: RFC 4180 (quotes, CRLF).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Splits a text into records and fields. Fields may stand in quotes, lines may end in CRLF, empty
/// lines are passed over. Errors name the file, line and column.
class RecordReader {
 public:
  /// `path` and `text` must outlive the reader; `separator` stands between fields.
  RecordReader(const std::string& path, std::string_view text, char separator);

  /// Reads the next record that is not an empty line into `fields`; false at the end of the text.
  Expected<bool> next(std::vector<std::string>& fields);

  /// Of the record last read.
  int64_t line() const { return line_; }

  /// FILE:LINE:COLUMN of a field of the record last read; `column` counts from 0.
  std::string where(size_t column) const;

 private:
  bool at_end() const { return position_ == text_.size(); }
  bool at_line_end() const {
    return at_end() || text_[position_] == '\n' || text_[position_] == '\r';
  }
  bool take(char character);
  void end_line();
  void skip_empty_lines();
  Status read_field(std::string& field, size_t column);
  Status read_quoted(std::string& field, size_t column);
  Status end_quoted(size_t column);

  const std::string& path_;
  std::string_view text_;
  char separator_;
  std::string_view spaces_;  ///< that may stand around quotes: no separator among them
  size_t position_ = 0;
  int64_t line_ = 0;
  int64_t next_line_ = 1;
};

}  // namespace kiln::runtime
