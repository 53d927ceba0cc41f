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

/// Whether the first line of a CSV file names its columns.
enum class CsvHeader { kFindOut, kYes, kNo };

struct CsvOptions {
  CsvLabel label = {};
  CsvHeader header = CsvHeader::kFindOut;
};

/// The numbers of a CSV file: x f32 [rows, columns without the label], y f32 [rows] or i32 [rows]
/// where every label is a whole number. y has no storage for CsvLabel::Kind::kNone.
struct CsvData {
  Array x;
  Array y;
  bool has_header = false;
};

/// Reads a CSV file of numbers. Where the options leave open whether the first line is a header, it
/// is one where it names the label's column or holds words alone, and none where it holds numbers;
/// in doubt (words among numbers, a word for a missing value, 0,1,2 as pandas calls columns, years)
/// it is an error that tells how to say it. Fields may stand in quotes, lines may end in CRLF, empty lines are passed over. Errors name the
/// file, the line and the column (the field's number, from 1).
Expected<CsvData> load_csv(const std::string& path, const CsvOptions& options = {});

}  // namespace kiln::runtime
