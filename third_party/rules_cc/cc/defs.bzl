"""The part of rules_cc that Bazel 4.2.3 loads; its C++ rules are still built in, so they are only forwarded."""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite

def _ignored_impl(_ctx):
    return [platform_common.TemplateVariableInfo({})]

# Bazel's own packages declare these two; nothing in this tree reads their values.
cc_flags_supplier = rule(
    implementation = _ignored_impl,
)

compiler_flag = rule(
    implementation = _ignored_impl,
)
