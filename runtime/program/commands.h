// The commands of a generated executable: fit, evaluate, predict, info.
#pragma once

#include <functional>

#include "runtime/base/abi.h"
#include "runtime/base/expected.h"
#include "runtime/data/examples.h"
#include "runtime/model/session.h"
#include "runtime/model/weights.h"
#include "runtime/program/command_line.h"
#include "runtime/program/load_data.h"

namespace kiln::runtime {

/// Called between the reading of data and the training with what is trained on, without what is
/// kept for validation.
using BeforeTraining = std::function<Status(Session& session, const Examples& examples)>;

/// A model, and what the program around it has for the commands.
struct Program {
  const kiln_model& model;
  const kiln_checkpoint* checkpoint = nullptr;  ///< null: the program has no trained state
  WeightFiles files = {};
  ImageReader images = nullptr;
  BeforeTraining before = nullptr;
  DataLoader* loader = nullptr;  ///< what has read the data already; null: it is read here
};

/// Does what a command line says, printing to stdout.
Status run_command(const Program& program, const CommandLine& line);

/// The whole program: reads the command line, does what it says, prints to stdout, and to stderr
/// the one error that stopped it. Returns the exit status, 0 or 2.
int run_main(const Program& program, int argc, char** argv);

}  // namespace kiln::runtime
