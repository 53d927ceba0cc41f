// Data whose examples are texts, or sequences of numbers of different lengths.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/data/class_names.h"
#include "runtime/data/sequences.h"
#include "runtime/data/text/vocabulary.h"

namespace kiln::runtime {

/// Texts, or sequences, with labels.
struct SequenceData {
  std::vector<std::string> texts;  ///< empty: there are sequences
  Sequences sequences;
  Padding padding;
  Array y;                ///< without storage where there are no labels
  ClassNames classes;     ///< by label, where labels are names
  bool by_class = false;  ///< one class after the other, so that training must mix them
  std::string remarks;    ///< as those of ClassFiles
  std::string description;

  bool is_text() const { return !texts.empty(); }
  int64_t count() const {
    return is_text() ? static_cast<int64_t>(texts.size()) : sequences.count();
  }
};

/// Reads the data that `spec` names, or nothing where it names data of another kind:
///   DIR                               a folder of .txt files for each class
///   FILE.tsv[:text=NAME,label=NAME]   columns of a table with a first line of names; default
///                                     text=text, label=label; label=none: there are none
///   FILE.csv:text=NAME[,label=NAME]   the same with commas
///   X.txt[,Y][:OPTIONS]               a sequence of numbers a line
///   X.json[,Y][:OPTIONS]              a list of lists of numbers
///   FILE.npz[:OPTIONS]                arrays x_values and x_offsets, and y
/// Y is a .npy file, or a .txt file with a number a line. OPTIONS are pad_sequences's
/// padding=pre|post, truncating=pre|post and value=N; texts are filled up and cut behind.
/// Labels that are names have their numbers in `known`, or, where it is empty, in the alphabet.
Expected<std::optional<SequenceData>> load_sequence_data(const std::string& spec,
                                                         const ClassNames& known = {});

/// How the words of texts become numbers.
struct VocabularyOptions {
  std::string path;        ///< a file to use, or to write where it is not there yet; may be empty
  std::string beside_old;  ///< the vocabulary of weights that training starts from; may be empty
  std::string beside_new;  ///< where a new one is written; may be empty
  int64_t max_tokens = 0;  ///< of a new one; 0: no limit
  bool may_build = false;  ///< whether texts may make a new one, as in training
  std::string carried;     ///< the text of the one that the program itself has; may be empty
};

/// The vocabulary of the options' files or of the program, or a new one from the texts; training
/// writes it beside what it saves.
Expected<Vocabulary> vocabulary_for(const SequenceData& data, const VocabularyOptions& options);

/// The examples as rows of `length` numbers, i32 [examples, length]. A negative length: that of the
/// longest, as pad_sequences(maxlen=None) has it, but at least 1.
Array rows_of(const SequenceData& data, const std::optional<Vocabulary>& vocabulary,
              int64_t length);

}  // namespace kiln::runtime
