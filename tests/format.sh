#!/usr/bin/env bash
# Names the C++ files that clang-format would change, and fails if there are any.
#   tests/format.sh [--fix]      with --fix, changes them
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

formatter="$(command -v clang-format-14 || command -v clang-format)" || {
  echo "format: error: there is no clang-format; run third_party/install.sh --for-tests" >&2
  exit 2
}
mapfile -t files < <(find codegen examples frontend ir passes runtime tests -name '*.cc' -o -name '*.h')
if [[ ${1:-} == --fix ]]; then
  exec "$formatter" -i "${files[@]}"
fi
"$formatter" --dry-run --Werror "${files[@]}" 2>&1 | sed -n 's/: error: code should.*//p' |
  cut -d: -f1 | sort | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/format: \2: \1 places; tests\/format.sh --fix/'
[[ ${PIPESTATUS[0]} == 0 ]]
