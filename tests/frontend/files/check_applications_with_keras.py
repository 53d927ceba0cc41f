#!/usr/bin/env python3
"""Checks with Keras itself that the models of keras.applications load, predict and train in kiln.

    python3 check_applications_with_keras.py KILN [NAME]...

Keras makes each model, for small images and few classes, with random weights; kiln predicts from its
file, trains it for a step with the first half of its layers frozen, and saves it; Keras does the
same. Batch normalizations are frozen, too: of a few images that have become single pixels, their
variances are rounding errors. Dropout's rates are 0, because both draw bits of their own. Errors
are relative to the largest logit, and to the largest change of a weight. Needs Keras 3 on TensorFlow. Without
names: one model of each family; `all`: every one. Exit status 0: all agree.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from application_families import FAMILIES

ROWS = 4
CLASSES = 3
SMALLEST = {"InceptionResNetV2": 75, "InceptionV3": 75, "Xception": 71}  # others: 32 pixels
PREDICTIONS, CHANGES = 1e-4, 1e-3  # tolerances


def all_models():
    return [n for n in dir(keras.applications) if n[0].isupper()]


def without_dropout(config):
    """The config with all rates of dropout 0."""
    for layer in config["layers"]:
        if "rate" in layer["config"]:
            layer["config"]["rate"] = 0.0
    return config


def make(name):
    size = SMALLEST.get(name, 32)
    keras.utils.set_random_seed(1)
    made = getattr(keras.applications, name)(
        weights=None,
        input_shape=(size, size, 3),
        classes=CLASSES,
        classifier_activation=None,
    )
    custom = {type(layer).__name__: type(layer) for layer in made.layers if "applications" in type(layer).__module__}
    with keras.saving.custom_object_scope(custom):
        model = keras.Model.from_config(without_dropout(made.get_config()))
    random = np.random.default_rng(2)
    for weight in model.weights:
        value = np.asarray(weight)
        if value.ndim == 1:  # biases, factors of channels, moments
            around = 1.0 if weight.path.endswith(("gamma", "variance", "variable")) else 0.0
            value = around + random.uniform(-0.1, 0.1, value.shape)
        weight.assign(value.astype("float32"))
    for i, layer in enumerate(model.layers):
        normalizes = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = i >= len(model.layers) // 2 and not normalizes
    model.compile(
        keras.optimizers.SGD(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    return model


def kiln(executable, *arguments):
    begin = time.time()
    done = subprocess.run([executable, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"kiln {arguments[0]}: {done.stderr.strip()}")
    return time.time() - begin


def check(executable, folder, name):
    model = make(name)
    random = np.random.default_rng(3)
    x = random.uniform(0, 255, (ROWS, *model.input_shape[1:])).astype("float32")
    if name in ("ResNet50", "VGG16", "Xception", "NASNetMobile", "InceptionV3", "MobileNet"):
        x = x / 127.5 - 1  # as their preprocess_input
    y = random.integers(0, CLASSES, (ROWS,)).astype("int32")
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    model.save(folder / "model.keras")
    seconds = kiln(executable, "predict", folder / "model.keras", "--data", folder / "x.npy", "-o", folder / "p.npy")
    theirs = np.asarray(model(x, training=False))
    error = np.abs(np.load(folder / "p.npy") - theirs).max() / np.abs(theirs).max()
    data = f"{folder}/x.npy,{folder}/y.npy"
    fit_seconds = kiln(
        executable, "fit", folder / "model.keras", "--data", data, "--batch-size", ROWS,
        "--epochs", 1, "--save", folder / "after.keras",
    )  # fmt: skip
    before = [np.asarray(w) for w in model.weights]
    trained = keras.models.load_model(folder / "after.keras")
    model.train_on_batch(x, y)
    worst = 0.0
    pairs = zip(before, model.weights, trained.weights, strict=True)
    largest = max(np.abs(np.asarray(w) - b).max() for b, w in zip(before, model.weights) if w.trainable)
    for old, ours, kilns in pairs:
        difference = np.abs(np.asarray(ours).astype("f8") - np.asarray(kilns)).max()
        if ours.dtype == "float32":
            worst = max(worst, difference / largest)
    return error, worst, seconds, fit_seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kiln")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    names = arguments.names or FAMILIES
    failed = 0
    print(f"{'model':20} predictions    a step     compile: to predict  to train")
    for name in all_models() if names == ["all"] else names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                error, change, predict, fit = check(arguments.kiln, pathlib.Path(folder), name)
            except (RuntimeError, ValueError, TypeError) as problem:
                print(f"{name:20} {problem}", flush=True)
                failed += 1
                continue
        agrees = error <= PREDICTIONS and change <= CHANGES
        failed += not agrees
        print(
            f"{name:20} {error:11.2g} {change:9.2g} {predict:20.1f} s {fit:8.1f} s  "
            f"{'agrees' if agrees else 'DIFFERS'}",
            flush=True,
        )
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
