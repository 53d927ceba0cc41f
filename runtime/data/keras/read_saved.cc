// The kinds of files of saved_weights.h.
#include <utility>

#include "runtime/base/file.h"
#include "runtime/data/container.h"
#include "runtime/data/keras/archive.h"
#include "runtime/data/keras/older_h5.h"
#include "runtime/data/keras/saved_weights.h"

namespace kiln::runtime {

SavedKind saved_kind(const std::string& path) {
  const Container container = container_of(path);
  if (container == Container::hdf5) return SavedKind::kHdf5;
  const bool is_zip = container == Container::zip;
  if (path.ends_with(".keras") || (is_zip && is_archive(path))) return SavedKind::kArchive;
  if (path.ends_with(".npz") || is_zip) return SavedKind::kNpz;
  const bool is_hdf5 = path.ends_with(".h5") || path.ends_with(".hdf5");
  return is_hdf5 ? SavedKind::kHdf5 : SavedKind::kUnknown;
}

std::string passed_over(const std::string& mismatch) {
  return "the optimizer's state in the file " + mismatch + ": it was not loaded";
}

Expected<SavedWeights> read_h5_weights(const SavedLayout& layout, const std::string& path,
                                       const LoadingRules& rules, const OlderState& state) {
  KILN_ASSIGN(const FileBytes file, map_file(path));
  KILN_ASSIGN(const Hdf5Contents contents,
              read_hdf5(path, {file.bytes.get(), static_cast<size_t>(file.size)}));
  if (!has_older_weights(contents)) return parse_weights_h5(layout, path, contents, rules);
  KILN_ASSIGN(SavedWeights saved, parse_older_weights(layout, path, contents, rules));
  if (rules.any() || !layout.optimizer) return saved;
  if (state) {
    OlderOptimizer optimizer = state(contents);
    saved.optimizer = std::move(optimizer.variables);
    saved.has_optimizer = !saved.optimizer.empty();
    if (!optimizer.mismatch.empty()) saved.note = passed_over(optimizer.mismatch);
  } else if (count_older_state(contents) > 0) {
    saved.note =
        "the optimizer's state in a file of an older Keras's is for kiln alone: it was not loaded";
  }
  return saved;
}

}  // namespace kiln::runtime
