#!/usr/bin/env bash
# Installs the kiln command below a prefix, so that neither the checkout nor Bazel's output is needed any more.
#   bazel run //:install -- [--prefix DIR]      DIR is /usr/local unless said otherwise
# What comes there:
#   bin/kiln                                    a link to lib/kiln/kiln
#   lib/kiln/kiln                               the stripped command
#   lib/kiln/kiln-codegen, libHalide.so         what it becomes to compile, and the library that no Debian package has
#   share/man/man1/kiln.1                       the manual page, from the command's own help
#   share/bash-completion/completions/kiln      completion of the command line in bash
#   share/doc/kiln/                             licences
# Debian's libraries (LLVM, HDF5, ...) stay where apt put them.
set -euo pipefail

prefix=/usr/local
while (($# > 0)); do
  case $1 in
  --prefix) prefix=${2:?"install: error: --prefix wants a folder"} && shift 2 ;;
  --prefix=*) prefix=${1#--prefix=} && shift ;;
  *) echo "install: error: $1: the only option is --prefix DIR" >&2 && exit 2 ;;
  esac
done

# bazel run starts programs in a folder of its own; a relative prefix is meant from the user's.
[[ $prefix == /* ]] || prefix="${BUILD_WORKING_DIRECTORY:-$PWD}/$prefix"

kiln=frontend/cli/kiln
codegen=frontend/cli/kiln-codegen
man_page=frontend/install/man_page.py
home="$prefix/lib/kiln"

if ! mkdir -p "$home" 2>/dev/null || [[ ! -w $home ]]; then
  echo "install: error: cannot write $home: choose another --prefix, or run as root" >&2
  exit 2
fi
folders=("$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" "$prefix/share/doc/kiln")
mkdir -p "${folders[@]}"

# The path of the libHalide.so that the built code generator loads, as the dynamic linker resolves it.
halide="$(LD_TRACE_LOADED_OBJECTS=1 "$codegen" | sed -n 's/^\s*libHalide.so => \(.*\) (0x.*/\1/p')"
if [[ ! -e $halide ]]; then
  echo "install: error: the built kiln finds no libHalide.so: run third_party/install.sh" >&2
  exit 2
fi

# A new file takes the name in one move: a kiln that is running keeps its own.
place() { # mode, from, to
  install -m "$1" "$2" "$3.new"
  mv "$3.new" "$3"
}

stripped="$(mktemp)"
trap 'rm -f "$stripped"' EXIT
# All lie side by side: $ORIGIN, for the dynamic linker as for kiln itself, is the folder of the file, not of the link to it.
place 644 "$halide" "$home/libHalide.so"
for program in "$codegen" "$kiln"; do
  strip -o "$stripped" "$program"
  place 755 "$stripped" "$home/$(basename "$program")"
done
ln -sfn ../lib/kiln/kiln "$prefix/bin/kiln"

"$prefix/bin/kiln" completion bash >"$prefix/share/bash-completion/completions/kiln"
python3 "$man_page" "$prefix/bin/kiln" >"$prefix/share/man/man1/kiln.1"
place 644 LICENSE "$prefix/share/doc/kiln/LICENSE"
for licence in "$(dirname "$(realpath "$halide")")"/../LICENSE*; do
  [[ ! -e $licence ]] || place 644 "$licence" "$prefix/share/doc/kiln/Halide-$(basename "$licence")"
done

echo "installed $prefix/bin/kiln ($("$prefix/bin/kiln" --version | head -n 1))"
[[ :$PATH: == *:$prefix/bin:* ]] || echo "it is not on the PATH yet: export PATH=\"$prefix/bin:\$PATH\""
