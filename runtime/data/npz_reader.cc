// load_npz() of npz.h.
#include <string_view>
#include <utility>

#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/data/zip_reader.h"

namespace kiln::runtime {

Expected<std::vector<NamedArray>> load_npz(const std::string& path) {
  return load_npz_if(path, [](const std::string&) { return true; });
}

Expected<std::vector<NamedArray>> load_npz_if(
    const std::string& path, const std::function<bool(const std::string& name)>& wanted) {
  constexpr ZipKind kKind = {"an .npz file", "the arrays", "numpy.savez"};
  KILN_ASSIGN(const ZipReader archive, ZipReader::open(path, kKind));
  std::vector<NamedArray> arrays;
  for (const ZipEntry& entry : archive.entries()) {
    if (!entry.name.ends_with(kNpySuffix)) continue;
    const std::string name = entry.name.substr(0, entry.name.size() - kNpySuffix.size());
    if (!wanted(name)) continue;
    KILN_ASSIGN(std::shared_ptr<std::byte> bytes, archive.read(entry));
    KILN_ASSIGN(Array array, parse_npy(path + "(" + entry.name + ")", std::move(bytes),
                                       static_cast<int64_t>(entry.size)));
    arrays.push_back({name, std::move(array)});
  }
  return arrays;
}

const Array* find_array(const std::vector<NamedArray>& arrays, const std::string& name) {
  for (const NamedArray& named : arrays) {
    if (named.name == name) return &named.array;
  }
  return nullptr;
}

}  // namespace kiln::runtime
