#include "runtime/data/sequences.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "runtime/data/text_file.h"

namespace kiln::runtime {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Reads the whole number at `at` and moves on; false where there is none that an i32 holds.
bool read_number(std::string_view text, size_t& at, int32_t& number) {
  const char* const begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc()) return false;
  at += static_cast<size_t>(end - begin);
  return true;
}

// Reads "[[1, 2], [3], []]".
class ListReader {
 public:
  ListReader(const std::string& path, std::string_view text) : path_(path), text_(text) {}

  Expected<Sequences> read() {
    Sequences sequences;
    KILN_TRY(expect('['));
    for (bool more = !accept(']'); more; more = accept(',')) {
      KILN_TRY(read_list(sequences));
      if (accept(']')) break;
      if (!at(',')) return wrong("',' or ']'");
    }
    skip_space();
    if (at_ != text_.size()) return wrong("the end of the file");
    return sequences;
  }

 private:
  Status read_list(Sequences& sequences) {
    KILN_TRY(expect('['));
    for (bool more = !accept(']'); more; more = accept(',')) {
      skip_space();
      int32_t number = 0;
      if (!read_number(text_, at_, number)) return wrong("a whole number");
      sequences.values.push_back(number);
      if (accept(']')) break;
      if (!at(',')) return wrong("',' or ']'");
    }
    sequences.ends.push_back(static_cast<int64_t>(sequences.values.size()));
    return ok();
  }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool at(char c) {
    skip_space();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool accept(char c) {
    const bool found = at(c);
    at_ += found ? 1 : 0;
    return found;
  }
  Status expect(char c) { return accept(c) ? ok() : wrong(std::string("'") + c + "'"); }

  Diagnostic wrong(const std::string& expected) const {
    return {path_, "expected " + expected + " at byte " + std::to_string(at_),
            "the file holds a list of lists of whole numbers: [[1, 2], [3]]"};
  }

  const std::string& path_;
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

OptionField option(std::string name, Side& target) {
  return {std::move(name), [&target](const std::string& text) {
            if (text != "pre" && text != "post") return std::string("pre or post");
            target = text == "pre" ? Side::kPre : Side::kPost;
            return std::string();
          }};
}

Array pad(const Sequences& sequences, int64_t length, const Padding& padding) {
  Array rows = allocate(KILN_I32, {sequences.count(), length});
  std::fill_n(rows.as<int32_t>(), rows.element_count(), padding.value);
  for (int64_t i = 0; i < sequences.count(); ++i) {
    int64_t begin = sequences.begin(i);
    int64_t end = sequences.ends[i];
    if (end - begin > length) {
      (padding.truncating == Side::kPre ? begin : end) =
          padding.truncating == Side::kPre ? end - length : begin + length;
    }
    const int64_t shift = padding.padding == Side::kPre ? length - (end - begin) : 0;
    std::copy(sequences.values.begin() + begin, sequences.values.begin() + end,
              rows.as<int32_t>() + i * length + shift);
  }
  return rows;
}

Expected<Sequences> load_id_lines(const std::string& path) {
  KILN_ASSIGN(const TextFile file, load_text(path));
  Sequences sequences;
  int64_t number_of_line = 1;
  for (std::string_view rest = file.text; !rest.empty(); ++number_of_line) {
    const std::string_view line = take_line(rest);
    for (size_t at = 0; at < line.size();) {
      int32_t number = 0;
      if (is_space(line[at]) || line[at] == ',') {
        ++at;
      } else if (read_number(line, at, number)) {
        sequences.values.push_back(number);
      } else {
        return Diagnostic{path + ":" + std::to_string(number_of_line),
                          "expected whole numbers, separated by spaces or commas",
                          "each line is one sequence"};
      }
    }
    sequences.ends.push_back(static_cast<int64_t>(sequences.values.size()));
  }
  return sequences;
}

Expected<Sequences> load_json_lists(const std::string& path) {
  KILN_ASSIGN(const TextFile file, load_text(path));
  return ListReader(path, file.text).read();
}

Expected<Sequences> cut_at_offsets(const std::string& where, const Array& values,
                                   const Array& offsets) {
  if (values.rank() != 1 || offsets.rank() != 1 || offsets.rows() < 1 || is_floating(values.type) ||
      is_floating(offsets.type)) {
    return Diagnostic{where, "the values and the offsets of sequences must be lists of integers",
                      "they are " + values.name() + " and " + offsets.name()};
  }
  const Array numbers = convert(values, KILN_I32);
  const Array cuts = convert(offsets, KILN_I64);
  const int64_t* cut = cuts.as<int64_t>();
  Sequences sequences;
  sequences.values.assign(numbers.as<int32_t>(), numbers.as<int32_t>() + numbers.rows());
  sequences.ends.assign(cut + 1, cut + cuts.rows());
  if (cut[0] == 0 && std::is_sorted(cut, cut + cuts.rows()) &&
      cut[cuts.rows() - 1] == numbers.rows()) {
    return sequences;
  }
  return Diagnostic{where,
                    "the offsets of the sequences do not rise from 0 to " +
                        std::to_string(numbers.rows()) + ", the number of values",
                    ""};
}

}  // namespace kiln::runtime
