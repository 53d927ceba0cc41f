#include "runtime/data/csv.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/runtime/data/test_file.h"

namespace kiln::runtime {
namespace {

const CsvLabel kLast = {};
const CsvLabel kFirst = {CsvLabel::Kind::kFirst, ""};
const CsvLabel kNone = {CsvLabel::Kind::kNone, ""};

CsvLabel named(const std::string& name) { return {CsvLabel::Kind::kNamed, name}; }

Expected<CsvData> load(const std::string& text, const CsvLabel& label = kLast,
                       CsvHeader header = CsvHeader::kFindOut) {
  return load_csv(write_test_file("table.csv", text), {label, header});
}

std::vector<float> values(const Array& array) {
  const Array floats = convert(array, KILN_F32);
  return {floats.as<float>(), floats.as<float>() + floats.element_count()};
}

using Floats = std::vector<float>;

TEST(Csv, ReadsNumbersWithAndWithoutAHeader) {
  for (const char* text : {"1,2.5,0\n-3,4e1,1\n", "a,b,label\n1,2.5,0\n-3,4e1,1"}) {
    const auto data = load(text);
    ASSERT_TRUE(data) << data.error().to_string();
    EXPECT_EQ(data->x.name(), "2x2xf32");
    EXPECT_EQ(values(data->x), (Floats{1, 2.5, -3, 40}));
    EXPECT_EQ(data->y.name(), "2xi32");
    EXPECT_EQ(values(data->y), (Floats{0, 1}));
  }
}

TEST(Csv, AHeaderIsWordsAlone) {
  for (const char* header : {"a,b", ",x", "True story,b", "1st,2nd"}) {
    const auto data = load(std::string(header) + "\n1,2\n3,4\n");
    ASSERT_TRUE(data) << header << ": " << data.error().to_string();
    EXPECT_TRUE(data->has_header) << header;
    EXPECT_EQ(values(data->y), (Floats{2, 4})) << header;
  }
  for (const char* first :
       {"1e-400,2", "1,2", "0,0", "0,1.5", "1900,3", "2020,2019", "nan,1", "3,3"}) {
    const auto data = load(std::string(first) + "\n3,4\n");
    ASSERT_TRUE(data) << first << ": " << data.error().to_string();
    EXPECT_FALSE(data->has_header) << first;
    EXPECT_EQ(data->x.rows(), 2) << first;
  }
}

TEST(Csv, InDoubtAboutAHeaderItAsks) {
  for (const char* first :
       {"0,1,2", "0,1", "2019,2020,2021", "2019,2021,2024", "True,False,1", "true,false", "5,?,3",
        "?,?", "a,2,3", "1,,3", ",,", ",0,1", "x,NA", "120,4,setosa,versicolor"}) {
    const std::string text = std::string(first) + "\n4,5,6\n";
    const auto data = load(text);
    expect_error(data, "table.csv:1:");
    expect_error(data, "table.csv:header=yes, or ");
    expect_error(data, "table.csv:header=no");
  }
  const std::string years = "2019,2020,2021\n1,2,3\n4,5,6\n";
  const auto with = load(years, kNone, CsvHeader::kYes),
             without = load(years, kNone, CsvHeader::kNo);
  ASSERT_TRUE(with && without);
  EXPECT_EQ(values(with->x), (Floats{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(values(without->x), (Floats{2019, 2020, 2021, 1, 2, 3, 4, 5, 6}));
  const auto by_name = load(years, named("2021"));
  ASSERT_TRUE(by_name) << "the label's name settles it";
  EXPECT_EQ(values(by_name->y), (Floats{3, 6}));
  expect_error(load("a,b\n1,2\n", kLast, CsvHeader::kNo), "table.csv:1:1: 'a' is not a number");
  expect_error(load("True,2\n1,2\n", kLast, CsvHeader::kNo), "table.csv:1:1: 'True' is not a");
}

TEST(Csv, NumbersTooSmallForADoubleAreZero) {
  const auto data = load("1,2\n1e-400,-1e-999\n4e-324,0.0\n", kNone);
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(values(data->x), (Floats{1, 2, 0, 0, 0, 0}));
  EXPECT_TRUE(std::signbit(values(data->x)[3]));
}

TEST(Csv, TakesTheLabelThatIsAskedFor) {
  const std::string text = "a,\"the, label\",c\n1,2,3\n4,5,6\n";
  EXPECT_EQ(values(load(text, kFirst)->y), (Floats{1, 4}));
  EXPECT_EQ(values(load(text, kLast)->y), (Floats{3, 6}));
  const auto data = load(text, named("the, label"));
  ASSERT_TRUE(data);
  EXPECT_EQ(values(data->y), (Floats{2, 5}));
  EXPECT_EQ(values(data->x), (Floats{1, 3, 4, 6}));
  const auto unlabelled = load(text, kNone);
  ASSERT_TRUE(unlabelled);
  EXPECT_EQ(unlabelled->x.name(), "2x3xf32");
  EXPECT_EQ(unlabelled->y.storage, nullptr);
}

TEST(Csv, UnderstandsQuotesSpacesLineEndsAndAByteOrderMark) {
  const auto data =
      load("\xef\xbb\xbf\"say \"\"x\"\"\" , b\r\n \"1\" ,\t+2\r\n\r\n  \n3,4\r5,6", named("b"));
  ASSERT_TRUE(data) << data.error().to_string();
  EXPECT_EQ(values(data->x), (Floats{1, 3, 5}));
  EXPECT_EQ(values(data->y), (Floats{2, 4, 6}));
}

TEST(Csv, LabelsAreIntegersWhereAllAreWhole) {
  EXPECT_EQ(load("1,2\n1,3.0\n")->y.type, KILN_I32);
  EXPECT_EQ(load("1,2\n1,3.5\n")->y.type, KILN_F32);
  EXPECT_EQ(load("1,2\n1,1e12\n")->y.type, KILN_F32);
  const auto nan = load("1,2\n1,nan\n");
  ASSERT_TRUE(nan);
  EXPECT_TRUE(std::isnan(values(nan->y)[1]));
}

TEST(Csv, ErrorsSayLineAndColumn) {
  expect_error(load("1,2\n3,x\n"), "table.csv:2:2: 'x' is not a number");
  expect_error(load("1,2\n\n\"3\n\",4\n"), "table.csv:3:1: '3\n' is not a number");
  expect_error(load("1,2\n,4\n"), "table.csv:2:1: this field is empty");
  expect_error(load("1,2\n3,4,5\n"), "table.csv:2:3: this line has 3 fields, the first one has 2");
  expect_error(load("1,2,3\n3,4\n"), "table.csv:2:2: this line has 2 fields");
  expect_error(load("1,2\n3,\"4\n"), "table.csv:2:2: the quote that opens this field is never");
  expect_error(load("1,2\n3,\"4\"5\n"), "table.csv:2:2: something follows the closing quote");
  expect_error(load("1,2\n3,1e999\n"), "table.csv:2:2: '1e999' is not a number");
}

TEST(Csv, SaysWhatIsWrong) {
  expect_error(load(""), "holds no rows");
  expect_error(load("\n \n"), "holds no rows");
  expect_error(load("a,b\n"), "holds a header but no rows");
  expect_error(load("a;b\n1;2\n"), "one column only");
  expect_error(load("a,b\n1;2,3\n"), "fields must be separated by commas");
  expect_error(load("a,b\n1,2\n", named("c")), "its columns are a, b");
  expect_error(load("1,2\n", named("c")), "its first line is no header");
}

TEST(Csv, DamageIsADiagnostic) {
  const std::string text = "a,\"b \"\" c\",label\r\n1,2.5,0\r\n-3,\"4e1\",1\r\n";
  const auto read = [](const std::string& path) { return load_csv(path); };
  expect_flips_survive("damaged.csv", text, read);
  for (size_t length = 0; length < text.size(); ++length) {
    const std::string path = write_test_file("damaged.csv", text.substr(0, length));
    // A shorter table may be a good one.
    if (const auto data = read(path); !data) expect_diagnostic(data, path, text.substr(0, length));
  }
}

}  // namespace
}  // namespace kiln::runtime
