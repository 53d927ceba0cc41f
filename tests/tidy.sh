#!/usr/bin/env bash
# Checks with clang-tidy the C++ files that differ from a commit, and fails if it warns; .clang-tidy says of what.
#   tests/tidy.sh [COMMIT]      default: what the last commit and the working tree changed, where git knows that
#   tests/tidy.sh --all         every file, about 40 minutes on two cores
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

command -v clang-tidy-14 >/dev/null || {
  echo "tidy: error: there is no clang-tidy-14; run third_party/install.sh --for-tests" >&2
  exit 2
}
if [[ ${1:-} == --all ]]; then
  changed="$(git ls-files '*.cc' '*.h')"
elif (($# == 0)) && ! git rev-parse --quiet --verify HEAD~1 >/dev/null 2>&1; then
  echo "tidy: skipped: git knows no commit before this one" >&2
  exit 0
elif ! changed="$(git diff --name-only --diff-filter=d "${1:-HEAD~1}" -- '*.cc' '*.h')"; then
  echo "tidy: error: name a commit that git can compare with" >&2
  exit 2
fi
third_party/compile_commands.py >/dev/null 2>&1 || {
  echo "tidy: error: third_party/compile_commands.py fails" >&2
  exit 2
}
# Clang 14 knows fewer names of CPU features than GCC, so it cannot read this file.
readonly UNREADABLE=runtime/device/cpu_features.cc
# A header is checked with the source of its name, or with whatever includes it.
mapfile -t sources < <(sed 's/\.h$/.cc/' <<<"$changed" | sort -u | grep -Fxv "$UNREADABLE" | grep -Fxf - \
  <(sed -n 's/^ *"file": "\(.*\)",\?$/\1/p' compile_commands.json))
echo "tidy: ${#sources[@]} files"
((${#sources[@]})) || exit 0
printf '%s\0' "${sources[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p . --quiet --warnings-as-errors='*' 2>/dev/null
