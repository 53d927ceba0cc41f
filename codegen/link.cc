#include "codegen/link.h"

#include <fmt/format.h>
#include <lld/Common/Driver.h>
#include <llvm/Object/Archive.h>
#include <llvm/Support/MemoryBuffer.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <system_error>
#include <vector>

#include "codegen/temporary_directory.h"

LLD_HAS_DRIVER(elf)

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

/// Writes the files that this program carries into a folder; their names in order.
Expected<std::vector<std::string>> extract_link_files(const TemporaryDirectory& directory) {
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

Status run_lld(const std::vector<std::string>& arguments) {
  static std::mutex one_at_a_time;  // LLD keeps its state in globals
  const std::lock_guard lock(one_at_a_time);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::string log;
  llvm::raw_string_ostream stream(log);
  const lld::Result result = lld::lldMain(argv, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0) return ok();
  return Diagnostic{"", "cannot link: " + first_error(log), ""};
}

/// What a static executable alone is linked with, and what one that opens drivers alone.
constexpr std::string_view kStaticFiles[] = {"crtbeginT.o", "libc.a", "libm-2.36.a", "libmvec.a"};
constexpr std::string_view kDynamicFiles[] = {"crtbegin.o", "libc.so.6", "libm.so.6",
                                              "libc_nonshared.a", "ld-linux-x86-64.so.2"};

bool belongs(std::string_view name, bool opens_drivers) {
  auto is_among = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  return !(opens_drivers ? is_among(kStaticFiles) : is_among(kDynamicFiles));
}

/// The command line as `gcc -static` gives it, or gcc with all libraries but the C library static.
std::vector<std::string> command_line(const std::vector<std::string>& objects, bool opens_drivers,
                                      const std::vector<std::string>& link_files,
                                      const TemporaryDirectory& directory,
                                      const std::string& output) {
  std::vector<std::string> line = {"ld.lld",      "--gc-sections",   "--icf=all",
                                   "--strip-all", "--build-id=none", "-z",
                                   "noexecstack"};
  if (opens_drivers) {
    line.insert(line.end(), {"-dynamic-linker", "/lib64/ld-linux-x86-64.so.2", "--eh-frame-hdr",
                             "--as-needed"});
  } else {
    // An exception that nobody catches need not name itself: that takes 45 KB of demangling.
    line.insert(line.end(),
                {"-static", "--defsym=_ZN9__gnu_cxx27__verbose_terminate_handlerEv=abort"});
  }
  line.insert(line.end(), {"-o", output});
  std::vector<std::string> libraries = {"--start-group"};
  std::vector<std::string> last;
  for (const std::string& name : link_files) {
    if (!belongs(name, opens_drivers)) continue;
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

/// The name of a new, empty file beside `output`, for the executable.
Expected<std::string> file_beside(const std::string& output) {
  std::string name = output + ".XXXXXX";
  const int descriptor = mkstemp(name.data());
  if (descriptor < 0)
    return Diagnostic{output, fmt::format("cannot write here: {}", std::strerror(errno)), ""};
  close(descriptor);
  return name;
}

}  // namespace

Status link_executable(const ObjectCode& code, const std::string& output) {
  KILN_ASSIGN(const std::string unfinished, file_beside(output));
  auto link = [&]() -> Status {
    KILN_ASSIGN(const TemporaryDirectory directory, TemporaryDirectory::create());
    KILN_ASSIGN(const auto link_files, extract_link_files(directory));
    std::vector<std::string> objects;
    for (const ObjectFile& object : code.objects) {
      objects.push_back(directory.file(object.name + ".o"));
      KILN_TRY(write_file(objects.back(), object.bytes));
    }
    // LLD maps its output, in which a full disk is a signal: here there was room for the libraries.
    const std::string linked = directory.file("executable");
    KILN_TRY(run_lld(command_line(objects, code.opens_drivers, link_files, directory, linked)));
    std::error_code error;
    std::filesystem::copy_file(linked, unfinished,
                               std::filesystem::copy_options::overwrite_existing, error);
    if (error) return Diagnostic{output, "cannot write: " + error.message(), ""};
    if (std::rename(unfinished.c_str(), output.c_str()) == 0) return ok();
    return Diagnostic{output, fmt::format("cannot write here: {}", std::strerror(errno)), ""};
  };
  Status linked = link();
  if (!linked) unlink(unfinished.c_str());
  return linked;
}

}  // namespace kiln::codegen
