#!/usr/bin/env bash
# run.sh KILN FILECHECK FILE.kir: runs the file's RUN line (which starts with "kiln") and checks what
# it prints, stderr included, against the file's CHECK lines.
set -uo pipefail
kiln=$1 filecheck=$2 file=$3
line=$(sed -n 's|^// RUN: kiln ||p' "$file")
if [[ -z $line ]]; then
  echo "$file has no RUN line" >&2
  exit 1
fi
# shellcheck disable=SC2086  # the words of the RUN line are the arguments
"$kiln" ${line//%s/$file} 2>&1 | "$filecheck" --dump-input=fail "$file"
exit "${PIPESTATUS[1]}"
