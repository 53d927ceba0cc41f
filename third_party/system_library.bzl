"""A C or C++ library of the system: include folders and link options, no files of its own."""

def _system_library_impl(ctx):
    compilation = cc_common.create_compilation_context(
        system_includes = depset(ctx.attr.include_directories),
        defines = depset(ctx.attr.defines),
    )
    linking = cc_common.create_linking_context(
        linker_inputs = depset([cc_common.create_linker_input(
            owner = ctx.label,
            user_link_flags = depset(ctx.attr.linkopts),
        )]),
    )
    own = CcInfo(compilation_context = compilation, linking_context = linking)
    return [cc_common.merge_cc_infos(
        direct_cc_infos = [own],
        cc_infos = [dep[CcInfo] for dep in ctx.attr.deps],
    )]

# Bazel's cc_library takes no absolute include folders. Headers under /usr/include belong to the
# toolchain for Bazel: they are never copied into a sandbox, which LLVM's thousands would slow down.
system_library = rule(
    implementation = _system_library_impl,
    attrs = {
        "include_directories": attr.string_list(doc = "absolute, under /usr/include"),
        "defines": attr.string_list(),
        "linkopts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
    },
    provides = [CcInfo],
)
