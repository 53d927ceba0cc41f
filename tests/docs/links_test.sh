#!/usr/bin/env bash
# Links and paths in the documents lead to something.
exec python3 tests/docs/links.py "$(dirname "$(realpath README.md)")"
