// Another program that runs the same step, to compare with. It is called as
//   PROGRAM MODEL.json BATCH THREADS train|predict
// with a model as Keras's model.to_json() writes it, compile_config included, and prints the
// microseconds of a step, a number a line, as often as it likes. What it prints to standard error is
// for people. peers/ has some.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"
#include "tests/benchmarks/step.h"

namespace kiln::benchmarks {

/// A peer and the model that it gets.
class Peer {
 public:
  /// `program`: what a shell understands, arguments included. Errors: a model that Keras's JSON
  /// cannot say, no place for a temporary file.
  static Expected<Peer> create(const std::string& program, const keras::Model& model);
  Peer(Peer&& other) noexcept;
  Peer& operator=(Peer&&) = delete;
  ~Peer();

  /// Runs it: microseconds a step. Errors: it fails, or prints anything but numbers.
  Expected<std::vector<double>> run(Mode mode, int64_t batch, int threads) const;

 private:
  Peer(std::string program, std::string folder);

  std::string program_;
  std::string folder_;  ///< temporary; the model is in it
};

/// The numbers of a peer's output, one a line, all positive. `program` names it in errors.
Expected<std::vector<double>> peer_times(const std::string& program, const std::string& output);

}  // namespace kiln::benchmarks
