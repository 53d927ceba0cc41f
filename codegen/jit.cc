#include "codegen/jit.h"

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/MemoryBuffer.h>

#include "runtime/device/halide_runtime.h"
#include "runtime/device/kernel_calls.h"

namespace kiln::codegen {
namespace {

namespace orc = llvm::orc;

Diagnostic to_diagnostic(llvm::Error error) {
  return {"", "cannot load the compiled code: " + llvm::toString(std::move(error)), ""};
}

/// What the objects leave undefined: the runtime's symbols, then whatever this process has.
llvm::Error define_symbols(orc::ExecutionSession& session, orc::JITDylib& library) {
  orc::SymbolMap symbols;
  for (const auto list : {runtime::halide_runtime_symbols(), runtime::kernel_call_symbols()}) {
    for (const runtime::Symbol& symbol : list) {
      symbols[session.intern(symbol.name)] = {orc::ExecutorAddr::fromPtr(symbol.address),
                                              llvm::JITSymbolFlags::Exported};
    }
  }
  if (auto error = library.define(orc::absoluteSymbols(std::move(symbols)))) return error;
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(/*GlobalPrefix=*/'\0');
  if (!process) return process.takeError();
  library.addGenerator(std::move(*process));
  return llvm::Error::success();
}

}  // namespace

/// ORC without LLJIT's compiler and platform: there is nothing left to compile.
struct Jit::State {
  explicit State(std::unique_ptr<orc::ExecutorProcessControl> process)
      : session(std::move(process)), layer(session), library(session.createBareJITDylib("kiln")) {}
  ~State() {
    if (auto error = session.endSession()) session.reportError(std::move(error));
  }

  llvm::Expected<const kiln_model*> link(const ObjectCode& code);

  orc::ExecutionSession session;
  orc::ObjectLinkingLayer layer;
  orc::JITDylib& library;
  const kiln_model* model = nullptr;
};

llvm::Expected<const kiln_model*> Jit::State::link(const ObjectCode& code) {
  if (auto error = define_symbols(session, library)) return error;
  for (const ObjectFile& object : code.objects) {
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(object.bytes, object.name);
    if (auto error = layer.add(library, std::move(buffer))) return error;
  }
  auto symbol = session.lookup({&library}, "kiln_model");
  if (!symbol) return symbol.takeError();
  return symbol->getAddress().toPtr<const kiln_model*>();
}

Jit::Jit(std::unique_ptr<State> state) : state_(std::move(state)) {}
Jit::Jit(Jit&&) noexcept = default;
Jit& Jit::operator=(Jit&&) noexcept = default;
Jit::~Jit() = default;

const kiln_model* Jit::model() const { return state_->model; }

Expected<Jit> Jit::load(const ObjectCode& code) {
  auto process = orc::SelfExecutorProcessControl::Create();
  if (!process) return to_diagnostic(process.takeError());
  auto state = std::make_unique<State>(std::move(*process));
  auto model = state->link(code);
  if (!model) return to_diagnostic(model.takeError());
  state->model = *model;
  return Jit(std::move(state));
}

}  // namespace kiln::codegen
