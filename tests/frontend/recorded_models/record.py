#!/usr/bin/env python3
"""Records whole models with Keras, so that recorded_models_test.cc needs no Python.

    KERAS_BACKEND=jax python3 record.py              # all files of models/
    KERAS_BACKEND=jax python3 record.py vision       # models/vision.py to data/vision.json

Made with keras 3.15.1. A file of models/ has a table CASES of names, each with the shapes of the
rows of its two sets of data (of one input, or a list of several inputs') and what makes the model;
or functions that make models, named as their cases, and a table SHAPES of those whose inputs are
open. A recorded case has the model's file, its weights before training, what it predicts for both
sets of data, the loss of one step of SGD on the first, the weights after it, and the loss of an
evaluation on the second.
"""

import importlib
import inspect
import json
import pathlib
import sys
import zlib

import keras
import numpy as np

BATCH = 2
LIMITS = {  # of random values by the inputs' types
    "bool": (0, 2),
    "int8": (-100, 100),
    "int16": (-1000, 1000),
    "int32": (-1000, 1000),
    "int64": (0, 100),
    "uint8": (0, 256),
}
IDS = 7  # int32 inputs that choose rows of tables lie below

HERE = pathlib.Path(__file__).parent


def digits(value):
    """Six digits: tolerances are larger, files smaller."""
    return float(f"{value:.6g}")


def array(values):
    values = np.asarray(values)
    flat = [digits(v) if values.dtype.kind == "f" else int(v) for v in values.flatten()]
    return {"shape": list(values.shape), "dtype": str(values.dtype), "values": flat}


def listed(values):
    return list(values) if isinstance(values, (list, tuple)) else [values]


def random_input(random, dtype, shape, ids):
    if dtype == "int32" and ids:
        return random.integers(0, IDS, shape).astype(np.int32)
    if dtype in LIMITS:
        return random.integers(*LIMITS[dtype], shape).astype(dtype)
    return random.uniform(-1, 1, shape).round(3).astype(np.float32)


def random_weights(random, model):
    for weight in model.weights:
        if weight.dtype != "float32":
            continue
        low, high = (0.5, 1.5) if "variance" in weight.path else (-1.0, 1.0)
        fan = np.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 1
        scale = 1 if low > 0 else 1 / np.sqrt(max(fan, 1))
        values = scale * random.uniform(low, high, weight.shape)
        weight.assign(values.round(3).astype(np.float32))


def record(name, both, make, ids=True):
    random = np.random.default_rng(zlib.crc32(name.encode()))
    keras.utils.clear_session()
    model = make()
    random_weights(random, model)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=["mse"] * len(model.outputs))
    case = {
        "name": name,
        "model": json.loads(model.to_json()),
        "initial": [array(w) for w in model.get_weights()],
        "data": [],
    }
    data = []
    for rows in both:
        x = [
            random_input(random, tensor.dtype, (BATCH, *row), ids)
            for tensor, row in zip(model.inputs, rows)
        ]
        given = x if len(x) > 1 else x[0]
        predicted = listed(model.predict(given, verbose=0))
        y = [random.uniform(-1, 1, p.shape).round(3).astype(np.float32) for p in predicted]
        data.append((given, y if len(y) > 1 else y[0]))
        case["data"].append({"x": [array(v) for v in x], "y": [array(v) for v in y]})
        case["data"][-1]["predicted"] = [array(p) for p in predicted]
    case["train_loss"] = digits(listed(model.train_on_batch(*data[0]))[0])
    case["final"] = [array(w) for w in model.get_weights()]
    tested = model.evaluate(*data[1], verbose=0, batch_size=BATCH)
    case["test_loss"] = digits(listed(tested)[0])
    for key in ("train_loss", "test_loss"):
        assert np.isfinite(case[key]), (name, key)
    return case


def several_inputs(rows):
    """The shape of one input's rows, or a list of several inputs'."""
    return list(rows) if len(rows) > 0 and isinstance(rows[0], tuple) else [rows]


def cases_of(module):
    """(name, shapes of both sets of data, what makes the model) of each."""
    if hasattr(module, "CASES"):
        for name, (both, make) in module.CASES.items():
            yield name, [several_inputs(rows) for rows in both], make
        return
    for name, make in inspect.getmembers(module, inspect.isfunction):
        if make.__module__ != module.__name__ or inspect.signature(make).parameters:
            continue
        both = module.SHAPES.get(name) or [[tuple(x.shape[1:]) for x in make().inputs]] * 2
        yield name, both, make


def main():
    sys.path.insert(0, str(HERE))
    names = sys.argv[1:] or sorted(path.stem for path in (HERE / "models").glob("*.py"))
    for name in names:
        module = importlib.import_module(f"models.{name}")
        cases = [record(*case, ids=name != "input_types") for case in cases_of(module)]
        text = "[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n"
        (HERE / "data" / f"{name}.json").write_text(text)
        print(f"{name}: {len(cases)} models")


if __name__ == "__main__":
    main()
