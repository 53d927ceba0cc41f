// The data of a command line, as one array of examples and one of labels.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/data/class_names.h"
#include "runtime/data/dataset.h"
#include "runtime/data/text/sequence_data.h"
#include "runtime/data/text/vocabulary.h"
#include "runtime/program/command_line.h"

namespace kiln::runtime {

/// Reads a directory of images in a folder for each class, x f32 [images, height, width, channels],
/// or one without class folders, or one image, which give x alone; classes are numbered as `known`
/// has them, or in alphabetical order where it is empty. Nothing where it is no such directory.
using ImageReader = std::function<Expected<std::optional<Dataset>>(
    const std::string& directory, int64_t height, int64_t width, int64_t channels,
    const ClassNames& known)>;

/// Reads what --data and --validation-data name, before adapt(): images at the size that the model
/// takes, texts by a vocabulary, sequences padded to its length, all else by load_dataset(). Where
/// the model leaves these extents open (kOpen), images keep their size, which must be one, and
/// sequences are padded to the longest of the data.
class DataLoader {
 public:
  /// All must outlive the loader. `images` may be null: there is no reader of images; `checkpoint`,
  /// too: the program has no vocabulary and no class names.
  DataLoader(const CommandLine& line, const kiln_model& model, const ImageReader& images,
             const kiln_checkpoint* checkpoint)
      : line_(line), model_(model), images_(images), checkpoint_(checkpoint) {}

  /// The first texts that training reads make the vocabulary of the later ones, and the first names
  /// of classes their numbers, unless they are kept with the weights that it starts from, in the
  /// program or in files.
  Expected<Dataset> load(const std::string& spec);
  /// The same; load() gives it once more.
  Expected<Dataset> read_ahead(const std::string& spec);

 private:
  Expected<Dataset> read(const std::string& spec);
  Expected<Dataset> load_any(const std::string& spec);
  Expected<std::optional<Dataset>> load_images(const std::string& spec) const;
  Expected<std::optional<Dataset>> load_sequences(const std::string& spec);
  /// Names of classes in data that has some agree with those of the model, or become them.
  Status use_classes(const std::string& spec, Dataset& data);
  Status check_new_classes(const std::string& spec, const ClassNames& classes) const;
  ClassNameFiles class_name_files() const;
  VocabularyOptions vocabulary_options() const;

  const CommandLine& line_;
  const kiln_model& model_;
  const ImageReader& images_;
  const kiln_checkpoint* checkpoint_;
  std::map<std::string, Dataset> kept_;  ///< what was read ahead
  std::optional<Vocabulary> vocabulary_;
  std::optional<ClassNames> classes_;  ///< nothing: not looked for yet; empty: not known
  bool numbers_alone_ = false;         ///< the first data of training had labels without names
};

}  // namespace kiln::runtime
