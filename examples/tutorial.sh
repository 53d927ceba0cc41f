#!/usr/bin/env bash
# From a clean checkout to a trained network: builds kiln, compiles a model to a program of its own, trains
# it on generated digits, and lets it read a few. Nothing else is downloaded than what install.sh lists.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Prints a command as one would type it, then runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

third_party/install.sh
show /usr/bin/bazel build //frontend/cli:kiln
mkdir -p build

show bazel-bin/frontend/cli/kiln compile mnist_mlp -o build/mnist
show build/mnist fit --data digits --epochs 10 --validation-split 0.2 --save build/mnist.npz
show build/mnist evaluate --data digits --weights build/mnist.npz
show build/mnist predict --data digits --weights build/mnist.npz
