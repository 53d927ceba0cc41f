"""Suites that run on several kinds of devices."""

def every(n):
    """For opencl_env: a sample of every n-th case."""
    return {"GTEST_TOTAL_SHARDS": str(n), "GTEST_SHARD_INDEX": "0"}

def device_test(name, srcs, deps, size = "medium", opencl_size = "large", data = [], shard_count = None, opencl_shard_count = None, opencl_env = {}, opencl_deps = []):
    """The test NAME on the CPU and NAME_opencl on an OpenCL device, PoCL's where there is no other.

    On a CUDA device: bazel test --test_env=KILN_TEST_DEVICE=cuda NAME.
    The suite opens what tests/test_device.h says. PoCL takes long to compile: opencl_env makes a sample of a long suite,
    which README says how to run as a whole. opencl_deps are linked in addition.
    """
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
        shard_count = shard_count,
        deps = [name + "_suite"],
    )
    native.cc_test(
        name = name + "_opencl",
        size = opencl_size,
        data = data,
        env = dict(opencl_env, KILN_TEST_DEVICE = "opencl"),
        shard_count = opencl_shard_count,
        tags = ["opencl"],
        deps = [name + "_suite"] + opencl_deps,
    )
