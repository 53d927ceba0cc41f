#!/usr/bin/env python3
"""Records what Keras computes when models train, so that the tests here need no Python.

    python3 record.py            # all families
    python3 record.py models     # cases_models.py to data/models.json
    python3 record.py optimizers schedule_free ...   # these cases of it alone

The losses ctc... and circle... are recorded with KERAS_BACKEND=jax, too: kiln's CTC is that of JAX,
whose loss is finite where the time is too short.
The cases schedule_free... are recorded with KERAS_BACKEND=jax: on TensorFlow, outside of a compiled
function, that optimizer takes a slot for the one before the step after it has changed.

Made with keras 3.15.1 on tensorflow-cpu 2.21.0. A family is a table of cases in cases_FAMILY.py; to
add a case is to add a line to it and to run this script again. Data depend on the case's name alone,
so that the others stay as they are. Numbers have the fewest digits that give back every bit.
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

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
else:
    import jax
    import jax.numpy as jnp

HERE = pathlib.Path(__file__).resolve().parent


def array(values):
    values = np.asarray(values)
    flat = [float(str(v)) if values.dtype.kind == "f" else int(v) for v in values.flatten()]
    return {"shape": list(values.shape), "dtype": str(values.dtype), "values": flat}


def log_arrays(logs):
    return {name: array(np.float32(value)) for name, value in logs.items()}


def floats(random, shape, low=-1.0, high=1.0):
    return random.uniform(low, high, shape).round(2).astype(np.float32)


def labels(random, kind, shape):
    """Labels for outputs of that shape: numbers, classes, one_hot rows, binary, probabilities."""
    if kind == "numbers":
        return floats(random, shape)
    if kind == "positive":
        return floats(random, shape, 0.1, 2.0)
    if kind == "classes":
        return random.integers(0, shape[-1], shape[:-1]).astype(np.int32)
    if kind == "one_hot":
        return np.eye(shape[-1], dtype=np.float32)[random.integers(0, shape[-1], shape[:-1])]
    if kind == "binary":
        return random.integers(0, 2, shape).astype(np.float32)
    if kind == "signs":
        return (2 * random.integers(0, 2, shape) - 1).astype(np.float32)
    rows = random.uniform(0.1, 1, shape)
    return (rows / rows.sum(-1, keepdims=True)).astype(np.float32)


def make_model(case):
    if "model" in case:
        return case["model"]()
    made = case["layers"]()
    if isinstance(made[0], keras.KerasTensor):  # an input of its own
        return keras.Sequential(made)
    return keras.Sequential([keras.layers.Input((3,)), *made])


def sample_weights(random, kind, shape):
    """For losses of outputs of that shape: one for each row, or one for each value."""
    shape = shape[:1] if kind == "per_row" else shape[:-1]
    return random.uniform(0, 2, shape).round(1).astype(np.float32)


def random_batch(case, random, model, count):
    """Arguments of a step as kiln calls them: those of several outputs by the outputs' names."""
    batch = {}
    for x in model.inputs:
        name = f"x/{x.name}" if len(model.inputs) > 1 else "x"
        shape = (count, *x.shape[1:])
        if "tokens" in case:
            tokens = random.integers(0, case["tokens"], shape)
            batch[name] = tokens.astype(case.get("token_type", "int32"))
        else:
            batch[name] = floats(random, shape)
    kinds = case["labels"] if isinstance(case["labels"], dict) else {"": case["labels"]}
    shapes = model.output_shape if isinstance(model.output_shape, list) else [model.output_shape]
    for (name, kind), shape in zip(kinds.items(), shapes):
        batch[f"y/{name}".rstrip("/")] = labels(random, kind, (count, *shape[1:]))
    if "sample_weights" in case:
        for name, shape in zip(kinds, shapes):
            weights = sample_weights(random, case["sample_weights"], (count, *shape[1:]))
            batch[f"sample_weight/{name}".rstrip("/")] = weights
    return batch


def keras_arguments(batch):
    """A batch as Keras takes it. Weights of rows have a dimension for the time steps."""

    def one_or_list(kind):
        values = [v for key, v in batch.items() if key.split("/")[0] == kind]
        if kind == "sample_weight":
            values = [v[:, None] if v.ndim == 1 else v for v in values]
        return values[0] if len(values) == 1 else values or None

    return {kind: one_or_list(kind) for kind in ("x", "y", "sample_weight")}


def record_models(case, random):
    """Steps of training on batches of which the last is short, then an evaluation of all of them.
    `predicts`: no batch is short, and a prediction of all of them follows."""
    keras.backend.clear_session()
    model = make_model(case)
    model.compile(**case["compile"]())
    for w in model.weights:
        low, high = (0.5, 2.0) if "variance" in w.path else (-1.0, 1.0)
        is_zero = w.path.endswith(case.get("zero", "nothing"))
        w.assign(floats(random, w.shape, 0, 0) if is_zero else floats(random, w.shape, low, high))
    initial = [array(w) for w in model.get_weights()]
    rows = [4] * (case.get("steps", 3) - 1) + [4 if "predicts" in case else 3]
    steps = []
    for count in rows:
        batch = random_batch(case, random, model, count)
        logs = model.train_on_batch(**keras_arguments(batch), return_dict=True)
        steps.append((batch, logs))
    weights = [array(w) for w in model.get_weights()]
    state = [array(v) for v in model.optimizer.variables]
    all_rows = {key: np.concatenate([batch[key] for batch, _ in steps]) for key in steps[0][0]}
    test = model.evaluate(**keras_arguments(all_rows), batch_size=4, verbose=0, return_dict=True)
    predictions = None
    if "predicts" in case:
        predictions = model.predict(keras_arguments(all_rows)["x"], batch_size=4, verbose=0)
    # What fit does at its end: nothing without moving averages.
    model.optimizer.finalize_variable_values(model.trainable_weights)
    recorded = {
        "model": json.loads(model.to_json()),
        "batch": 4,
        "initial": initial,
        "steps": [
            {key: array(values) for key, values in batch.items()} | {"logs": log_arrays(logs)}
            for batch, logs in steps
        ],
        "weights": weights,
        "optimizer": state,
        "test": log_arrays(test),
        "finalized": [array(w) for w in model.get_weights()],
    }
    return recorded | ({"predictions": array(predictions)} if "predicts" in case else {})


record_masks = record_models


def value_and_gradient(function, x):
    if keras.backend.backend() == "jax":
        return jax.value_and_grad(function)(jnp.asarray(x))
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value, tape.gradient(value, x)


def record_losses(case, random):
    """The value for a batch and its derivative by what the predictions come of."""
    loss, shape = case["loss"](), case["shape"]
    x = floats(random, shape, case.get("low", -2), case.get("high", 2))
    y = case["y"] if "y" in case else labels(random, case["labels"], shape)
    y = np.asarray(y, np.int32) if "y" in case else y

    def loss_of(x):
        return loss(y, keras.layers.Activation(case["activation"])(x) if case["activation"] else x)

    value, gradient = value_and_gradient(loss_of, x)
    serialized = keras.saving.serialize_keras_object(loss)
    # Keras forgets it; it reads it.
    if getattr(loss, "_fn_kwargs", {}).get("delta", 1.0) != 1.0:
        serialized["config"]["delta"] = loss._fn_kwargs["delta"]
    return {
        "loss": serialized,
        "activation": case["activation"] or "linear",
        "x": array(x),
        "y": array(y),
        "value": array(value),
        "gradient": array(gradient),
    }


def record_metrics(case, random):
    """Results after each of three batches, without and, where Keras takes them, with weights."""
    shape, metric, weighted = case["shape"], case["metric"](), case["metric"]()
    batches = []
    for _ in range(3):
        kind = case["labels"]
        if kind == "class_numbers":
            y = random.integers(0, int(case["high"]) + 1, shape).astype(np.float32)
        else:
            y = labels(random, kind, shape)
        p = random.uniform(case["low"], case["high"], shape).round(case["digits"])
        p = p.astype(np.float32)
        weights = random.uniform(0, 2, shape[0]).round(1).astype(np.float32)
        if "IoU" in type(metric).__name__:  # they count in whole numbers
            weights = weights.round()
        metric.update_state(y, p)
        try:
            if weighted:
                weighted.update_state(y, p, sample_weight=weights)
        except (tf.errors.InvalidArgumentError, ValueError):
            weighted = None
        batches.append(
            {
                "y": array(y),
                "p": array(p),
                "sample_weight": array(weights),
                "result": array(np.float32(metric.result())),
                "weighted_result": weighted and array(np.float32(weighted.result())),
            }
        )
    return {"metric": keras.saving.serialize_keras_object(metric), "batches": batches}


def record_optimizers(case, random):
    """Seven steps on a matrix and a vector with given gradients."""
    keras.backend.clear_session()
    optimizer = case()
    weights = [floats(random, (2, 3)), floats(random, (3,))]
    variables = [keras.Variable(w, name=f"w{i}") for i, w in enumerate(weights)]
    optimizer.build(variables)
    steps = [[floats(random, w.shape, -2, 2) for w in weights] for _ in range(7)]
    for gradients in steps:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], variables)
    return {
        "optimizer": keras.saving.serialize_keras_object(optimizer),
        "weights": [array(w) for w in weights],
        "gradients": [[array(g) for g in gradients] for gradients in steps],
        "weights_after": [array(v) for v in variables],
        # JAX counts in 32 bits.
        "variables_after": [
            array(np.int64(v) if v is optimizer._iterations else v) for v in optimizer.variables
        ],
    }


def record_schedules(case, random):
    """The rates of twenty steps."""
    schedule = case()
    rates = [np.asarray(schedule(tf.constant(step, tf.int64))) for step in range(20)]
    return {
        "schedule": keras.saving.serialize_keras_object(schedule),
        "rates": array(np.stack(rates)),
    }


def record_family(family, names):
    """All cases, or those of the names."""
    path = HERE / "data" / f"{family}.json"
    before = {r["name"]: r for r in json.loads(path.read_text())} if names else {}
    recorded = []
    for name, case in importlib.import_module(f"cases_{family}").CASES.items():
        record = before.get(name)
        if not names or name in names:
            random = np.random.default_rng(zlib.crc32(name.encode()))
            record = {"name": name} | globals()[f"record_{family}"](case, random)
        recorded.append(json.dumps(record, separators=(",", ":")))
    text = "[\n" + ",\n".join(recorded) + "\n]\n"
    path.write_text(text)
    print(f"{family}: {len(recorded)} cases, {len(text)} bytes")


def main(arguments):
    families = arguments[:1] or sorted(p.stem[6:] for p in HERE.glob("cases_*.py"))
    for family in families:
        record_family(family, arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
