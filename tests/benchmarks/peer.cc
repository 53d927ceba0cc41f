#include "tests/benchmarks/peer.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

#include "frontend/keras/files/model_json.h"
#include "tests/benchmarks/command.h"

namespace kiln::benchmarks {

Expected<Peer> Peer::create(const std::string& program, const keras::Model& model) {
  KILN_ASSIGN(const std::string json, keras::to_json(model));
  KILN_ASSIGN(codegen::TemporaryDirectory folder, codegen::TemporaryDirectory::create());
  Peer peer(program, std::move(folder));
  if (!(std::ofstream(peer.model_file()) << json))
    return Diagnostic{peer.model_file(), "cannot be written", ""};
  return peer;
}

Expected<std::vector<double>> Peer::run(Mode mode, int64_t batch, int threads) const {
  KILN_ASSIGN(const std::string output,
              output_of(fmt::format("{} {} {} {} {}", program_, shell_word(model_file()), batch,
                                    threads, name_of(mode))));
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
