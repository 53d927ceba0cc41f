#include "runtime/training/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace kiln::runtime {
namespace {

// What is printed to a log that is no terminal.
template <typename Print>
std::string printed(Print print) {
  char* text = nullptr;
  size_t size = 0;
  FILE* pipe[2];
  int descriptors[2];
  EXPECT_EQ(::pipe(descriptors), 0);
  pipe[0] = fdopen(descriptors[0], "r");
  pipe[1] = fdopen(descriptors[1], "w");
  print(pipe[1]);
  fclose(pipe[1]);
  std::string result;
  while (getline(&text, &size, pipe[0]) > 0) result += text;
  std::free(text);
  fclose(pipe[0]);
  return result;
}

TEST(Progress, FormatsMetricsLikeKeras) {
  EXPECT_EQ(format_metrics({{"accuracy", 0.91234}, {"loss", 0.30115}}),
            " - accuracy: 0.9123 - loss: 0.3011");
  EXPECT_EQ(format_metrics({{"loss", 0.00030115}}), " - loss: 3.0115e-04");
  EXPECT_EQ(format_metrics({{"loss", 0}}), " - loss: 0.0000e+00");
  EXPECT_EQ(format_metrics({{"loss", -2.5}}), " - loss: -2.5000");
  EXPECT_EQ(format_metrics({{"loss", NAN}}), " - loss: nan");
  EXPECT_EQ(format_metrics({{"loss", -NAN}}), " - loss: nan") << "as Keras, whatever its sign";
  EXPECT_EQ(format_metrics({}), "");
}

TEST(Progress, FormatsTimesLikeKeras) {
  EXPECT_EQ(format_step_time(0.000845), "845us/step");
  EXPECT_EQ(format_step_time(0.0124), "12ms/step");
  EXPECT_EQ(format_step_time(2.6), "3s/step");
  EXPECT_EQ(format_step_time(0), "0s/step");
  EXPECT_EQ(format_remaining(7.9), "7s");
  EXPECT_EQ(format_remaining(65), "1:05");
  EXPECT_EQ(format_remaining(3723), "1:02:03");
}

TEST(Progress, FormatsTheBarLikeKeras) {
  EXPECT_EQ(format_bar(3, 4, false), "3/4 ━━━━━━━━━━━━━━━━━━━━");
  EXPECT_EQ(format_bar(32, 1500, false).substr(0, 10), "  32/1500 ");
  EXPECT_EQ(format_bar(0, 10, true), "\033[1m 0/10\033[0m \033[37m━━━━━━━━━━━━━━━━━━━━\033[0m");
  EXPECT_EQ(format_bar(5, 10, true),
            "\033[1m 5/10\033[0m \033[32m━━━━━━━━━━\033[0m\033[37m━━━━━━━━━━\033[0m");
  EXPECT_EQ(format_bar(10, 10, true),
            "\033[1m10/10\033[0m \033[32m━━━━━━━━━━━━━━━━━━━━\033[0m\033[37m\033[0m");
}

TEST(Progress, OnlyTheLastLineWithoutATerminal) {
  const std::string text = printed([](FILE* log) {
    Progress progress(log, Verbosity::kBar, 3);
    for (int step = 1; step <= 3; ++step) EXPECT_FALSE(progress.due(step));
    progress.finish({{"loss", 0.5}});
  });
  EXPECT_EQ(text.rfind("3/3 ━━━━━━━━━━━━━━━━━━━━ 0s ", 0), 0u) << text;
  EXPECT_NE(text.find("us/step - loss: 0.5000\n"), std::string::npos) << text;
  EXPECT_EQ(text.find('\033'), std::string::npos);
}

TEST(Progress, ALinePerEpoch) {
  const std::string text = printed([](FILE* log) {
    Progress progress(log, Verbosity::kLinePerEpoch, 20);
    progress.due(1);
    progress.finish({{"accuracy", 0.25}, {"loss", 0.5}});
  });
  EXPECT_EQ(text.rfind("20/20 - 0s - ", 0), 0u) << text;
  EXPECT_NE(text.find("us/step - accuracy: 0.2500 - loss: 0.5000\n"), std::string::npos) << text;
}

TEST(Progress, SilentNeedsNoLog) {
  Progress progress(nullptr, Verbosity::kSilent, 3);
  EXPECT_FALSE(progress.due(1));
  progress.finish({{"loss", 0.5}});
}

}  // namespace
}  // namespace kiln::runtime
