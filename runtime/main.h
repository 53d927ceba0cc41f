// The commands of a generated executable: fit, evaluate, predict, info.
#pragma once

#include <functional>

#include "runtime/abi.h"
#include "runtime/command_line.h"
#include "runtime/examples.h"
#include "runtime/expected.h"
#include "runtime/load_data.h"
#include "runtime/session.h"
#include "runtime/weights.h"

namespace kiln::runtime {

/// Called between the reading of data and the training with what is trained on, without what is
/// kept for validation.
using BeforeTraining = std::function<Status(Session& session, const Examples& examples)>;

/// Does what a command line says, printing to stdout.
Status run_command(const kiln_model& model, const CommandLine& line, const WeightFiles& files = {},
                   const ImageReader& images = nullptr, const BeforeTraining& before = nullptr);

/// The whole program, but for the model: reads the command line, does what it says, prints to
/// stdout, and to stderr the one error that stopped it. Returns the exit status, 0 or 2.
int run_main(const kiln_model& model, int argc, char** argv);

}  // namespace kiln::runtime
