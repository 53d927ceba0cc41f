// A generator of film reviews as sequences of word numbers, in the form of Keras's IMDB data set, so
// that a text classifier can be trained with nothing downloaded. A review is words of a vocabulary
// in which few are frequent and many are rare. Some praise, some blame; a "not" turns the word after
// it round, so that order counts; a review's words are mostly, not always, of its opinion.
#pragma once

#include <cstdint>

#include "runtime/base/array.h"
#include "runtime/base/random_stream.h"

namespace kiln::runtime {

struct ReviewSet {
  Array words;   ///< i32 [count, 200]: 0 = padding, in front; 1 = start; 2 = a word that is not in
                 ///< the vocabulary; 3 .. 499: words
  Array labels;  ///< u8 [count]: 1 = positive, 0 = negative
};

/// Writes `count` reviews. Review i depends on (part, seed, i) alone.
ReviewSet reviews(DataPart part, uint64_t seed, int64_t count);

}  // namespace kiln::runtime
