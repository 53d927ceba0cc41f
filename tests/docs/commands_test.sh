#!/usr/bin/env bash
# The commands in the documents print what stands there.
exec python3 docs/update.py --check --kiln frontend/cli/kiln
