// save_npz() of npz.h.
#include <set>
#include <span>
#include <utility>

#include "runtime/data/npy.h"
#include "runtime/data/npz.h"
#include "runtime/data/zip_writer.h"

namespace kiln::runtime {

Status save_npz(const std::string& path, const std::vector<NamedArray>& arrays) {
  std::set<std::string> names;
  for (const NamedArray& named : arrays) {
    // Zip counts a name's bytes in 16 bits.
    if (named.name.size() > 0xfff0) return Diagnostic{path, "an array's name is too long", ""};
    if (!names.insert(named.name).second) {
      return Diagnostic{path, "two arrays are called '" + named.name + "'", ""};
    }
  }
  KILN_ASSIGN(ZipWriter writer, ZipWriter::create(path));
  for (const auto& [name, array] : arrays) {
    const std::string header = npy_header(array);
    KILN_TRY(writer.add(name + std::string(kNpySuffix),
                        {std::as_bytes(std::span(header)),
                         std::span(array.data(), static_cast<size_t>(array.bytes()))}));
  }
  return writer.finish();
}

}  // namespace kiln::runtime
