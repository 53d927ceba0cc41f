// kiln layers, losses, metrics, ...: the options of what Keras's files name.
#include "frontend/keras/options/reference.h"

#include <fmt/format.h>

#include <memory>

#include "frontend/cli/subcommand.h"
#include "frontend/keras/functions/constraints.h"
#include "frontend/keras/functions/initializers.h"
#include "frontend/keras/functions/regularizers.h"
#include "frontend/keras/layers/list.h"
#include "frontend/keras/losses/losses.h"
#include "frontend/keras/metrics/list.h"
#include "frontend/keras/optimizers/optimizer.h"
#include "frontend/keras/schedules/schedule.h"
#include "runtime/training/callbacks/callback_options.h"

namespace kiln::cli {
namespace {

struct Kind {
  const char* name;      ///< the subcommand
  const char* singular;  ///< what one of them is called
  std::vector<keras::ClassReference> (*classes)();
};

/// Callbacks are the runtime's; Keras's files do not have them.
std::vector<keras::ClassReference> callback_reference() {
  std::vector<keras::ClassReference> classes;
  for (const runtime::CallbackReference& callback : runtime::callback_reference()) {
    keras::ClassReference described{callback.class_name,
                                    fmt::format("--{}: {}", callback.option, callback.meaning)};
    for (const runtime::OptionField& field : callback.fields) {
      described.options.push_back({field.name, field.type, field.default_value, field.meaning});
    }
    classes.push_back(std::move(described));
  }
  return classes;
}

constexpr Kind kKinds[] = {
    {"layers", "layer", keras::layer_reference},
    {"losses", "loss", keras::loss_reference},
    {"metrics", "metric", keras::metric_reference},
    {"optimizers", "optimizer", keras::optimizer_reference},
    {"schedules", "schedule", keras::schedule_reference},
    {"initializers", "initializer", keras::initializer_reference},
    {"regularizers", "regularizer", keras::regularizer_reference},
    {"constraints", "constraint", keras::constraint_reference},
    {"callbacks", "callback", callback_reference},
};

struct ReferenceArguments {
  std::string name;
  bool json = false;
};

Status print_reference(const Kind& kind, const ReferenceArguments& arguments) {
  std::vector<keras::ClassReference> classes = kind.classes();
  const bool is_one = !arguments.name.empty();
  if (is_one) {
    KILN_ASSIGN(keras::ClassReference found,
                keras::find_class(classes, arguments.name, kind.singular));
    classes = {std::move(found)};
  }
  if (arguments.json) {
    fmt::print("{}", keras::reference_json(classes));
  } else if (is_one) {
    fmt::print("{}", keras::reference_text(classes[0]));
  } else {
    fmt::print("{}", keras::reference_text(classes));
  }
  return ok();
}

void add_kind(const Kind& kind, CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand(
      kind.name, fmt::format("list the {}, or the options of one", kind.name));
  auto arguments = std::make_shared<ReferenceArguments>();
  command->add_option("NAME", arguments->name,
                      fmt::format("show this {}'s options", kind.singular));
  command->add_flag("--json", arguments->json, "for programs: all options, as JSON");
  command->callback([&kind, &action, arguments] {
    action = [&kind, arguments] { return print_reference(kind, *arguments); };
  });
}

}  // namespace

void add_references(CLI::App& program, Action& action) {
  for (const Kind& kind : kKinds) add_kind(kind, program, action);
}

}  // namespace kiln::cli
