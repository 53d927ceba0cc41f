#!/usr/bin/env python3
"""Records what keras.ops compute, so that recorded_operations_test.cc needs no Python.

    python3 record.py             # all families
    python3 record.py shapes      # cases/shapes.py to data/shapes.json
    python3 record.py names       # Keras's public names, to data/names.json

Made with keras 3.15.1 on JAX. A family is a table of cases; to add a case is to add a line to it and
to run this script again. Values depend on the case alone, so that the others stay as they are.

A recorded case is a functional model as Keras writes it, inputs with few digits, the outputs, and
the derivatives of sum(outputs * upstream) with respect to the float inputs, where upstream are
random numbers in the shapes of the float outputs.
"""

import importlib
import inspect
import json
import os
import pathlib
import re
import sys
import zlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import ops
from keras.src.ops.operation import Operation

from case import Booleans, Integers, Positive, Unit

# Keras 3.15 hands its norm's axes to JAX as a list, which JAX does not take.
keras_norm = keras.src.backend.linalg.norm
keras.src.backend.linalg.norm = lambda x, ord=None, axis=None, keepdims=False: keras_norm(
    x, ord=ord, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims
)



def with_tuple(function):
    """Keras 3.15 hands JAX the axes of some operations as a list, too."""
    return lambda *args, axis=None, **kwargs: function(
        *args, axis=tuple(axis) if isinstance(axis, list) else axis, **kwargs
    )


for name in ("quantile", "percentile", "nanmax", "nanmin", "nanmean", "nanstd", "nanvar", "nansum", "nanprod"):
    numpy_of_backend = keras.src.backend.numpy
    setattr(numpy_of_backend, name, with_tuple(getattr(numpy_of_backend, name)))

HERE = pathlib.Path(__file__).resolve().parent


def value_of(description, random):
    if isinstance(description, Integers):
        values = random.integers(description.low, description.high, description.shape)
        return values.astype(description.dtype)
    if isinstance(description, Booleans):
        return random.integers(0, 2, description.shape).astype(np.int32)
    if isinstance(description, Positive):
        return random.uniform(0.5, 2, description.shape).round(3).astype(np.float32)
    if isinstance(description, Unit):
        return random.uniform(-0.95, 0.95, description.shape).round(3).astype(np.float32)
    if isinstance(description, list):
        values = np.array(description)
        return values.astype(np.float32 if values.dtype.kind == "f" else np.int32)
    return random.uniform(-2, 2, description).round(3).astype(np.float32)


def number(value):
    """The fewest digits that give back every bit; JSON has no other floats."""
    return float(str(value)) if np.isfinite(value) else str(value)


def array(values):
    values = np.asarray(values)
    flat = values.flatten()
    numbers = [number(v) for v in flat] if values.dtype.kind == "f" else [int(v) for v in flat]
    return {"shape": list(values.shape), "dtype": str(values.dtype), "values": numbers}


def is_float(x):
    return jnp.issubdtype(x.dtype, jnp.floating)


def record(case):
    keras.backend.clear_session()
    random = np.random.default_rng(zlib.crc32(repr(case).encode()))
    values = {name: value_of(d, random) for name, d in case.inputs.items()}
    inputs = {
        name: keras.Input(v.shape[1:], name=name, dtype=str(v.dtype)) for name, v in values.items()
    }
    tensors = {
        name: ops.not_equal(x, 0) if isinstance(case.inputs[name], Booleans) else x
        for name, x in inputs.items()
    }
    scope = {"ops": ops, "keras": keras, "np": np, "inf": float("inf"), "nan": float("nan")}
    outputs = keras.tree.flatten(eval(case.expression, scope, tensors))
    model = keras.Model(list(inputs.values()), outputs, name="case")
    arguments = [jnp.asarray(v) for v in values.values()]
    floats = [i for i, a in enumerate(arguments) if is_float(a)]

    def call(*xs):
        given = list(arguments)
        for i, x in zip(floats, xs):
            given[i] = x
        return keras.tree.flatten(model(given))

    sources = [arguments[i] for i in floats]
    results = call(*sources)
    recorded = {
        "expression": case.expression,
        "model": json.loads(model.to_json()),
        "output_types": [[o.dtype, list(o.shape)] for o in outputs],
        "inputs": [array(v) for v in values.values()],
        "outputs": [array(r) for r in results],
    }
    if case.gradients and sources:
        upstream = [
            random.uniform(-1, 1, r.shape).round(1).astype(np.float32) if is_float(r) else None
            for r in results
        ]
        weighed = lambda *xs: sum(
            (jnp.sum(r * u) for r, u in zip(call(*xs), upstream) if u is not None), 0.0
        )
        gradients = jax.grad(weighed, tuple(range(len(sources))))(*sources)
        recorded["upstream"] = [None if u is None else array(u) for u in upstream]
        recorded["gradients"] = [array(g) for g in gradients]
    return recorded


def record_family(family):
    cases = importlib.import_module(f"cases.{family}").CASES
    lines = []
    for case in cases:
        try:
            lines.append(json.dumps(record(case), separators=(",", ":")))
        except Exception as error:
            raise SystemExit(f"{family}: {case.expression}: {error}")
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    (HERE / "data" / f"{family}.json").write_text(text)
    print(f"{family}: {len(cases)} cases, {len(text)} bytes")


def classes_of(function):
    """The operations that a function of keras.ops makes."""
    names = re.findall(r"\b([A-Z]\w*)\(", inspect.getsource(inspect.unwrap(function)))
    module = inspect.getmodule(inspect.unwrap(function))
    return sorted(
        {
            n
            for n in names
            if inspect.isclass(getattr(module, n, None)) and issubclass(getattr(module, n), Operation)
        }
    )


def record_names():
    """Keras's public functions, with the operations that they write into models; and all of these."""
    functions = {}
    for name in sorted(n for n in dir(ops) if not n.startswith("_")):
        function = getattr(ops, name)
        if callable(function) and not inspect.isclass(function):
            functions[name] = classes_of(function)
    classes = set()
    for module in ("core", "einops", "image", "linalg", "math", "nn", "numpy"):
        for name, item in vars(importlib.import_module(f"keras.src.ops.{module}")).items():
            if inspect.isclass(item) and issubclass(item, Operation) and item is not Operation:
                if item.__module__ == f"keras.src.ops.{module}":
                    classes.add(name)
    names = {"functions": functions, "classes": sorted(classes)}
    (HERE / "data" / "names.json").write_text(json.dumps(names, indent=0) + "\n")
    print(f"names: {len(functions)} functions, {len(classes)} classes")


def main(families):
    for family in families or sorted(p.stem for p in (HERE / "cases").glob("*.py")) + ["names"]:
        record_names() if family == "names" else record_family(family)


if __name__ == "__main__":
    main(sys.argv[1:])
