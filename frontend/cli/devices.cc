// kiln devices: what models can run on here.
#include "runtime/device/devices.h"

#include <fmt/format.h>
#include <unistd.h>

#include <thread>

#include "codegen/target.h"
#include "frontend/cli/subcommand.h"
#include "runtime/device/device_errors.h"

namespace kiln::cli {
namespace {

void print_line(const std::string& spec, const std::string& text) {
  fmt::print("{:<10} {}\n", spec, text);
}

void print_cpu() {
  const int64_t bytes = int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  print_line("cpu", fmt::format("{}, {}, {} threads", codegen::host_target(1).cpu,
                                runtime::byte_text(bytes), std::thread::hardware_concurrency()));
}

void print_device(const runtime::DeviceInfo& info) {
  print_line(info.spec(), fmt::format("{} ({}), {}, {} compute units, {}, driver {}", info.name,
                                      info.vendor, runtime::byte_text(info.memory_bytes),
                                      info.compute_units, info.capability, info.driver));
  if (!info.refusal.empty()) print_line("", "kiln cannot use it: " + info.refusal);
}

void print_devices(kiln_device_kind kind) {
  const auto infos = runtime::list_devices(kind);
  if (!infos) return print_line(runtime::device_kind_name(kind), infos.error().message);
  if (infos->empty()) return print_line(runtime::device_kind_name(kind), "no device");
  for (const runtime::DeviceInfo& info : *infos) print_device(info);
}

}  // namespace

void add_devices(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("devices", "list what models can run on here");
  command->callback([&action] {
    action = [] {
      print_cpu();
      print_devices(KILN_CUDA);
      print_devices(KILN_OPENCL);
      return ok();
    };
  });
}

}  // namespace kiln::cli
