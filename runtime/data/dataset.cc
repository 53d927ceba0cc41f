#include "runtime/data/dataset.h"

#include <dirent.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/file.h"
#include "runtime/base/joined.h"
#include "runtime/data/class_folders.h"
#include "runtime/data/csv.h"
#include "runtime/data/digits.h"
#include "runtime/data/idx.h"
#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/data/reviews.h"

namespace kiln::runtime {
namespace {

constexpr int64_t kMostGenerated = 1000000;  // 784 MB of images

constexpr const char* kForms =
    "data is one of: digits; reviews; a directory of IDX or .npy files; X.npy,Y.npy; "
    "FILE.npz[:x=NAME,y=NAME]; "
    "FILE.csv[:label=NAME,header=yes|no]; "
    "X.npy";

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

Diagnostic other_rows(const std::string& where, const NamedArray& a, const NamedArray& b) {
  return {where,
          a.name + " has " + std::to_string(a.array.rows()) + " rows and " + b.name + " has " +
              std::to_string(b.array.rows()) + " (" + a.name + ": " + a.array.name() + ", " +
              b.name + ": " + b.array.name() + ")",
          "row i of every array belongs to example i"};
}

// Every array has rows, as many as the first.
Status check_rows(const std::string& where, const std::vector<NamedArray>& arrays) {
  for (const NamedArray& named : arrays) {
    if (named.array.rank() == 0 || named.array.rows() == 0) {
      return Diagnostic{where, named.name + " holds no examples: it is " + named.array.name(),
                        "the first dimension counts the examples"};
    }
    if (named.array.rows() != arrays[0].array.rows()) return other_rows(where, arrays[0], named);
  }
  return ok();
}

// "28x28xu8" of the examples x, or every array: "image 28x28xu8, digit u8".
std::string describe_rows(const std::vector<NamedArray>& arrays) {
  auto row = [](const Array& array) { return tensor_name(array.type, array.row_dims()); };
  if (const Array* x = find_array(arrays, "x")) return row(*x);
  std::string text;
  for (const auto& [name, array] : arrays) {
    text += (text.empty() ? "" : ", ") + name + " " + row(array);
  }
  return text;
}

// Checks what all sources have in common, and describes it.
Expected<Dataset> finished(const std::string& source, Dataset data) {
  KILN_TRY(check_rows(source, data.train));
  data.description =
      std::to_string(data.train[0].array.rows()) + " examples of " + describe_rows(data.train);
  if (!data.test.empty()) {
    KILN_TRY(check_rows(source + " (test)", data.test));
    data.description += ", " + std::to_string(data.test[0].array.rows()) + " for testing";
  }
  data.description += ", from " + source;
  return data;
}

// Arrays by the set that their names' endings put them into.
Expected<Dataset> by_part(const std::string& source, std::vector<NamedArray> arrays) {
  if (arrays.empty()) return Diagnostic{source, "holds no arrays", ""};
  Dataset data;
  for (NamedArray& named : arrays) {
    const bool is_test = ends_with(named.name, "_test");
    for (const std::string_view ending : {"_train", "_test"}) {
      if (ends_with(named.name, ending)) named.name.resize(named.name.size() - ending.size());
    }
    (is_test ? data.test : data.train).push_back(std::move(named));
  }
  if (data.train.empty()) std::swap(data.train, data.test);
  return finished(source, std::move(data));
}

// How many examples a generator makes.
struct GeneratorOptions {
  int64_t train, test;
  int64_t seed = 0;
};

// One NAME=NUMBER of "digits:...".
Status read_generator_option(const std::string& spec, std::string_view option,
                             GeneratorOptions& options) {
  const size_t equals = option.find('=');
  const std::string_view name = option.substr(0, equals);
  int64_t* target = name == "train"  ? &options.train
                    : name == "test" ? &options.test
                    : name == "seed" ? &options.seed
                                     : nullptr;
  if (target == nullptr) {
    return Diagnostic{spec,
                      spec.substr(0, spec.find(':')) + " has no option '" + std::string(name) + "'",
                      "its options are train=N, test=N and seed=S"};
  }
  const std::string_view text =
      equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *target);
  const bool number = error == std::errc() && end == text.data() + text.size();
  const int64_t least = name == "train" ? 1 : 0;
  if (!number || *target < least || (name != "seed" && *target > kMostGenerated)) {
    return Diagnostic{spec, "'" + std::string(option) + "' is not valid",
                      "train is a number from 1 to 1000000, test from 0 to 1000000, seed from 0"};
  }
  return ok();
}

// The options after the generator's name in "digits:train=N,test=N".
Expected<GeneratorOptions> read_generator_options(const std::string& spec,
                                                  GeneratorOptions options) {
  const size_t colon = spec.find(':');
  std::string_view rest =
      colon == std::string::npos ? std::string_view() : std::string_view(spec).substr(colon + 1);
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    KILN_TRY(read_generator_option(spec, rest.substr(0, comma), options));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return options;
}

Expected<Dataset> load_digits(const std::string& spec) {
  KILN_ASSIGN(const GeneratorOptions options,
              read_generator_options(spec, {.train = 60000, .test = 10000}));
  const auto seed = static_cast<uint64_t>(options.seed);
  const DigitSet train = digits(DataPart::kTrain, seed, options.train);
  Dataset data{{{"x", train.images}, {"y", train.labels}}};
  if (options.test > 0) {
    const DigitSet test = digits(DataPart::kTest, seed, options.test);
    data.test = {{"x", test.images}, {"y", test.labels}};
  }
  return finished("the built-in digits", std::move(data));
}

Expected<Dataset> load_reviews(const std::string& spec) {
  KILN_ASSIGN(const GeneratorOptions options,
              read_generator_options(spec, {.train = 5000, .test = 1000}));
  const auto seed = static_cast<uint64_t>(options.seed);
  const ReviewSet train = reviews(DataPart::kTrain, seed, options.train);
  Dataset data{{{"x", train.words}, {"y", train.labels}}};
  if (options.test > 0) {
    const ReviewSet test = reviews(DataPart::kTest, seed, options.test);
    data.test = {{"x", test.words}, {"y", test.labels}};
  }
  return finished("the built-in reviews", std::move(data));
}

// The path of "train-images-idx3-ubyte" in one of its spellings; empty where there is none.
std::string find_idx(const std::string& directory, const std::string& stem, const char* kind) {
  for (const char* separator : {"-", "."}) {
    for (const char* compressed : {"", ".gz"}) {
      std::string path = directory;
      for (const char* part : {"/", stem.c_str(), separator, kind, "-ubyte", compressed})
        path += part;
      if (is_file(path)) return path;
    }
  }
  return "";
}

struct LabelledImages {
  Array images;
  Array labels;
};

// The pair PREFIX-images, PREFIX-labels; nothing where neither is there.
Expected<std::optional<LabelledImages>> load_idx_pair(const std::string& directory,
                                                      const std::string& prefix) {
  const std::string images = find_idx(directory, prefix + "-images", "idx3");
  const std::string labels = find_idx(directory, prefix + "-labels", "idx1");
  if (images.empty() && labels.empty()) return std::optional<LabelledImages>();
  if (images.empty() || labels.empty()) {
    const std::string missing =
        images.empty() ? prefix + "-images-idx3-ubyte" : prefix + "-labels-idx1-ubyte";
    return Diagnostic{directory, missing + " (or " + missing + ".gz) is missing", ""};
  }
  LabelledImages pair;
  KILN_ASSIGN(pair.images, load_idx(images));
  KILN_ASSIGN(pair.labels, load_idx(labels));
  return std::optional<LabelledImages>(std::move(pair));
}

// The .npy files whose names begin with `prefix`, in the order of their names.
std::vector<std::string> npy_files(const std::string& directory, const std::string& prefix) {
  std::vector<std::string> files;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(directory.c_str()), closedir);
  while (const dirent* entry = listing ? readdir(listing.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name.starts_with(prefix) && ends_with(name, ".npy")) files.emplace_back(name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A .npy file is an array called as the file.
Expected<std::vector<NamedArray>> load_npy_files(const std::string& directory,
                                                 const std::vector<std::string>& files) {
  std::vector<NamedArray> arrays;
  for (const std::string& file : files) {
    std::string path = directory;
    path.append("/").append(file);
    KILN_ASSIGN(Array array, load_npy(path));
    arrays.push_back({file.substr(0, file.size() - 4), std::move(array)});
  }
  return arrays;
}

Expected<Dataset> load_directory(const std::string& directory) {
  const std::vector<std::string> files = npy_files(directory, "");
  if (!files.empty()) {
    KILN_ASSIGN(std::vector<NamedArray> arrays, load_npy_files(directory, files));
    return by_part(directory, std::move(arrays));
  }
  KILN_ASSIGN(const std::optional<LabelledImages> train, load_idx_pair(directory, "train"));
  KILN_ASSIGN(const std::optional<LabelledImages> test, load_idx_pair(directory, "t10k"));
  if (!train && !test) {
    if (const std::string others = other_files(directory, {}); !others.empty()) {
      return Diagnostic{directory, "holds no files that kiln reads as data, but " + others,
                        "images (" + joined(image_endings()) +
                            ") and texts (.txt) stand in a folder for each class, arrays in .npy "
                            "files, digits in IDX files by MNIST's names, with or without .gz"};
    }
    return Diagnostic{
        directory, "holds neither .npy files nor IDX files by MNIST's names",
        "expected train-images-idx3-ubyte and train-labels-idx1-ubyte, and perhaps "
        "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each with or without .gz"};
  }
  Dataset data;
  const LabelledImages& first = train ? *train : *test;
  data.train = {{"x", first.images}, {"y", first.labels}};
  data.digit_files = true;
  if (train && test) data.test = {{"x", test->images}, {"y", test->labels}};
  return finished(directory, std::move(data));
}

Expected<Dataset> load_npz_file(const std::string& path) {
  KILN_ASSIGN(std::vector<NamedArray> arrays, load_npz(path));
  return by_part(path, std::move(arrays));
}

// Which array of a file is called what.
struct Renaming {
  std::string to, from;
};

// A name stands for the arrays NAME, NAME_train and NAME_test.
bool stands_for(const Renaming& renaming, const std::string& array) {
  return array == renaming.from || array == renaming.from + "_train" ||
         array == renaming.from + "_test";
}

// "x=images,y=labels".
Expected<std::vector<Renaming>> read_renamings(const std::string& spec, std::string_view text) {
  std::vector<Renaming> renamings;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    const size_t equals = word.find('=');
    if (equals == 0 || equals == std::string_view::npos || equals + 1 == word.size()) {
      return Diagnostic{spec, "'" + std::string(word) + "' does not say which array is what",
                        "write FILE.npz:x=IMAGES,y=LABELS with the names of the file's arrays"};
    }
    renamings.push_back(
        {std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))});
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return renamings;
}

// The arrays that are named, under their new names.
std::vector<NamedArray> renamed(const std::vector<NamedArray>& arrays,
                                const std::vector<Renaming>& renamings) {
  std::vector<NamedArray> result;
  for (const Renaming& renaming : renamings) {
    if (const Array* array = find_array(arrays, renaming.from))
      result.push_back({renaming.to, *array});
  }
  return result;
}

// FILE.npz:x=IMAGES,y=LABELS.
Expected<Dataset> load_named_arrays(const std::string& spec, size_t colon) {
  KILN_ASSIGN(const std::vector<Renaming> renamings,
              read_renamings(spec, std::string_view(spec).substr(colon + 1)));
  const std::string path = spec.substr(0, colon);
  const auto is_wanted = [&](const std::string& name) {
    return std::ranges::any_of(renamings, [&](const Renaming& r) { return stands_for(r, name); });
  };
  std::string held;
  const auto wanted_and_listed = [&](const std::string& name) {
    held += (held.empty() ? "" : ", ") + name;
    return is_wanted(name);
  };
  KILN_ASSIGN(std::vector<NamedArray> arrays, load_npz_if(path, wanted_and_listed));
  for (const Renaming& renaming : renamings) {
    const bool found = std::ranges::any_of(
        arrays, [&](const NamedArray& named) { return stands_for(renaming, named.name); });
    if (!found) return Diagnostic{path, "holds no array " + renaming.from, "it holds " + held};
  }
  KILN_ASSIGN(Dataset parts, by_part(path, std::move(arrays)));
  Dataset data;
  data.train = renamed(parts.train, renamings);
  data.test = renamed(parts.test, renamings);
  return finished(path, std::move(data));
}

// Those alone that are to be called so.
Expected<std::vector<NamedArray>> load_named_arrays_if(const std::string& spec, size_t colon,
                                                       const std::string& prefix) {
  const auto renamings = read_renamings(spec, std::string_view(spec).substr(colon + 1));
  const bool any = renamings && std::ranges::any_of(*renamings, [&](const Renaming& renaming) {
                     return renaming.to.starts_with(prefix);
                   });
  if (!any) return std::vector<NamedArray>();
  KILN_ASSIGN(Dataset data, load_named_arrays(spec, colon));
  std::erase_if(data.train,
                [&](const NamedArray& named) { return !named.name.starts_with(prefix); });
  return std::move(data.train);
}

Expected<Dataset> load_npy_pair(const std::string& x_path, const std::string& y_path) {
  Dataset data;
  KILN_ASSIGN(Array x, load_npy(x_path));
  data.train.push_back({"x", std::move(x)});
  if (y_path.empty()) return finished(x_path, std::move(data));
  KILN_ASSIGN(Array y, load_npy(y_path));
  data.train.push_back({"y", std::move(y)});
  return finished(x_path + " and " + y_path, std::move(data));
}

CsvLabel parse_label(const std::string& name) {
  if (name == "first") return {CsvLabel::Kind::kFirst, ""};
  if (name == "last") return {CsvLabel::Kind::kLast, ""};
  if (name == "none") return {CsvLabel::Kind::kNone, ""};
  return {CsvLabel::Kind::kNamed, name};
}

// What follows "FILE.csv:". A comma may stand in a label's name.
Expected<CsvOptions> read_csv_options(const std::string& spec, std::string_view text) {
  CsvOptions options;
  while (!text.empty()) {
    const size_t next = std::min(text.find(",label="), text.find(",header="));
    const std::string_view option = text.substr(0, next);
    text.remove_prefix(next == std::string_view::npos ? text.size() : next + 1);
    if (option.starts_with("label=")) {
      options.label = parse_label(std::string(option.substr(sizeof "label=" - 1)));
    } else if (option == "header=yes" || option == "header=no") {
      options.header = option == "header=yes" ? CsvHeader::kYes : CsvHeader::kNo;
    } else {
      return Diagnostic{spec, "'" + std::string(option) + "' is no option of a CSV file of numbers",
                        "its options are label=NAME, label=first, label=last, label=none, "
                        "header=yes and header=no"};
    }
  }
  return options;
}

Expected<Dataset> load_csv_file(const std::string& spec, size_t path_size) {
  const std::string path = spec.substr(0, path_size);
  const std::string_view text = std::string_view(spec).substr(std::min(path_size + 1, spec.size()));
  KILN_ASSIGN(const CsvOptions options, read_csv_options(spec, text));
  KILN_ASSIGN(CsvData csv, load_csv(path, options));
  Dataset data;
  data.train.push_back({"x", std::move(csv.x)});
  if (csv.y.storage != nullptr) data.train.push_back({"y", std::move(csv.y)});
  KILN_ASSIGN(data, finished(path, std::move(data)));
  data.description += csv.has_header ? ", whose first line is a header" : ", without a header";
  return data;
}

}  // namespace

Expected<std::vector<NamedArray>> load_arrays(const std::string& spec, const std::string& prefix) {
  if (is_directory(spec)) return load_npy_files(spec, npy_files(spec, prefix));
  if (const size_t names = spec.find(".npz:"); names != std::string::npos)
    return load_named_arrays_if(spec, names + 4, prefix);
  if (!ends_with(spec, ".npz") || !is_file(spec)) return std::vector<NamedArray>();
  return load_npz_if(spec, [&](const std::string& name) { return name.starts_with(prefix); });
}

Expected<Dataset> load_dataset(const std::string& spec) {
  if (spec == "digits" || spec.starts_with("digits:")) return load_digits(spec);
  if (spec == "reviews" || spec.starts_with("reviews:")) return load_reviews(spec);
  if (is_directory(spec)) return load_directory(spec);
  if (ends_with(spec, ".csv")) return load_csv_file(spec, spec.size());
  for (const char* options : {".csv:label=", ".csv:header=", ".csv:"}) {
    const size_t ending = spec.rfind(options);
    if (ending != std::string::npos) return load_csv_file(spec, ending + sizeof ".csv" - 1);
  }
  if (ends_with(spec, ".npz")) return load_npz_file(spec);
  const size_t names = spec.find(".npz:");
  if (names != std::string::npos) return load_named_arrays(spec, names + 4);
  const size_t comma = spec.find(".npy,");
  if (comma != std::string::npos && !is_file(spec)) {
    if (spec.find(".npy,", comma + 5) != std::string::npos) {
      return Diagnostic{spec, "names more than two files",
                        "write X.npy,Y.npy; several inputs or outputs go into an .npz file, or a "
                        "directory, by their names; weights of examples to --sample-weight"};
    }
    return load_npy_pair(spec.substr(0, comma + 4), spec.substr(comma + 5));
  }
  if (ends_with(spec, ".npy")) return load_npy_pair(spec, "");
  return Diagnostic{spec,
                    is_file(spec) ? "is not a data file that kiln knows by its name"
                                  : "there is no such file or directory",
                    kForms};
}

}  // namespace kiln::runtime
