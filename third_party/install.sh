#!/usr/bin/env bash
# Puts in place what kiln is built with: Debian packages, and Halide's C++ library out of its wheel.
# Installs only what is missing and needs the network only then; run it as often as you like.
#   third_party/install.sh [--for-tests]
# With --for-tests also what tests alone need: OpenCL on the CPU, ARM machines in software, and CUDA's
# assembler out of its wheel.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(
  bazel-bootstrap bazel-platforms bazel-rules-java bazel-rules-proto bazel-skylib # the build
  g++                                                                             # the compiler
  llvm-19-dev liblld-19-dev lld-19 llvm-19-tools libzstd-dev zlib1g-dev           # code generation
  libxxhash-dev                                                                   # its cache
  libhdf5-dev nlohmann-json3-dev                                                  # Keras's files
  libjpeg62-turbo-dev libpng-dev                                                  # images
  libcli11-dev libfmt-dev                                                         # the command
  libgmock-dev libgtest-dev                                                       # tests, to build
  ca-certificates python3-pip unzip                                               # for wheels
)
test_packages=(
  clang-format-14 clang-tidy-14 ocl-icd-libopencl1 pocl-opencl-icd
  qemu-user-static                                                                # other machines,
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross                                     # and programs
  gcc-arm-linux-gnueabihf libc6-dev-armhf-cross                                   # for them
)
packages_mib=3600 # what a bare Debian needs for all of them
halide_mib=300
ptxas_mib=150

# The version that a requirements file names.
pinned_version() { # file
  sed -n 's/^[^#=]*==\([^ ]*\).*/\1/p' "$1"
}

# Wheels' files go where every checkout of this user finds them. repositories.bzl follows the same rule.
cache="${KILN_CACHE:-${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/kiln}"
halide="$cache/halide-$(pinned_version halide.txt)"
ptxas="$cache/ptxas-$(pinned_version ptxas.txt)"

scratch=""
trap '[[ -z $scratch ]] || rm -rf "$scratch"' EXIT

say() { echo "install: $*"; }

# One line that says what is wrong and what to do.
stop() {
  echo "install: error: $*" >&2
  exit 1
}

require_free_space() { # folder, MiB
  local free
  free="$(df --output=avail --block-size=M "$1" | tail -n 1 | tr -dc 0-9)"
  ((free >= $2)) || stop "$1 has $free MiB free, about $2 MiB are needed; make room and run again"
}

require_debian_12() {
  local name="an unknown system"
  [[ -r /etc/os-release ]] && name="$(. /etc/os-release && echo "${ID:-?} ${VERSION_ID:-?}")"
  [[ $name == "debian 12" && $(uname -m) == x86_64 ]] ||
    stop "packages are missing, and this is $name on $(uname -m): use Debian 12 on x86_64"
}

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] ||
      echo "$package"
  done
}

install_packages() { # packages
  local as_root=(env DEBIAN_FRONTEND=noninteractive) log
  if ((EUID != 0)); then
    command -v sudo >/dev/null || stop "not root and no sudo; as root: apt-get install $*"
    [[ -t 0 ]] || sudo -n true 2>/dev/null ||
      stop "sudo wants a password and there is no terminal; as root: apt-get install $*"
    as_root=(sudo "${as_root[@]}")
  fi
  require_free_space /usr "$packages_mib"
  say "installing $# Debian packages: $*"
  log="$(mktemp)"
  "${as_root[@]}" apt-get update -q </dev/null >"$log" 2>&1 || true # the install says what matters
  if ! "${as_root[@]}" apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
    "$@" </dev/null >>"$log" 2>&1; then
    stop "apt-get failed: $(grep -m 1 '^E:' "$log" || tail -n 1 "$log") (network? all of it: $log)"
  fi
  rm -f "$log"
}

# The first Python that has pip: a user's own may lack it, Debian's is installed above.
python_with_pip() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -m pip --version >/dev/null 2>&1; then
      echo "$python"
      return
    fi
  done
  stop "no python3 has pip; as root: apt-get install python3-pip"
}

# Downloads the wheel that a requirements file names; its files are then in $scratch/wheel.
unzip_wheel() { # requirements, MiB, files...
  local requirements="$1" python log
  [[ $cache == /?*/?* ]] || stop "HOME is not set (or KILN_CACHE no absolute path): where to put files?"
  mkdir -p "$cache" 2>/dev/null || stop "cannot write $cache; set KILN_CACHE to a folder of yours"
  require_free_space "$cache" "$2"
  shift 2
  scratch="$(mktemp -d "$cache/.install-XXXXXX")" || stop "cannot write to $cache"
  log="$(mktemp)"
  python="$(python_with_pip)"
  # pip compares the hash in the file before it hands the wheel over.
  PIP_REQUIRE_VIRTUALENV=0 "$python" -m pip download --disable-pip-version-check --no-deps \
    --require-hashes --only-binary :all: --python-version 3.11 --implementation cp --abi cp311 \
    --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 --dest "$scratch" \
    --requirement "$requirements" </dev/null >"$log" 2>&1 ||
    stop "pip cannot get the wheel of third_party/$requirements (network?): $(
      grep -m 1 -E '^(WARNING|ERROR)' "$log" || tail -n 1 "$log"
    ) (all of it: $log)"
  rm -f "$log"
  unzip -q "$scratch"/*.whl "$@" -d "$scratch/wheel" ||
    stop "cannot unzip the wheel of third_party/$requirements"
  mkdir "$scratch/kept"
}

# Gives $scratch/kept its name, in one move: a folder of that name is always whole. Another run may
# have been first.
keep() { # folder, a file in it
  mv "$scratch"/wheel/*.dist-info/licenses/* "$scratch/kept/"
  chmod -R u=rwX,go=rX "$scratch/kept"
  mv -T "$scratch/kept" "$1" 2>/dev/null || [[ -e $1/$2 ]] || stop "cannot write $1"
  rm -rf "$scratch"
  scratch=""
}

install_halide() {
  say "downloading Halide's wheel (69 MB)"
  unzip_wheel halide.txt "$halide_mib" 'halide/include/*' halide/lib64/libHalide.so \
    'halide-*.dist-info/licenses/*'
  mkdir "$scratch/kept/lib"
  mv "$scratch/wheel/halide/include" "$scratch/kept/include"
  mv "$scratch/wheel/halide/lib64/libHalide.so" "$scratch/kept/lib/"
  keep "$halide" lib/libHalide.so
  say "Halide is in $halide"
}

install_ptxas() {
  say "downloading the wheel of CUDA's compilers (47 MB)"
  unzip_wheel ptxas.txt "$ptxas_mib" nvidia/cu13/bin/ptxas '*.dist-info/licenses/*'
  mkdir "$scratch/kept/bin"
  mv "$scratch/wheel/nvidia/cu13/bin/ptxas" "$scratch/kept/bin/"
  chmod u+x "$scratch/kept/bin/ptxas"
  keep "$ptxas" bin/ptxas
  say "ptxas is in $ptxas"
}

case "$*" in
"") for_tests=false ;;
--for-tests)
  for_tests=true
  packages+=("${test_packages[@]}")
  ;;
*) stop "$*: the only option is --for-tests" ;;
esac

mapfile -t missing < <(missing_packages)
if ((${#missing[@]} > 0)); then
  require_debian_12
  install_packages "${missing[@]}"
fi
[[ -e $halide/lib/libHalide.so ]] || install_halide
[[ $for_tests == false || -e $ptxas/bin/ptxas ]] || install_ptxas
say "everything is in place"
