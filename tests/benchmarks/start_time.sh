#!/usr/bin/env bash
# bazel run //tests/benchmarks:start_time
exec python3 tests/benchmarks/start_time.py "$@"
