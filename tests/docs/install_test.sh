#!/usr/bin/env bash
# bazel run //:install: the command runs from where it was installed, with nothing of Bazel's output.
set -uo pipefail
prefix="$TEST_TMPDIR/a prefix"
failed=0

check() { # what, condition...
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then return; fi
  echo "FAILED: $what"
  failed=1
}

# Prints the installed code generator's libHalide.so as the dynamic linker finds it.
loaded_halide() { LD_TRACE_LOADED_OBJECTS=1 "$prefix/lib/kiln/kiln-codegen" | awk '$1 == "libHalide.so"' | cut -d' ' -f3-; }

frontend/install/install --prefix "$prefix" || exit 1
frontend/install/install --prefix="$prefix" || exit 1 # over itself

export KILN_CACHE="$TEST_TMPDIR/cache"
cd "$TEST_TMPDIR" || exit 1
check "kiln ops prints the table" bash -c '"$1/bin/kiln" ops | grep -q "^dot_general "' - "$prefix"
check "the library is the installed one" [ "$(loaded_halide | grep -c "^$prefix/lib/kiln/")" = 1 ]
check "the command is stripped" [ "$(stat -c %s "$prefix/lib/kiln/kiln")" -lt "$(stat -Lc %s "$OLDPWD/frontend/cli/kiln")" ]
check "a model compiles" "$prefix/bin/kiln" compile mnist_mlp -o "$TEST_TMPDIR/mnist"
check "the program that it wrote runs" "$TEST_TMPDIR/mnist" info
check "the command itself loads neither Halide nor LLVM" bash -c '
  [[ "$(LD_TRACE_LOADED_OBJECTS=1 "$1/bin/kiln")" != *@(libHalide|libLLVM)* ]]' - "$prefix"
check "the manual page knows every command" bash -c '
  "$1/bin/kiln" --help | sed -n "/^Subcommands/,\$s/^  \([a-z]\+\).*/\1/p" |
    while read -r command; do grep -q "^.SS kiln $command" "$1/share/man/man1/kiln.1" || exit 1; done' - "$prefix"
check "bash completes inspect" bash -c '
  source "$1/share/bash-completion/completions/kiln"
  COMP_WORDS=(kiln insp) COMP_CWORD=1
  _kiln && [[ ${COMPREPLY[*]} == inspect ]]' - "$prefix"
check "the licence is there" [ -s "$prefix/share/doc/kiln/LICENSE" ]
check "an unknown option is an error" bash -c 'cd "$1" && frontend/install/install --prefx x; [[ $? == 2 ]]' - "$OLDPWD"
exit "$failed"
