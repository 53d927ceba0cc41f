#!/usr/bin/env python3
"""Keras's time for a step of a model, as a peer of //tests/benchmarks.

keras_step.py [--jit] [--steps-per-execution N] [--seconds S] MODEL.json BATCH THREADS train|predict

Trains with fit() over examples that are there, several epochs, or calls predict_on_batch() again and again. Prints the
microseconds of a step, a number a line: for training the mean of each epoch but the first, for prediction the mean of
each group of calls. Keras runs on TensorFlow, unless KERAS_BACKEND names another.
"""
import argparse
import json
import os
import time

# Examples of an epoch, in bytes of the model's inputs at most, and epochs that are printed.
EPOCH_BYTES = 128 << 20
EPOCHS = 5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jit", action="store_true", help="compile steps with XLA")
    parser.add_argument("--steps-per-execution", type=int, default=1, help="steps that fit() runs in one call")
    parser.add_argument("--seconds", type=float, default=2, help="to measure for, about")
    parser.add_argument("model")
    parser.add_argument("batch", type=int)
    parser.add_argument("threads", type=int)
    parser.add_argument("mode", choices=["train", "predict"])
    return parser.parse_args()


OPTIONS = arguments()
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["OMP_NUM_THREADS"] = str(OPTIONS.threads)
if OPTIONS.threads == 1:  # one thread is one core, whatever pools a backend has besides
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import keras  # noqa: E402
import numpy as np  # noqa: E402


def limit_threads(threads):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def layers_in(config):
    """The configurations of all layers of a model, those of nested models included."""
    for layer in config.get("layers", []):
        yield layer
        if isinstance(layer.get("config"), dict):
            yield from layers_in(layer["config"])


def read_model(path):
    """The model, and how many words its embeddings know at least (0: it has none)."""
    with open(path) as file:
        text = file.read()
    config = json.loads(text)
    model = keras.models.model_from_json(text)
    if config.get("compile_config"):
        model.compile_from_config(config["compile_config"])
    words = [layer["config"]["input_dim"] for layer in layers_in(config["config"]) if layer["class_name"] == "Embedding"]
    return model, min(words, default=0)


def random_input(random, tensor, rows, words):
    shape = (rows, *tensor.shape[1:])
    if "int" in tensor.dtype:
        return random.integers(0, max(words, 1), shape, dtype=tensor.dtype)
    return random.random(shape, dtype=np.float32)


def random_labels(random, loss, tensor, rows):
    if "sparse" in str(loss):
        return random.integers(0, tensor.shape[-1], (rows, *tensor.shape[1:-1])).astype("int32")
    return random.random((rows, *tensor.shape[1:]), dtype=np.float32)


def one_or_all(arrays):
    return arrays[0] if len(arrays) == 1 else arrays


class EpochClock(keras.callbacks.Callback):
    """The seconds of each epoch."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


class StepClock(keras.callbacks.Callback):
    """The seconds of a call, roughly: of those behind the second."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(time.perf_counter())

    def seconds(self):
        return (self.ends[-1] - self.ends[1]) / (len(self.ends) - 2)


def train(model, words):
    """Prints the time of a step in each of several epochs of one fit()."""
    model.jit_compile = OPTIONS.jit
    model.steps_per_execution = OPTIONS.steps_per_execution
    random = np.random.default_rng(1)
    row_bytes = sum(4 * int(np.prod(tensor.shape[1:])) for tensor in model.inputs)
    most = max(1, EPOCH_BYTES // (row_bytes * OPTIONS.batch))

    def examples(steps):
        rows = steps * OPTIONS.batch
        losses = model.loss if isinstance(model.loss, list) else [model.loss] * len(model.outputs)
        x = [random_input(random, tensor, rows, words) for tensor in model.inputs]
        y = [random_labels(random, loss, tensor, rows) for loss, tensor in zip(losses, model.outputs)]
        return one_or_all(x), one_or_all(y)

    def fit(steps, epochs, callback):
        x, y = examples(steps)
        model.fit(x, y, batch_size=OPTIONS.batch, epochs=epochs, shuffle=False, verbose=0, callbacks=[callback])

    # What an epoch takes besides its steps must be small beside them.
    first = StepClock()
    fit(8 * OPTIONS.steps_per_execution, 1, first)
    step = first.seconds() / OPTIONS.steps_per_execution
    steps = int(min(max(OPTIONS.seconds / EPOCHS / step, 3), most))
    steps = max(1, steps // OPTIONS.steps_per_execution) * OPTIONS.steps_per_execution
    epochs = EpochClock()
    fit(steps, EPOCHS + 1, epochs)
    for seconds in epochs.seconds[1:]:
        print(1e6 * seconds / steps)


def predict(model, words):
    """Prints the time of a call in each of several groups of calls."""
    model.jit_compile = OPTIONS.jit
    random = np.random.default_rng(1)
    x = one_or_all([random_input(random, tensor, OPTIONS.batch, words) for tensor in model.inputs])

    def seconds_of(calls):
        start = time.perf_counter()
        for _ in range(calls):
            model.predict_on_batch(x)
        return (time.perf_counter() - start) / calls

    seconds_of(3)
    calls = max(1, int(OPTIONS.seconds / (4 * EPOCHS) / seconds_of(1)))
    for _ in range(4 * EPOCHS):
        print(1e6 * seconds_of(calls))


def main():
    limit_threads(OPTIONS.threads)
    model, words = read_model(OPTIONS.model)
    (train if OPTIONS.mode == "train" else predict)(model, words)


main()
