#!/usr/bin/env python3
"""How long kiln takes until a model can run: cold, and warm, with all that it compiles in the cache.

    bazel run //tests/benchmarks:start_time [-- MODEL...]

A model is whatever `kiln compile` takes; as a rule the built-in ones. A line each: wall and CPU time in ms, the best of
several runs (of one where it is cold, as the first is).
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

KILN = os.path.abspath("frontend/cli/kiln")
RUNS = 10
# Of the built-in models: just enough to start a training.
DATA = {
    "mnist_mlp": "digits:train=32,test=1",
    "mnist_cnn": "digits:train=32,test=1",
    "imdb_lstm": "reviews:train=32,test=1",
}


def measure(command, environment):
    """Wall and CPU seconds of a command."""
    used_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, used.ru_utime + used.ru_stime - used_before.ru_utime - used_before.ru_stime


def report(name, command, environment, runs=RUNS):
    """Prints the best of several runs."""
    measured = [measure(command, environment) for _ in range(runs)]
    wall, cpu = (min(times) * 1e3 for times in zip(*measured))
    print(f"{name:<40}{wall:>10.1f}{cpu:>10.1f}", flush=True)


def main():
    # bazel run starts programs in a folder of its own; a path is meant from the user's.
    here = os.environ.get("BUILD_WORKING_DIRECTORY", ".")
    models = [word if word in DATA else os.path.join(here, word) for word in sys.argv[1:]]
    print(f"{'':<40}{'wall ms':>10}{'CPU ms':>10}")
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, KILN_CACHE=f"{folder}/cache")
        for model in models or DATA:
            name = os.path.basename(model)
            compile_it = [KILN, "compile", model, "-o", f"{folder}/program"]
            report(f"kiln compile {name}, cold", compile_it, environment, runs=1)
            report(f"kiln compile {name}, warm", compile_it, environment)
            if model in DATA:
                fit = [KILN, "fit", model, "--data", DATA[model], "--verbose", "0"]
                measure(fit, environment)
                report(f"kiln fit {name}, warm", fit, environment)
        report("kiln --version", [KILN, "--version"], environment)


if __name__ == "__main__":
    main()
