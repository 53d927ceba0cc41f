#include "tests/benchmarks/json_report.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

namespace kiln::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Summary& summary) {
  return {{"median", summary.median},
          {"least", summary.least},
          {"lower_quartile", summary.lower_quartile},
          {"upper_quartile", summary.upper_quartile},
          {"samples", summary.samples}};
}

Json json_of(const codegen::Roofs& roofs) {
  Json levels = Json::array();
  for (const codegen::MemoryLevel& level : roofs.levels) {
    Json json = {{"name", level.name}, {"bytes_per_second", level.bytes_per_second}};
    if (std::isfinite(level.capacity)) json["capacity"] = level.capacity;
    levels.push_back(std::move(json));
  }
  return {{"threads", roofs.threads},
          {"flops_per_second", roofs.flops_per_second},
          {"divisions_per_second", roofs.divisions_per_second},
          {"roots_per_second", roofs.roots_per_second},
          {"levels", std::move(levels)}};
}

Json json_of(const KernelResult& kernel) {
  Json json = {{"kind", kernel.kind},
               {"location", kernel.location},
               {"calls", kernel.calls},
               {"flops", kernel.arithmetic.flops},
               {"divisions", kernel.arithmetic.divisions},
               {"roots", kernel.arithmetic.roots},
               {"bytes", kernel.bytes},
               {"roof_us", 1e6 * kernel.roof.seconds},
               {"binds", kernel.roof.name}};
  if (kernel.alone > 0) json["alone_us"] = kernel.alone;
  return json;
}

Json json_of(const Result& result) {
  Json bounds = Json::object();
  for (const auto& [name, seconds] : result.roof.seconds_by_bound) bounds[name] = 1e6 * seconds;
  Json json = {{"model", result.model},       {"step", name_of(result.mode)},
               {"batch", result.batch},       {"threads", result.threads},
               {"us", json_of(result.ours)},  {"roof_us", result.roof_microseconds()},
               {"of_roof", result.of_roof()}, {"roof_us_by_bound", std::move(bounds)}};
  if (result.theirs) {
    json["peer_us"] = json_of(*result.theirs);
    json["peer_over_us"] = result.theirs->median / result.ours.median;
  }
  for (const KernelResult& kernel : result.kernels) json["kernels"].push_back(json_of(kernel));
  return json;
}

Status write(const std::string& path, std::ios::openmode mode, const std::string& text) {
  std::ofstream file(path, mode);
  file << text << "\n";
  if (!file.flush()) return Diagnostic{path, "cannot be written", ""};
  return ok();
}

}  // namespace

std::string to_json(const Report& report, bool on_one_line) {
  Json json = {{"date", report.date},
               {"commit", report.commit},
               {"machine",
                {{"processor", report.machine.processor},
                 {"cpu", report.machine.cpu},
                 {"features", report.machine.features},
                 {"cores", report.machine.cores}}}};
  if (!report.peer.empty()) json["peer"] = report.peer;
  for (const codegen::Roofs& roofs : report.roofs) json["roofs"].push_back(json_of(roofs));
  for (const Result& result : report.results) json["results"].push_back(json_of(result));
  return json.dump(on_one_line ? -1 : 1);
}

Status write_json(const std::string& path, const Report& report) {
  return write(path, std::ios::trunc, to_json(report, false));
}

Status append_json_line(const std::string& path, const Report& report) {
  return write(path, std::ios::app, to_json(report, true));
}

}  // namespace kiln::benchmarks
