#include "runtime/data/reviews.h"

#include <algorithm>
#include <vector>

namespace kiln::runtime {
namespace {

constexpr int64_t kLength = 200;
constexpr int64_t kShortest = 40;
constexpr int32_t kPadding = 0;
constexpr int32_t kStart = 1;
constexpr int32_t kUnknown = 2;
constexpr int32_t kFirstWord = 3;
constexpr int32_t kWords = 500;  // as in the real set's files with the most frequent words

constexpr int32_t kNot = 7;
// One word of these many praises, and one blames: the rest says nothing of the film.
constexpr int32_t kOpinionEvery = 16;
constexpr int32_t kPraises = 5;
constexpr int32_t kBlames = 9;

// Percent.
constexpr int64_t kUnknownShare = 10;
constexpr int64_t kAgreeing = 70;  // of the opinions in a review, those that are its own
constexpr int64_t kNegated = 25;   // of the opinions, those said by "not" and the opposite

bool is_opinion(int32_t word) {
  return word % kOpinionEvery == kPraises || word % kOpinionEvery == kBlames;
}

/// Draws words by Zipf's law: word n as often as 1 / n.
class Vocabulary {
 public:
  Vocabulary() {
    int64_t total = 0;
    for (int32_t word = kFirstWord; word < kWords; ++word)
      totals_.push_back(total += 1'000'000 / word);
  }

  int32_t draw(RandomStream& random) const {
    const int64_t at = random.uniform(0, totals_.back() - 1);
    const auto found = std::upper_bound(totals_.begin(), totals_.end(), at);
    return kFirstWord + static_cast<int32_t>(found - totals_.begin());
  }

 private:
  std::vector<int64_t> totals_;
};

/// The same word, or its neighbour in opinion, so that it praises (or blames).
int32_t with_opinion(int32_t word, bool praise) {
  return word - word % kOpinionEvery + (praise ? kPraises : kBlames);
}

// Fills `words`, from a start to the end, by the review's opinion.
void write_review(const Vocabulary& vocabulary, bool positive, RandomStream& random, int32_t* words,
                  int64_t length) {
  words[0] = kStart;
  for (int64_t i = 1; i < length; ++i) {
    const int32_t word = vocabulary.draw(random);
    const bool unknown = random.uniform(0, 99) < kUnknownShare;
    const bool own = random.uniform(0, 99) < kAgreeing;
    const bool negated = random.uniform(0, 99) < kNegated && i + 1 < length;
    if (!is_opinion(word)) {
      words[i] = unknown || word == kNot ? kUnknown : word;
      continue;
    }
    if (negated) words[i++] = kNot;
    words[i] = with_opinion(word, (positive == own) != negated);
  }
}

}  // namespace

ReviewSet reviews(DataPart part, uint64_t seed, int64_t count) {
  const Vocabulary vocabulary;
  ReviewSet set = {allocate(KILN_I32, {count, kLength}), allocate(KILN_U8, {count})};
  for (int64_t i = 0; i < count; ++i) {
    RandomStream random(seed, part, static_cast<uint64_t>(i));
    const bool positive = random.uniform(0, 1) == 1;
    const int64_t length = random.uniform(kShortest, kLength);
    int32_t* words = set.words.as<int32_t>() + i * kLength;
    std::fill(words, words + kLength - length, kPadding);
    write_review(vocabulary, positive, random, words + kLength - length, length);
    set.labels.as<uint8_t>()[i] = positive;
  }
  return set;
}

}  // namespace kiln::runtime
