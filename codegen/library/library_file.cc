#include "codegen/library/library_file.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>

#include "codegen/link.h"

namespace kiln::codegen {
namespace {

Diagnostic failure(const char* what, llvm::Error error) {
  return {"", std::string(what) + ": " + llvm::toString(std::move(error)), "this is a bug in kiln"};
}

/// Keeps these symbols global, makes all others local, and drops the names that nothing needs.
Expected<std::string> hide_symbols(const std::string& object,
                                   const std::vector<std::string>& visible) {
  llvm::objcopy::ConfigManager config;
  for (const std::string& symbol : visible) {
    llvm::cantFail(
        config.Common.SymbolsToKeepGlobal.addMatcher(llvm::objcopy::NameOrPattern::create(
            symbol, llvm::objcopy::MatchStyle::Literal, [](llvm::Error error) { return error; })));
  }
  config.Common.StripUnneeded = true;
  auto file = llvm::object::createBinary(llvm::MemoryBufferRef(object, "library"));
  if (!file) return failure("cannot read an object file", file.takeError());
  std::string hidden;
  llvm::raw_string_ostream stream(hidden);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, **file, stream))
    return failure("cannot hide the symbols of an object file", std::move(error));
  return hidden;
}

}  // namespace

Expected<std::string> join_objects(const ObjectCode& code,
                                   const std::vector<std::string>& visible) {
  KILN_ASSIGN(const std::string joined, link_relocatable(code));
  return hide_symbols(joined, visible);
}

Expected<std::string> static_library(const std::string& object, const std::string& member) {
  std::vector<llvm::NewArchiveMember> members;
  members.emplace_back(llvm::MemoryBufferRef(object, member));
  auto archive = llvm::writeArchiveToBuffer(members, llvm::SymtabWritingMode::NormalSymtab,
                                            llvm::object::Archive::K_GNU,
                                            /*Deterministic=*/true, /*Thin=*/false);
  if (!archive) return failure("cannot write a static library", archive.takeError());
  return (*archive)->getBuffer().str();
}

Expected<ObjectSizes> sizes_of(const std::string& object) {
  auto file =
      llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(object, "library"));
  if (!file) return failure("cannot read an object file", file.takeError());
  ObjectSizes sizes;
  for (const llvm::object::ELFSectionRef section : (*file)->sections()) {
    const uint64_t flags = section.getFlags();
    if ((flags & llvm::ELF::SHF_ALLOC) == 0) continue;
    const bool is_code = (flags & llvm::ELF::SHF_EXECINSTR) != 0;
    (is_code ? sizes.code : sizes.constants) += static_cast<int64_t>(section.getSize());
  }
  return sizes;
}

}  // namespace kiln::codegen
