"""What executables are linked with, as one `ar` archive to embed in the compiler."""

# However the compiler itself is built, what goes into a user's executable is optimised, without
# sanitizers, in sections that the linker can drop one by one.
def _release_impl(_settings, _attr):
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:copt": ["-g0", "-ffunction-sections", "-fdata-sections"],
        "//command_line_option:linkopt": [],
        "//command_line_option:platform_suffix": "",
    }

_release = transition(
    implementation = _release_impl,
    inputs = [],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:copt",
        "//command_line_option:linkopt",
        "//command_line_option:platform_suffix",
    ],
)

def _archives(dep):
    files = []
    for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
        for library in linker_input.libraries:
            files.append(library.pic_static_library or library.static_library)
    return [file for file in files if file]

def _link_files_impl(ctx):
    files = ctx.files.system
    for dep in ctx.attr.libraries:
        files = files + _archives(dep)
    out = ctx.actions.declare_file(ctx.label.name + ".ar")
    ctx.actions.run_shell(
        inputs = files,
        outputs = [out],
        command = "ar rcSD \"$@\"",
        arguments = [out.path] + [file.path for file in files],
        mnemonic = "LinkFiles",
    )
    return [DefaultInfo(files = depset([out]))]

link_files = rule(
    implementation = _link_files_impl,
    attrs = {
        "libraries": attr.label_list(providers = [CcInfo], cfg = _release),
        "system": attr.label_list(allow_files = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
