// Another program that runs the same step, to compare with. It is called as
//   PROGRAM MODEL.json BATCH THREADS train|predict
// with a model as Keras's model.to_json() writes it, compile_config included, and prints the
// microseconds of a step, a number a line, as often as it likes. What it prints to standard error is
// for people. peers/ has some.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "codegen/temporary_directory.h"
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

  /// Runs it: microseconds a step. Errors: it fails, or prints anything but numbers.
  Expected<std::vector<double>> run(Mode mode, int64_t batch, int threads) const;

 private:
  Peer(std::string program, codegen::TemporaryDirectory folder)
      : program_(std::move(program)), folder_(std::move(folder)) {}
  std::string model_file() const { return folder_.file("model.json"); }

  std::string program_;
  codegen::TemporaryDirectory folder_;
};

/// The numbers of a peer's output, one a line, all positive. `program` names it in errors.
Expected<std::vector<double>> peer_times(const std::string& program, const std::string& output);

}  // namespace kiln::benchmarks
