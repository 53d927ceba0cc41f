#!/usr/bin/env python3
"""Records Keras's public names in keras_names.json, against which coverage_test.cc holds kiln's.

    KERAS_BACKEND=jax python3 record_names.py

Made with keras 3.15.1. Classes stand under their own names: files know no other, so that aliases
(AvgPool1D) are left out. Of functions there are those that a file can name: losses, metrics,
activations. What makes no object of a model (get, serialize, base classes) is left out.
"""

import inspect
import json
import pathlib

import keras

HERE = pathlib.Path(__file__).resolve().parent
MODULES = "layers losses metrics optimizers optimizers.schedules regularizers constraints initializers activations".split()
WITH_FUNCTIONS = ("losses", "metrics", "activations")
LEFT_OUT = {"get", "serialize", "deserialize"}
# Bases of other classes, which no file has.
BASES = "Layer Wrapper Loss Metric Optimizer LearningRateSchedule Regularizer Constraint Initializer InputSpec".split()


def is_recorded(module, name, thing, public):
    if name.startswith("_") or name in LEFT_OUT or name in BASES:
        return False
    if inspect.isclass(thing):
        return thing.__name__ == name or thing.__name__ not in public
    return module in WITH_FUNCTIONS and inspect.isfunction(thing) and thing.__name__ == name


def names_of(module):
    namespace = keras
    for part in module.split("."):
        namespace = getattr(namespace, part)
    public = dir(namespace)
    return sorted(n for n in public if is_recorded(module, n, getattr(namespace, n), public))


def main():
    names = {module: names_of(module) for module in MODULES}
    (HERE / "keras_names.json").write_text(json.dumps(names, indent=1) + "\n")
    print({module: len(found) for module, found in names.items()})


if __name__ == "__main__":
    main()
