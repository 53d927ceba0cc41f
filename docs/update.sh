#!/usr/bin/env bash
# bazel run //docs:update
exec python3 docs/update.py --kiln frontend/cli/kiln "$@"
