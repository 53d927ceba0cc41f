#!/usr/bin/env python3
"""How long the models of keras.applications take to predict an image, and how much memory, beside Keras.

    python3 applications.py KILN [NAME]...

Images of each model's own size, random weights, batches of 32, all cores. kiln compiles an executable
(seconds, from an empty cache), which predicts 32 and 96 images; Keras's predict() on TensorFlow does
the same, both in processes of their own, in turn, three times. An image's time is the median
difference between the two, over 64 images, so that neither side's start counts. Memory is the
largest resident set of the process. Without names: one model of each family.
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "frontend" / "files"))

from application_families import FAMILIES

FEW, MANY, BATCH = 32, 96, 32


def predict_with_keras(model, data):
    """What a process of its own does: prints the seconds of the predictions, and its memory."""
    import keras
    import numpy as np

    loaded, x = keras.models.load_model(model), np.load(data)
    loaded.predict(x[:BATCH], batch_size=BATCH, verbose=0)
    for count in (FEW, MANY):
        begin = time.time()
        loaded.predict(x[:count], batch_size=BATCH, verbose=0)
        print(time.time() - begin)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def make(name, folder):
    """In a process of its own: Keras is large."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(1)
    model = getattr(keras.applications, name)(weights=None)
    model.save(folder / "model.keras")
    x = np.random.default_rng(2).uniform(-1, 1, (MANY, *model.input_shape[1:])).astype("float32")
    np.save(folder / "many.npy", x)
    np.save(folder / "few.npy", x[:FEW])


def run(*words, **environment):
    """Seconds and the largest memory, in KiB, of a command."""
    begin = time.time()
    process = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{words[0]} {words[1]} failed")
    return time.time() - begin, usage.ru_maxrss


def measure(kiln, folder):
    program = folder / "program"
    compiling, _ = run(kiln, "compile", folder / "model.keras", "--predict-only", "--batch-size", BATCH, "-o", program,
                       KILN_CACHE=str(folder / "cache"))  # fmt: skip
    own, theirs, memory, their_memory = [], [], 0, 0
    for _ in range(3):
        seconds = []
        run(program, "predict", "--data", folder / "few.npy", "-o", folder / "y.npy")  # Keras warms up, too.
        for count in ("few", "many"):
            took, size = run(program, "predict", "--data", folder / f"{count}.npy", "-o", folder / "y.npy")
            seconds.append(took)
            memory = max(memory, size)
        own.append(seconds[1] - seconds[0])
        child = [sys.executable, __file__, "--keras", str(folder / "model.keras"), str(folder / "many.npy")]
        few, many, size = subprocess.run(child, capture_output=True, text=True, check=True).stdout.split()[-3:]
        theirs.append(float(many) - float(few))
        their_memory = max(their_memory, int(size))
    return compiling, statistics.median(own), statistics.median(theirs), memory, their_memory


def main():
    if sys.argv[1] == "--keras":
        return predict_with_keras(*sys.argv[2:])
    if sys.argv[1] == "--make":
        return make(sys.argv[2], pathlib.Path(sys.argv[3]))
    print("| model | compiled in, s | ms an image | Keras | ratio | MiB | Keras |\n|---|---|---|---|---|---|---|")
    for name in sys.argv[2:] or FAMILIES:
        with tempfile.TemporaryDirectory() as path:
            folder = pathlib.Path(path)
            subprocess.run([sys.executable, __file__, "--make", name, path], check=True, capture_output=True)
            compiling, own, theirs, memory, their_memory = measure(sys.argv[1], folder)
        images = MANY - FEW
        print(
            f"| {name} | {compiling:.1f} | {own / images * 1e3:.1f} | {theirs / images * 1e3:.1f} | "
            f"{theirs / own:.2f} | {memory // 1024} | {their_memory // 1024} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
