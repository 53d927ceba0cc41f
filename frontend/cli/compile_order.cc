#include "frontend/cli/compile_order.h"

#include <fmt/format.h>

#include "codegen/library/interface.h"

namespace kiln::cli {
namespace {

Expected<LibraryPurpose> purpose_of(const CompileArguments& arguments, const CompileOrder& order) {
  if (arguments.model.purpose == keras::Purpose::predict) return LibraryPurpose::predict;
  if (!arguments.purpose.empty()) return LibraryPurpose::train;
  if (order.has_library() && order.has(Emit::exe)) {
    return Diagnostic{"--emit", "an executable trains, as a rule, and a library predicts",
                      "say --for=train or --for=predict for both"};
  }
  return order.has_library() ? LibraryPurpose::predict : LibraryPurpose::train;
}

Status check_library(const CompileArguments& arguments, const CompileOrder& order) {
  if (!arguments.name.empty() && !codegen::is_c_identifier(arguments.name)) {
    return Diagnostic{"--name", fmt::format("\"{}\" is no name in C", arguments.name),
                      fmt::format("{} is one", codegen::c_identifier(arguments.name))};
  }
  if (arguments.devices != "cpu")
    return Diagnostic{"--device", "a library is for the CPU", "leave it out, or --emit=exe"};
  if (arguments.model.shapes.size() > 1)
    return Diagnostic{"--shape", "a library is for one shape of its inputs", "give it once"};
  const std::string header = header_path(arguments.output);
  for (const Emit kind : order.kinds) {
    if (path_of(kind, arguments.output, order.kinds.size() == 1, order.library) == header)
      return Diagnostic{arguments.output, "is what the library's header is called",
                        "give --output another extension"};
  }
  return ok();
}

Status choose_machine(const CompileArguments& arguments, CompileOrder& order) {
  if (arguments.target == "native") return ok();
  KILN_ASSIGN(order.machine, codegen::find_machine(arguments.target, "--target"));
  if (order.has(Emit::exe) && !codegen::runs_executables(*order.machine)) {
    return Diagnostic{
        "--target",
        fmt::format("there are no executables for {}, only libraries", arguments.target),
        "add --emit=lib, shared or object"};
  }
  return ok();
}

}  // namespace

Expected<CompileOrder> order_of(const CompileArguments& arguments) {
  CompileOrder order;
  KILN_ASSIGN(order.kinds, parse_emit(arguments.emit));
  KILN_TRY(choose_machine(arguments, order));
  KILN_ASSIGN(order.purpose, purpose_of(arguments, order));
  order.library = arguments.name.empty() ? library_name(arguments.output) : arguments.name;
  order.streams = arguments.purpose == "step";
  if (order.streams && order.has(Emit::exe))
    return Diagnostic{"--for=step", "is for libraries", "add --emit=lib, shared or object"};
  if (order.has_library()) {
    KILN_TRY(check_library(arguments, order));
  } else if (!arguments.name.empty()) {
    return Diagnostic{"--name", "only a library has one", "add --emit=lib, shared or object"};
  } else if (arguments.self_test) {
    return Diagnostic{"--self-test", "only a library has one", "add --emit=lib, shared or object"};
  } else if (arguments.max_flash > 0 || arguments.max_ram > 0) {
    return Diagnostic{arguments.max_flash > 0 ? "--max-flash" : "--max-ram", "is for libraries",
                      "add --emit=lib, shared or object"};
  }
  return order;
}

}  // namespace kiln::cli
