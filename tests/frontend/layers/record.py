#!/usr/bin/env python3
"""Records what Keras's layers compute, so that recorded_layers_test.cc needs no Python.

    python3 record.py            # all families
    python3 record.py core       # cases/core.py to data/core.json

Made with keras 3.15.1 on tensorflow-cpu 2.21.0. A family is a table of cases; to add a case is to
add a line to it and to run this script again. Values depend on the case alone, so that the others
stay as they are.

A recorded case has inputs and weights with few digits, and `upstream`: random numbers in the
outputs' shapes. A run has the outputs, the derivatives of sum(outputs * upstream) with respect to
the float inputs and to the trainable weights, and the non-trainable weights afterwards.
`training` is null where it makes no difference.
"""

import importlib
import json
import os
import pathlib
import sys
import zlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from keras.src.applications import convnext, inception_resnet_v2
from keras.src.backend import get_keras_mask, set_keras_mask

from case import Case, Floats, Integers

# Where layers are: those of some applications are public in no module.
MODULES = (keras.layers, convnext, inception_resnet_v2)
HERE = pathlib.Path(__file__).resolve().parent


def random_floats(random, shape, low=-2.0, high=2.0):
    return random.uniform(low, high, shape).round(3).astype(np.float32)


def random_input(random, description):
    if isinstance(description, Integers):
        return random.integers(0, description.high, description.shape).astype(np.int32)
    if isinstance(description, Floats):
        return random_floats(random, description.shape, description.low, description.high)
    return random_floats(random, description)


def array(values):
    values = np.asarray(values)
    # The fewest digits that give back every bit.
    flat = [float(str(v)) if values.dtype.kind == "f" else int(v) for v in values.flatten()]
    return {"shape": list(values.shape), "dtype": str(values.dtype), "values": flat}


def path_of(layer, weight):
    """A weight's path within its layer: "kernel", "query/kernel"."""
    return weight.path.removeprefix(layer.name + "/")


def config_of(layer):
    """As in the file of a model: of a layer that is built. What layers in it were built for follows
    from the rest."""
    config = keras.saving.serialize_keras_object(layer)["config"]
    forget_build_configs(config)
    return config


def forget_build_configs(value):
    if isinstance(value, dict):
        value.pop("build_config", None)
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            forget_build_configs(inner)


def fill_weights(random, layer):
    for weight in layer.weights:
        positive = "variance" in weight.path or "stddev" in weight.path
        low, high = (0.5, 2.0) if positive else (-1.0, 1.0)
        weight.assign(random_floats(random, weight.shape, low, high))


def flat(structure):
    return [np.asarray(x) for x in tf.nest.flatten(structure)]


def made(value):
    """An option's value: layers, and lists of them, are made."""
    if isinstance(value, Case):
        return make_layer(value)
    return [made(v) for v in value] if isinstance(value, list) else value


def make_layer(case):
    options = {k: made(v) for k, v in case.options.items()}
    module = next(m for m in MODULES if hasattr(m, case.layer))
    return getattr(module, case.layer)(**options)


def call_layer(layer, tensors, case, **arguments):
    """With a list where the layer takes one, with separate arguments where it names them."""
    arguments |= case.call
    if case.further:
        return layer(tensors[0], **{case.further: tensors[1:]}, **arguments)
    if case.last:
        return layer(*tensors[:-1], **{case.last: tensors[-1]}, **arguments)
    if next(iter(layer._call_signature.parameters)) == "query":
        return layer(*tensors, **arguments)
    return layer(tensors if len(tensors) > 1 else tensors[0], **arguments)


def masks_of(case):
    """One for each of the first inputs, None where it has none."""
    masks = case.mask if isinstance(case.mask, list) else [case.mask]
    return [None if m is None else np.asarray(m, np.int32) for m in masks]


def run(layer, inputs, upstream, case, training):
    """Calls the layer as training would; leaves its weights as they were."""
    before = [w.numpy() for w in layer.weights]
    tensors = [tf.convert_to_tensor(x) for x in inputs]
    for tensor, mask in zip(tensors, masks_of(case)):
        if mask is not None:
            set_keras_mask(tensor, tf.constant(mask) != 0)
    sources = [t for t in tensors if t.dtype.is_floating]
    with tf.GradientTape() as tape:
        for source in sources:
            tape.watch(source)
        arguments = {}
        if "training" in layer._call_signature.parameters:
            arguments["training"] = training
        outputs = call_layer(layer, tensors, case, **arguments)
        weighed = [
            tf.reduce_sum(tf.cast(o, tf.float32) * u)
            for o, u in zip(tf.nest.flatten(outputs), upstream)
        ]
        total = tf.add_n(weighed)
    weights = [w.value for w in layer.trainable_weights]
    gradients = tape.gradient(total, sources + weights, unconnected_gradients="zero")
    gradients = [tf.convert_to_tensor(g).numpy() for g in gradients]
    after = [w.numpy() for w in layer.non_trainable_weights]
    for weight, value in zip(layer.weights, before):
        weight.assign(value)
    masks = [get_keras_mask(o) for o in tf.nest.flatten(outputs)]
    masked = case.mask is not None or any(m is not None for m in masks)
    derivatives = {
        "input_gradients": gradients[: len(sources)],
        "weight_gradients": gradients[len(sources) :],
    }
    return {
        "outputs": flat(outputs),
        # Where masks play a part, those of the outputs; empty for an output without one.
        "masks": [np.asarray(() if m is None else m, np.int32) for m in masks] if masked else [],
        **(derivatives if case.gradients else {}),
        "non_trainable": after,
    }


def same(a, b):
    return all(np.array_equal(x, y) for key in a for x, y in zip(a[key], b[key]))


def record(case, name):
    keras.backend.clear_session()
    random = np.random.default_rng(zlib.crc32(repr(case).encode()))
    layer = make_layer(case)
    descriptions = case.inputs if isinstance(case.inputs, list) else [case.inputs]
    inputs = [random_input(random, d) for d in descriptions]
    symbols = [keras.Input(x.shape[1:], dtype=str(x.dtype)) for x in inputs]
    symbolic = call_layer(layer, symbols, case)
    config = config_of(layer)
    fill_weights(random, layer)
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()
    shapes = [list(s.shape) for s in tf.nest.flatten(symbolic)]
    upstream = [random_floats(random, [len(inputs[0])] + s[1:], -1, 1).round(1) for s in shapes]
    inference = run(layer, inputs, upstream, case, training=False)
    runs = {"false": inference}
    if not case.random:
        training = run(layer, inputs, upstream, case, training=True)
        runs = {"null": inference} if same(inference, training) else runs | {"true": training}
    recorded = {
        "name": name,
        "class_name": case.layer,
        "config": config,
        "call": case.call,
        "output_shapes": shapes,
        "inputs": [array(x) for x in inputs],
        "weights": [
            {"path": path_of(layer, w), "trainable": w.trainable} | array(w) for w in layer.weights
        ],
        "upstream": [array(u) for u in upstream],
        "runs": [
            {"training": json.loads(training)}
            | {key: [array(v) for v in values] for key, values in result.items() if keep(key, values)}
            for training, result in runs.items()
        ],
    }
    if case.last:
        recorded["last"] = case.last
    if isinstance(case.mask, list):
        recorded["mask"] = [None if mask is None else array(mask) for mask in masks_of(case)]
    elif case.mask is not None:
        recorded["mask"] = array(masks_of(case)[0])
    return recorded


def keep(key, values):
    """Masks are left out where there are none."""
    return key != "masks" or bool(values)


def record_family(family):
    cases = importlib.import_module(f"cases.{family}").CASES
    recorded, numbers = [], {}
    for case in cases:
        number = numbers[case.layer] = numbers.get(case.layer, -1) + 1
        recorded.append(json.dumps(record(case, f"{case.layer}_{number}"), separators=(",", ":")))
    text = "[\n" + ",\n".join(recorded) + "\n]\n"
    (HERE / "data" / f"{family}.json").write_text(text)
    print(f"{family}: {len(cases)} cases, {len(text)} bytes")


def main(families):
    for family in families or sorted(p.stem for p in (HERE / "cases").glob("*.py")):
        record_family(family)


if __name__ == "__main__":
    main(sys.argv[1:])
