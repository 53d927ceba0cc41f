"""What executables are linked with, as one `ar` archive to embed in the compiler."""

# However the compiler itself is built, what goes into a user's executable is optimised, without
# sanitizers, in sections that the linker can drop one by one.
_OUTPUTS = ["//command_line_option:" + option for option in [
    "compilation_mode",
    "copt",
    "linkopt",
    "platform_suffix",
]]

def _settings(level):
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:copt": ["-g0", level, "-ffunction-sections", "-fdata-sections"],
        "//command_line_option:linkopt": [],
        "//command_line_option:platform_suffix": "",
    }

def _small_impl(_settings_before, _attr):
    return _settings("-Os")

def _fast_impl(_settings_before, _attr):
    return _settings("-O2")

_small = transition(implementation = _small_impl, inputs = [], outputs = _OUTPUTS)
_fast = transition(implementation = _fast_impl, inputs = [], outputs = _OUTPUTS)

def _linker_inputs(deps):
    return [
        linker_input
        for dep in deps
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list()
    ]

def _archives(linker_input):
    files = [
        library.pic_static_library or library.static_library
        for library in linker_input.libraries
    ]
    return [file for file in files if file]

def _link_files_impl(ctx):
    fast = [dep.label for dep in ctx.attr.fast_libraries]
    archives = []
    for linker_input in _linker_inputs(ctx.attr.fast_libraries):
        if linker_input.owner in fast:
            archives += _archives(linker_input)
    for linker_input in _linker_inputs(ctx.attr.libraries):
        if linker_input.owner not in fast:
            archives += _archives(linker_input)
    files = ctx.files.system + depset(archives).to_list()
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
        "libraries": attr.label_list(
            providers = [CcInfo],
            cfg = _small,
            doc = "with all that they depend on, compiled to be small",
        ),
        "fast_libraries": attr.label_list(
            providers = [CcInfo],
            cfg = _fast,
            doc = "those of them that work between two steps of training, compiled to be fast",
        ),
        "system": attr.label_list(allow_files = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
