#include "runtime/device/devices.h"

#include <algorithm>
#include <charconv>

namespace kiln::runtime {
namespace {

constexpr kiln_device_kind kKinds[] = {KILN_CPU, KILN_OPENCL, KILN_CUDA};

Diagnostic unknown_device(const char* where, std::string_view text, const char* known) {
  return {where, "there is no device \"" + std::string(text) + "\"", known};
}

std::optional<kiln_device_kind> find_kind(std::string_view name) {
  for (const kiln_device_kind kind : kKinds) {
    if (name == device_kind_name(kind)) return kind;
  }
  return std::nullopt;
}

std::string names_of(std::span<const kiln_device_kind> kinds) {
  std::string names;
  for (const kiln_device_kind kind : kinds)
    names += std::string(names.empty() ? "" : ", ") + device_kind_name(kind);
  return names;
}

bool contains(std::span<const kiln_device_kind> kinds, kiln_device_kind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool are_drivers_linked() { return &kiln_device_drivers != nullptr; }

Expected<OpenedDevice> open_one(kiln_device_kind kind, int index) {
  if (kind == KILN_CPU) return OpenedDevice{};
  if (!are_drivers_linked())
    return Diagnostic{device_kind_name(kind), "this program has no driver for such devices", ""};
  KILN_ASSIGN(std::shared_ptr<Device> device, kiln_device_drivers.open(kind, index));
  return OpenedDevice{kind, std::move(device)};
}

/// The first device of that kind that can be used, a GPU or any; nothing where there is none.
std::optional<int> find_usable(kiln_device_kind kind, bool must_be_gpu) {
  const auto infos = list_devices(kind);
  if (!infos) return std::nullopt;
  for (const DeviceInfo& info : *infos) {
    if (info.refusal.empty() && (info.is_gpu || !must_be_gpu)) return info.index;
  }
  return std::nullopt;
}

Expected<DeviceChoice> choose_best(std::span<const kiln_device_kind> kinds,
                                   const std::string& what) {
  struct Wish {
    kiln_device_kind kind;
    bool must_be_gpu;
  };
  for (const Wish wish : {Wish{KILN_CUDA, true}, Wish{KILN_OPENCL, true}, Wish{KILN_CPU, false},
                          Wish{KILN_OPENCL, false}}) {
    if (!contains(kinds, wish.kind)) continue;
    if (wish.kind == KILN_CPU) return DeviceChoice{KILN_CPU};
    if (const std::optional<int> index = find_usable(wish.kind, wish.must_be_gpu))
      return DeviceChoice{wish.kind, *index};
  }
  return Diagnostic{"", "there is no device here for " + what,
                    "it has code for " + names_of(kinds) + " alone"};
}

}  // namespace

Expected<DeviceChoice> parse_device(std::string_view text) {
  constexpr const char* kKnown = "devices: cpu, opencl, opencl:N, cuda, cuda:N, auto";
  if (text == "auto") return DeviceChoice{};
  const size_t colon = text.find(':');
  const std::optional<kiln_device_kind> kind = find_kind(text.substr(0, colon));
  if (!kind || (*kind == KILN_CPU && colon != text.npos)) return unknown_device("", text, kKnown);
  DeviceChoice choice{*kind, 0};
  if (colon == text.npos) return choice;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, choice.index);
  if (error != std::errc() || rest != end || choice.index < 0)
    return unknown_device("", text, kKnown);
  return choice;
}

Expected<std::vector<kiln_device_kind>> parse_device_kinds(std::string_view text) {
  std::vector<kiln_device_kind> kinds;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view name = text.substr(begin, end - begin);
    const std::optional<kiln_device_kind> kind = find_kind(name);
    if (!kind) return unknown_device("--device", name, "kinds of devices: cpu, opencl, cuda");
    if (!contains(kinds, *kind)) kinds.push_back(*kind);
    begin = end + 1;
  }
  return kinds;
}

Expected<DeviceChoice> choose_device(const DeviceChoice& choice,
                                     std::span<const kiln_device_kind> kinds,
                                     const std::string& what) {
  if (!choice.kind) return choose_best(kinds, what);
  if (contains(kinds, *choice.kind)) return choice;
  return Diagnostic{what, std::string("has no code for ") + device_kind_name(*choice.kind),
                    "it has code for " + names_of(kinds) +
                        "; compile it with --device=" + device_kind_name(*choice.kind)};
}

Expected<OpenedDevice> open_device(const DeviceChoice& choice,
                                   std::span<const kiln_device_kind> kinds,
                                   const std::string& what) {
  KILN_ASSIGN(const DeviceChoice chosen, choose_device(choice, kinds, what));
  auto opened = open_one(*chosen.kind, chosen.index);
  // One that another process keeps for itself does not open: the CPU does.
  if (!opened && !choice.kind && contains(kinds, KILN_CPU)) return OpenedDevice{};
  return opened;
}

Expected<std::vector<DeviceInfo>> list_devices(kiln_device_kind kind) {
  if (kind != KILN_CPU && are_drivers_linked()) return kiln_device_drivers.list(kind);
  return std::vector<DeviceInfo>();
}

}  // namespace kiln::runtime
