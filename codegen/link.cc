#include "codegen/link.h"

#include <lld/Common/Driver.h>
#include <llvm/Object/Archive.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string_view>
#include <vector>

#include "codegen/cache.h"
#include "codegen/temporary_directory.h"

LLD_HAS_DRIVER(elf)

// Symbols that LLD 19 (ELF/Symbols.h, which is not installed) keeps from one link to the next: one
// that does not define them, as that of a shared object after a static executable's, would write
// into those of the last, which are gone.
namespace lld::elf {
class Defined;
struct ElfSym {
  static Defined *bss, *etext1, *etext2, *edata1, *edata2, *end1, *end2, *globalOffsetTable,
      *relaIpltStart, *relaIpltEnd, *tlsModuleBase;
};
}  // namespace lld::elf

// An `ar` archive of files to link with (see BUILD), made part of this program.
extern "C" const char kiln_link_files_start[];
extern "C" const char kiln_link_files_end[];

namespace kiln::codegen {
namespace {

Status write_file(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) return ok();
  return Diagnostic{path, "cannot write this file",
                    "is the disk full? TMPDIR names another folder"};
}

/// What is linked, from the files that this program carries.
enum class Kind {
  static_executable,
  executable_with_drivers,
  shared_object,
  foreign_shared_object,
  relocatable
};

/// What to link.
struct Request {
  Kind kind;
  std::vector<std::string> visible = {};  ///< of a shared object, the symbols that others see
  std::string soname = {};                ///< of a shared object; empty: none
};

/// What only some kinds are linked with.
constexpr std::string_view kStaticFiles[] = {"crtbeginT.o", "libc.a", "libm-2.36.a", "libmvec.a"};
constexpr std::string_view kDynamicFiles[] = {"crtbegin.o", "libc.so.6", "libm.so.6",
                                              "libc_nonshared.a", "ld-linux-x86-64.so.2"};
/// All that a shared object is linked with: of the C library and of the compiler's.
constexpr std::string_view kSharedObjectFiles[] = {"libc.so.6", "libm.so.6", "libc_nonshared.a",
                                                   "ld-linux-x86-64.so.2", "libgcc.a"};

bool belongs(std::string_view name, Kind kind) {
  auto is_among = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  if (kind == Kind::relocatable || kind == Kind::foreign_shared_object) return false;
  if (kind == Kind::shared_object) return is_among(kSharedObjectFiles);
  return kind == Kind::static_executable ? !is_among(kDynamicFiles) : !is_among(kStaticFiles);
}

/// Writes the files that this program carries for a kind into a folder; their names in order.
Expected<std::vector<std::string>> extract_link_files(Kind kind,
                                                      const TemporaryDirectory& directory) {
  const llvm::StringRef bytes(kiln_link_files_start,
                              static_cast<size_t>(kiln_link_files_end - kiln_link_files_start));
  std::vector<std::string> names;
  auto archive = llvm::object::Archive::create(llvm::MemoryBufferRef(bytes, "link files"));
  if (!archive)
    return Diagnostic{"", "kiln's own archive is damaged: " + llvm::toString(archive.takeError()),
                      ""};
  llvm::Error error = llvm::Error::success();
  for (const auto& child : (*archive)->children(error)) {
    const llvm::StringRef name = llvm::cantFail(child.getName());
    if (!belongs(name, kind)) continue;
    names.push_back(name.str());
    KILN_TRY(write_file(directory.file(names.back()), llvm::cantFail(child.getBuffer())));
  }
  if (error)
    return Diagnostic{"", "kiln's own archive is damaged: " + llvm::toString(std::move(error)), ""};
  return names;
}

/// LLD's first error, without its program name.
std::string first_error(std::string_view log) {
  constexpr std::string_view kPrefix = "error: ";
  if (size_t at = log.find(kPrefix); at != std::string_view::npos)
    log.remove_prefix(at + kPrefix.size());
  return std::string(log.substr(0, log.find('\n')));
}

void forget_symbols_of_last_link() {
  using Symbols = lld::elf::ElfSym;
  for (lld::elf::Defined** symbol :
       {&Symbols::bss, &Symbols::etext1, &Symbols::etext2, &Symbols::edata1, &Symbols::edata2,
        &Symbols::end1, &Symbols::end2, &Symbols::globalOffsetTable, &Symbols::relaIpltStart,
        &Symbols::relaIpltEnd, &Symbols::tlsModuleBase})
    *symbol = nullptr;
}

Status run_lld(const std::vector<std::string>& arguments) {
  static std::mutex one_at_a_time;  // LLD keeps its state in globals
  const std::lock_guard lock(one_at_a_time);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  forget_symbols_of_last_link();
  std::string log;
  llvm::raw_string_ostream stream(log);
  const lld::Result result = lld::lldMain(argv, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0) return ok();
  return Diagnostic{"", "cannot link: " + first_error(log), ""};
}

Expected<std::vector<std::string>> shared_object_options(const Request& request,
                                                         const TemporaryDirectory& directory) {
  std::string script = "{ global: ";
  for (const std::string& symbol : request.visible) script += symbol + "; ";
  const std::string visible = directory.file("visible");
  KILN_TRY(write_file(visible, script + "local: *; };"));
  std::vector<std::string> options = {"-shared", "--as-needed", "--version-script=" + visible};
  if (!request.soname.empty()) options.push_back("-soname=" + request.soname);
  return options;
}

/// What is special about a kind on the linker's command line.
Expected<std::vector<std::string>> options(const Request& request,
                                           const TemporaryDirectory& directory) {
  switch (request.kind) {
    case Kind::static_executable:
      // As `gcc -static`. An exception that nobody catches need not name itself: that takes 45 KB
      // of demangling.
      return std::vector<std::string>{
          "--icf=all", "-static", "--defsym=_ZN9__gnu_cxx27__verbose_terminate_handlerEv=abort"};
    case Kind::executable_with_drivers:
      // As gcc, with all libraries but the C library static.
      return std::vector<std::string>{"--icf=all", "-dynamic-linker", "/lib64/ld-linux-x86-64.so.2",
                                      "--eh-frame-hdr", "--as-needed"};
    case Kind::shared_object:
    case Kind::foreign_shared_object:
      return shared_object_options(request, directory);
    case Kind::relocatable:
      break;
  }
  return std::vector<std::string>{"-r"};
}

/// What all kinds have in common, but for a file that is linked again.
std::vector<std::string> common_options(Kind kind) {
  // LLD would map its output, in which a full disk is a signal.
  std::vector<std::string> line = {"ld.lld", "--no-mmap-output-file", "--build-id=none", "-z",
                                   "noexecstack"};
  if (kind != Kind::relocatable) line.insert(line.end(), {"--gc-sections", "--strip-all"});
  return line;
}

/// The linker's command line.
Expected<std::vector<std::string>> command_line(const Request& request,
                                                const std::vector<std::string>& objects,
                                                const std::vector<std::string>& link_files,
                                                const TemporaryDirectory& directory,
                                                const std::string& output) {
  std::vector<std::string> line = common_options(request.kind);
  KILN_ASSIGN(const std::vector<std::string> special, options(request, directory));
  line.insert(line.end(), special.begin(), special.end());
  line.insert(line.end(), {"-o", output});
  std::vector<std::string> libraries = {"--start-group"};
  std::vector<std::string> last;
  for (const std::string& name : link_files) {
    const bool is_library = !name.ends_with(".o");
    const bool is_last = name == "crtend.o" || name == "crtn.o";
    (is_library ? libraries : is_last ? last : line).push_back(directory.file(name));
  }
  libraries.push_back("--end-group");
  line.insert(line.end(), objects.begin(), objects.end());
  line.insert(line.end(), libraries.begin(), libraries.end());
  line.insert(line.end(), last.begin(), last.end());
  return line;
}

/// The file that is made of the objects.
Expected<std::string> linked(const Request& request, const ObjectCode& code) {
  KILN_ASSIGN(const TemporaryDirectory directory, TemporaryDirectory::create());
  KILN_ASSIGN(const auto link_files, extract_link_files(request.kind, directory));
  std::vector<std::string> objects;
  for (const ObjectFile& object : code.objects) {
    objects.push_back(directory.file(object.name + ".o"));
    KILN_TRY(write_file(objects.back(), object.bytes));
  }
  const std::string output = directory.file("linked");
  KILN_ASSIGN(const auto line, command_line(request, objects, link_files, directory, output));
  KILN_TRY(run_lld(line));
  if (auto bytes = read_bytes(output)) return std::move(*bytes);
  return Diagnostic{output, "cannot read what was just linked", ""};
}

}  // namespace

Expected<std::string> link_executable(const ObjectCode& code) {
  return linked({code.opens_drivers ? Kind::executable_with_drivers : Kind::static_executable},
                code);
}

Expected<std::string> link_shared_object(const ObjectCode& code) {
  return linked({Kind::shared_object, {"kiln_model"}}, code);
}

Expected<std::string> link_shared_library(const ObjectCode& code,
                                          const std::vector<std::string>& visible,
                                          const std::string& soname, bool foreign) {
  return linked({foreign ? Kind::foreign_shared_object : Kind::shared_object, visible, soname},
                code);
}

Expected<std::string> link_relocatable(const ObjectCode& code) {
  return linked({Kind::relocatable}, code);
}

}  // namespace kiln::codegen
