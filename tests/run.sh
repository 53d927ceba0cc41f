#!/usr/bin/env bash
# Installs what is missing, builds and tests everything, and ends with one line that counts the cases:
# "N passed, N failed" (", N skipped" where some were). Succeeds only if all was built and none failed.
#   tests/run.sh [bazel option or target]...     e.g. tests/run.sh --config=asan //ir/...
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

third_party/install.sh --for-tests || exit 1

targets=(//...)
for argument in "$@"; do
  [[ $argument == //* ]] && targets=()
done

events="$(mktemp)"
trap 'rm -f "$events"' EXIT
/usr/bin/bazel test --keep_going --test_summary=none --build_event_json_file="$events" \
  "$@" "${targets[@]}"
python3 tests/summary.py "$events" $?
