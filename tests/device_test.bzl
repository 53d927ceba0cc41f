"""Suites that run on several kinds of devices."""

def every(n):
    """For opencl_env and compiled_env: a sample of every n-th case."""
    return {"GTEST_TOTAL_SHARDS": str(n), "GTEST_SHARD_INDEX": "0"}

def device_test(name, srcs, deps, size = "medium", opencl_size = "large", data = [], shard_count = None, env = {}, opencl_shard_count = None, opencl_env = {}, interpreted = False, compiled_env = {}):
    """The test NAME on the CPU and NAME_opencl on an OpenCL device, PoCL's where there is no other.

    On a CUDA device: bazel test --test_env=KILN_TEST_DEVICE=cuda NAME.
    The suite opens what tests/test_device.h says. env is NAME's alone. PoCL takes long to compile: opencl_env makes a sample of a long suite,
    which docs/devices.md says how to run as a whole. An interpreted suite evaluates functions by tests/evaluator.h: NAME by the
    interpreter, NAME_compiled (with compiled_env) and NAME_opencl as code.
    """
    compiled_deps = [name + "_suite"] + (["//tests/codegen:compiled_evaluation"] if interpreted else [])
    native.cc_library(
        name = name + "_suite",
        testonly = True,
        srcs = srcs,
        alwayslink = True,
        deps = deps + ["//tests:test_device"],
    )
    native.cc_test(
        name = name,
        size = size,
        data = data,
        env = env,
        shard_count = shard_count,
        deps = [name + "_suite"],
    )
    if interpreted:
        native.cc_test(
            name = name + "_compiled",
            size = size,
            data = data,
            env = compiled_env,
            shard_count = shard_count,
            tags = ["compiled"],
            deps = compiled_deps,
        )
    native.cc_test(
        name = name + "_opencl",
        size = opencl_size,
        data = data + ["//tests:leaks_of_others.txt"],
        env = dict(opencl_env, KILN_TEST_DEVICE = "opencl", LSAN_OPTIONS = "suppressions=tests/leaks_of_others.txt:print_suppressions=0"),
        shard_count = opencl_shard_count,
        tags = ["opencl"],
        deps = compiled_deps,
    )
