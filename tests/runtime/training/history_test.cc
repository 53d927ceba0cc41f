#include "runtime/training/history.h"

#include <cmath>
#include <cstdlib>

#include "gtest/gtest.h"

namespace kiln::runtime {
namespace {

TEST(History, WritesKerasJson) {
  History history;
  history.append({{"accuracy", 0.5}, {"loss", 1.0}, {"val_loss", 2.25}}, 0.1);
  history.append({{"accuracy", 0.75}, {"loss", 0.1}, {"val_loss", NAN}}, 0.1);
  EXPECT_EQ(history.to_json(),
            "{\"accuracy\": [0.5, 0.75], \"loss\": [1.0, 0.1], \"val_loss\": [2.25, NaN]}\n");
}

TEST(History, WritesCsvLikeCsvLogger) {
  History history;
  history.initial_epoch = 3;
  history.append({{"accuracy", 0.5}, {"loss", 1e-7}}, 0.1);
  history.append({{"accuracy", 0.75}, {"loss", 12345678.5}}, 0.1);
  EXPECT_EQ(history.to_csv(), "epoch,accuracy,loss\n3,0.5,1e-07\n4,0.75,12345678.5\n");
}

TEST(History, EpochsWithoutValidation) {
  History history;
  history.append({{"loss", 1}}, 0.1);
  history.append({{"loss", 2}, {"val_loss", 4}}, 0.1);
  history.append({{"loss", 3}}, 0.1);
  EXPECT_EQ(history.to_json(), "{\"loss\": [1.0, 2.0, 3.0], \"val_loss\": [4.0]}\n");
  EXPECT_EQ(history.to_csv(), "epoch,loss,val_loss\n0,1.0,NA\n1,2.0,4.0\n2,3.0,NA\n");
}

TEST(History, WritesNumbersAsPythonDoes) {
  EXPECT_EQ(python_decimal(100000), "100000.0");
  EXPECT_EQ(python_decimal(1e15), "1000000000000000.0");
  EXPECT_EQ(python_decimal(1e16), "1e+16");
  EXPECT_EQ(python_decimal(0.0001), "0.0001");
  EXPECT_EQ(python_decimal(0.00001), "1e-05");
  EXPECT_EQ(python_decimal(-0.0), "-0.0");
  EXPECT_EQ(python_decimal(static_cast<double>(0.1f)), "0.10000000149011612");
  EXPECT_EQ(python_decimal(NAN), "nan");
  EXPECT_EQ(python_decimal(-INFINITY), "-inf");
}

TEST(History, WithoutEpochs) {
  EXPECT_EQ(History().to_json(), "{}\n");
  EXPECT_EQ(History().to_csv(), "epoch\n");
}

TEST(History, DecimalsReadBackExactly) {
  for (double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 0.9123333096504211,
                       static_cast<double>(0.9123333f)}) {
    EXPECT_EQ(std::strtod(shortest_decimal(value).c_str(), nullptr), value);
  }
  EXPECT_EQ(shortest_decimal(INFINITY), "Infinity");
  EXPECT_EQ(shortest_decimal(3), "3.0");
}

TEST(Metrics, ValueByName) {
  const Metrics metrics = {{"accuracy", 0.5}, {"loss", 1}};
  EXPECT_EQ(value_of(metrics, "loss"), 1);
  EXPECT_TRUE(std::isnan(value_of(metrics, "nothing")));
}

}  // namespace
}  // namespace kiln::runtime
