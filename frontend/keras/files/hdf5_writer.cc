#include "frontend/keras/files/hdf5_writer.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <mutex>
#include <optional>
#include <utility>

namespace kiln::keras {
namespace {

using runtime::Array;

/// An identifier of HDF5's with the function that closes it. Negative: the call that made it
/// failed.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  hid_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_;
  Close close_;
};

/// While one exists, the library belongs to this thread (Debian's is not thread-safe) and prints
/// nothing.
class Quiet {
 public:
  Quiet() : lock_(mutex()) {
    H5Eget_auto2(H5E_DEFAULT, &print_, &print_data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() { H5Eset_auto2(H5E_DEFAULT, print_, print_data_); }

 private:
  static std::mutex& mutex() {
    static std::mutex mutex;
    return mutex;
  }

  std::lock_guard<std::mutex> lock_;
  H5E_auto2_t print_ = nullptr;
  void* print_data_ = nullptr;
};

/// The types in memory and in the file: little-endian, whatever the machine.
struct TypePair {
  hid_t memory, file;
};
std::optional<TypePair> types_of(kiln_element_type type) {
  switch (type) {
    case KILN_F32:
      return TypePair{H5T_NATIVE_FLOAT, H5T_IEEE_F32LE};
    case KILN_F64:
      return TypePair{H5T_NATIVE_DOUBLE, H5T_IEEE_F64LE};
    case KILN_I8:
      return TypePair{H5T_NATIVE_INT8, H5T_STD_I8LE};
    case KILN_I16:
      return TypePair{H5T_NATIVE_INT16, H5T_STD_I16LE};
    case KILN_I32:
      return TypePair{H5T_NATIVE_INT32, H5T_STD_I32LE};
    case KILN_I64:
      return TypePair{H5T_NATIVE_INT64, H5T_STD_I64LE};
    case KILN_U8:
      return TypePair{H5T_NATIVE_UINT8, H5T_STD_U8LE};
    default:
      return {};
  }
}

Handle dataspace_of(const Array& array) {
  if (array.dims.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
  const std::vector<hsize_t> dims(array.dims.begin(), array.dims.end());
  return {H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose};
}

/// Text of variable length in UTF-8: what h5py makes of a Python string.
bool write_text_attribute(hid_t group, const char* name, const std::string& value) {
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  if (!type || H5Tset_size(type.id(), H5T_VARIABLE) < 0 ||
      H5Tset_cset(type.id(), H5T_CSET_UTF8) < 0)
    return false;
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle attribute(H5Acreate2(group, name, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  const char* text = value.c_str();
  return attribute && H5Awrite(attribute.id(), type.id(), &text) >= 0;
}

bool write_dataset(hid_t group, const std::string& name, const Array& array,
                   const TypePair& types) {
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  // The time of writing is not part of the values: the same arrays give the same bytes.
  if (!properties || H5Pset_obj_track_times(properties.id(), false) < 0) return false;
  const Handle space = dataspace_of(array);
  const Handle dataset(H5Dcreate2(group, name.c_str(), types.file, space.id(), H5P_DEFAULT,
                                  properties.id(), H5P_DEFAULT),
                       H5Dclose);
  return dataset &&
         H5Dwrite(dataset.id(), types.memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.data()) >= 0;
}

Status write_group(hid_t file, const std::string& where, const Hdf5Group& group) {
  const Handle properties(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(properties.id(), 1);
  const Handle handle(
      H5Gcreate2(file, group.path.c_str(), properties.id(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  const bool named =
      handle && (group.name.empty() || write_text_attribute(handle.id(), "name", group.name));
  if (!named)
    return Diagnostic{where, fmt::format("the group \"{}\" could not be written", group.path), ""};
  for (size_t i = 0; i < group.members.size(); ++i) {
    const Array& array = group.members[i];
    const auto types = types_of(array.type);
    if (types && write_dataset(handle.id(), std::to_string(i), array, *types)) continue;
    return Diagnostic{
        where, fmt::format("\"{}/{}\", {}, could not be written", group.path, i, array.name()), ""};
  }
  return ok();
}

Expected<std::vector<std::byte>> image_of(hid_t file, const std::string& where) {
  const Diagnostic error{where, "HDF5 could not lay out the file", ""};
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) return error;
  const ssize_t size = H5Fget_file_image(file, nullptr, 0);
  if (size <= 0) return error;
  std::vector<std::byte> bytes(static_cast<size_t>(size));
  if (H5Fget_file_image(file, bytes.data(), bytes.size()) != size) return error;
  return bytes;
}

}  // namespace

Expected<std::vector<std::byte>> write_hdf5(const std::string& where,
                                            const std::vector<Hdf5Group>& groups) {
  constexpr size_t kIncrement = 1 << 20;
  const Quiet quiet;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.id(), kIncrement, false);  // in memory
  const Handle file(H5Fcreate("weights.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose);
  if (!file) return Diagnostic{where, "HDF5 has no memory for the file", ""};
  for (const Hdf5Group& group : groups) KILN_TRY(write_group(file.id(), where, group));
  return image_of(file.id(), where);
}

}  // namespace kiln::keras
