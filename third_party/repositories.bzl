"""Repository rules that show installed files to Bazel. They link files and never download."""

def _pinned_version(ctx):
    for line in ctx.read(ctx.attr.requirements).splitlines():
        if "==" in line and not line.startswith("#"):
            return line.split("==")[1].split(" ")[0]
    fail("{} names no version".format(ctx.attr.requirements))

def _installed_directory(ctx, name):
    """The folder that install.sh unzipped a wheel's files to: the same rule as in install.sh."""
    env = ctx.os.environ
    cache = env.get("KILN_CACHE", "")
    if not cache:
        cache = (env.get("XDG_CACHE_HOME", "") or env.get("HOME", "") + "/.cache") + "/kiln"
    return "{}/{}-{}".format(cache, name, _pinned_version(ctx))

def _wheel_repository(implementation):
    return repository_rule(
        implementation = implementation,
        attrs = {"requirements": attr.label(allow_single_file = True, mandatory = True)},
        environ = ["HOME", "KILN_CACHE", "XDG_CACHE_HOME"],
        local = True,
    )

_HALIDE_BUILD = """
cc_import(
    name = "library",
    shared_library = "lib/libHalide.so",
)

cc_library(
    name = "headers",
    hdrs = glob(["include/*.h"]),
    includes = ["include"],
    visibility = ["//visibility:public"],
)

cc_library(
    name = "halide",
    # In bazel-bin, Bazel's own run path finds libHalide.so. A copied binary looks beside itself,
    # in ../lib, and then where it is installed here.
    linkopts = [
        "-Wl,-rpath,$$ORIGIN",
        "-Wl,-rpath,$$ORIGIN/../lib",
        "-Wl,-rpath,{directory}/lib",
        "-ldl",
        "-lpthread",
    ],
    visibility = ["//visibility:public"],
    deps = [
        ":headers",
        ":library",
    ],
)
"""

def _halide_repository_impl(ctx):
    directory = _installed_directory(ctx, "halide")
    if not ctx.path(directory + "/lib/libHalide.so").exists:
        fail("Halide is not in {}: run third_party/install.sh".format(directory))
    ctx.symlink(directory + "/include", "include")
    ctx.symlink(directory + "/lib", "lib")
    ctx.file("BUILD", _HALIDE_BUILD.format(directory = directory), executable = False)

halide_repository = _wheel_repository(_halide_repository_impl)

_PTXAS_BUILD = """
filegroup(
    name = "ptxas",
    srcs = glob(["bin/ptxas"], allow_empty = True),
    visibility = ["//visibility:public"],
)
"""

def _ptxas_repository_impl(ctx):
    """Tests alone run it, and do without where it is not installed: then the filegroup is empty."""
    directory = _installed_directory(ctx, "ptxas")
    if ctx.path(directory + "/bin/ptxas").exists:
        ctx.symlink(directory + "/bin/ptxas", "bin/ptxas")
    ctx.file("BUILD", _PTXAS_BUILD, executable = False)

ptxas_repository = _wheel_repository(_ptxas_repository_impl)

def _system_files_impl(ctx):
    links = dict(ctx.attr.files)
    for library in ctx.attr.libraries:
        links[library] = ctx.execute(["gcc", "-print-file-name=" + library]).stdout.strip()
    build = "exports_files({})\n".format(links.keys())
    for folder, path in ctx.attr.headers.items():
        links[folder] = path
        build += _HEADERS_BUILD.format(folder = folder)
    for name, path in links.items():
        if not path.startswith("/") or not ctx.path(path).exists:
            fail("{} is not installed: run third_party/install.sh".format(name))
        ctx.symlink(path, name)
    ctx.file("BUILD", build, executable = False)

_HEADERS_BUILD = """
cc_library(
    name = "{folder}_headers",
    hdrs = glob(["{folder}/**/*.h"]),
    includes = ["."],
    visibility = ["//visibility:public"],
)
"""

system_files = repository_rule(
    implementation = _system_files_impl,
    attrs = {
        "files": attr.string_dict(doc = "name in the repository -> absolute path"),
        "headers": attr.string_dict(doc = "folder of headers, as #include names it -> absolute path"),
        "libraries": attr.string_list(doc = "archives on the compiler's search path"),
    },
    local = True,
)
