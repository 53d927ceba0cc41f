"""Suites that run on several kinds of devices."""

def device_test(name, srcs, deps, size = "medium", opencl_size = "large", data = [], shard_count = None, opencl_shard_count = None, opencl_env = {}, opencl_deps = []):
    """The test NAME on the CPU and NAME_opencl on an OpenCL device, PoCL's where there is no other.

    On a CUDA device: bazel test --test_env=KILN_TEST_DEVICE=cuda NAME.
    The suite opens what tests/test_device.h says. opencl_env makes it smaller, where it is too long; opencl_deps
    are linked in addition.
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
