#include "runtime/data/text_file.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

using namespace std::string_literals;

Expected<TextFile> load(const std::string& bytes) {
  return load_text(write_test_file("t.txt", bytes));
}

TEST(TextFile, IsUtf8WithOrWithoutAMark) {
  for (const std::string& text : {""s, "a"s, "gr\xc3\xbc\xc3\x9f\n"s}) {
    EXPECT_EQ(load(text)->text, text);
    EXPECT_EQ(load("\xef\xbb\xbf" + text)->text, text);
  }
}

TEST(TextFile, OtherEncodingsAreNamed) {
  for (const std::string& text : {"\xff\xfe"
                                  "a\0,\0"s,
                                  "\xfe\xff\0a"s, "\0a\0b"s, "a\0b\0"s}) {
    expect_error(load(text),
                 "is a text in UTF-16, which kiln does not read\nnote: save it as UTF-8");
  }
  expect_error(load("\xff\xfe\0\0a\0\0\0"s), "is a text in UTF-32");
  expect_error(load("words\0"s), "is no text: its byte 5 is zero");
}

TEST(TextFile, LinesEndInEveryWay) {
  for (const char* text : {"a\n\nb", "a\r\n\r\nb\r\n", "a\r\rb\r", "a\r\n\nb\n"}) {
    std::vector<std::string> lines;
    for (std::string_view rest = text; !rest.empty();) lines.emplace_back(take_line(rest));
    EXPECT_EQ(lines, (std::vector<std::string>{"a", "", "b"})) << text;
  }
}

}  // namespace
}  // namespace kiln::runtime
