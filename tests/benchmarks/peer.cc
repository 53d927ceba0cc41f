#include "tests/benchmarks/peer.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "frontend/keras/files/model_json.h"
#include "tests/benchmarks/command.h"

namespace kiln::benchmarks {
namespace {

std::string model_file(const std::string& folder) { return folder + "/model.json"; }

}  // namespace

Peer::Peer(std::string program, std::string folder)
    : program_(std::move(program)), folder_(std::move(folder)) {}

Peer::Peer(Peer&& other) noexcept
    : program_(std::move(other.program_)), folder_(std::exchange(other.folder_, "")) {}

Peer::~Peer() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Expected<Peer> Peer::create(const std::string& program, const keras::Model& model) {
  KILN_ASSIGN(const std::string json, keras::to_json(model));
  std::string folder = (std::filesystem::temp_directory_path() / "kiln-benchmarks-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr)
    return Diagnostic{folder, "cannot make a temporary folder", ""};
  Peer peer(program, folder);
  if (!(std::ofstream(model_file(folder)) << json))
    return Diagnostic{model_file(folder), "cannot be written", ""};
  return peer;
}

Expected<std::vector<double>> Peer::run(Mode mode, int64_t batch, int threads) const {
  KILN_ASSIGN(const std::string output,
              output_of(fmt::format("{} {} {} {} {}", program_, shell_word(model_file(folder_)),
                                    batch, threads, name_of(mode))));
  return peer_times(program_, output);
}

Expected<std::vector<double>> peer_times(const std::string& program, const std::string& output) {
  std::vector<double> times;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    double time = 0;
    const char* const end = line.data() + line.size();
    const auto [stop, error] = std::from_chars(line.data(), end, time);
    if (error != std::errc() || stop != end || !std::isfinite(time) || time <= 0) {
      return Diagnostic{program, fmt::format("prints \"{}\"", line),
                        "a peer prints the microseconds of a step, a number a line"};
    }
    times.push_back(time);
  }
  if (times.empty()) return Diagnostic{program, "prints no times", ""};
  return times;
}

}  // namespace kiln::benchmarks
