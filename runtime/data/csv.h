// Comma-separated numbers. Source: RFC 4180 (quotes, CRLF).
#pragma once

#include <string>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"

namespace kiln::runtime {

/// Which column of a CSV file is the label.
struct CsvLabel {
  enum class Kind { kLast, kFirst, kNamed, kNone };
  Kind kind = Kind::kLast;
  std::string name;  ///< of the column, for kNamed
};

/// The numbers of a CSV file: x f32 [rows, columns without the label], y f32 [rows] or i32 [rows]
/// where every label is a whole number. y has no storage for CsvLabel::Kind::kNone.
struct CsvData {
  Array x;
  Array y;
};

/// Reads a CSV file of numbers. The first line is a header where one of its fields is not a number.
/// Fields may stand in quotes, lines may end in CRLF, empty lines are passed over. Errors name the
/// file, the line and the column (the field's number, from 1).
Expected<CsvData> load_csv(const std::string& path, const CsvLabel& label);

}  // namespace kiln::runtime
