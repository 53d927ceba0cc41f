#!/usr/bin/env python3
"""Checks with Keras itself that a .keras file written by kiln is what kiln says it is.

    python3 check_with_keras.py MODEL.keras X.npy PREDICTIONS.npy [--train Y.npy WEIGHTS.npz]

Opens the file with keras.models.load_model() and compares its predictions for X with kiln's. With
--train, makes one training step on all of X and Y and compares the weights with kiln's after the
same step (an .npz by variable, as kiln saves it): they agree only if the optimizer's state and step
count came along. Needs Keras 3 with a backend. Exit status 0: all agrees.
"""

import argparse
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np


def compare(what, actual, expected, tolerance):
    if actual.shape != expected.shape:
        print(f"{what}: shape {actual.shape}, kiln's is {expected.shape}")
        return False
    worst = float(np.max(np.abs(actual - expected), initial=0.0))
    print(f"{what}: largest difference {worst:.3g} (allowed: {tolerance:g})")
    return worst <= tolerance


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("x")
    parser.add_argument("predictions")
    parser.add_argument("--train", nargs=2, metavar=("Y", "WEIGHTS"))
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()

    # Keras only warns where it leaves out an optimizer's state.
    warnings.simplefilter("error", UserWarning)
    model = keras.models.load_model(arguments.model)
    x = np.load(arguments.x)
    expected = np.load(arguments.predictions)
    good = compare("predictions", model.predict(x, verbose=0), expected, arguments.tolerance)
    if arguments.train:
        model.train_on_batch(x, np.load(arguments.train[0]))
        after = np.load(arguments.train[1])
        for layer in model.layers:
            for variable in layer.weights:
                name = f"{layer.name}/{variable.name}"
                good &= compare(name, variable.numpy(), after[name], arguments.tolerance)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
