#!/usr/bin/env python3
"""Checks with Keras itself that models of all families of layers go to kiln and come back.

    python3 check_layers_with_keras.py KILN [NAME]...

Keras makes each model and writes its definition; kiln trains it and saves it; Keras opens the file,
must predict the same, and after another step of training have the same weights and optimizer state
as kiln after the same step. Needs Keras 3 on TensorFlow, whose Adam squares an embedding's gradient
lookup by lookup, as kiln does; other backends square the sum. Exit status 0: all agree.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers as L

ROWS = 32
CLASSES = 3
WORDS = 20
TOLERANCE = 2e-4


def classify(values):
    return L.Dense(CLASSES, activation="softmax")(values)


def sequential(shape, *layers):
    return keras.Sequential([L.Input(shape), *layers, L.Dense(CLASSES, activation="softmax")])


def functional(shape, body):
    x = L.Input(shape)
    return keras.Model(x, classify(body(x)))


def encoder_decoder():
    source, target = L.Input((7,), name="source"), L.Input((5,), name="target")
    _, h, c = L.LSTM(6, return_state=True)(L.Embedding(WORDS, 4, mask_zero=True)(source))
    decoded = L.LSTM(6)(L.Embedding(WORDS, 4)(target), initial_state=[h, c])
    return keras.Model([source, target], classify(decoded))


def residual(x):
    return L.GlobalAveragePooling1D()(
        L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(2, 4)(x, x)]))
    )


def grouped(x):
    x = L.GroupQueryAttention(4, 4, 2, use_gate=True)(x, x)
    x = L.MultiHeadAttention(2, 3, attention_axes=(2,))(*[L.Reshape((3, 2, 8))(x)] * 2)
    return L.Flatten()(x)


def merged(x):
    parts = [
        L.Attention(use_scale=True)([x, x]),
        L.AdditiveAttention()([x, x]),
        L.Multiply()([x, x]),
        L.Average()([x, x]),
        L.Maximum()([x, x]),
        L.Subtract()([x, L.Minimum()([x, x])]),
        L.Dot((2, 2))([x, x]),
    ]
    return L.Flatten()(L.Concatenate()(parts))


MODELS = {
    "conv2d": (
        lambda: sequential(
            (12, 12, 2),
            L.Conv2D(4, 3, activation="relu"),
            L.BatchNormalization(),
            L.MaxPooling2D(),
            L.SeparableConv2D(5, 3, padding="same"),
            L.DepthwiseConv2D(2, depth_multiplier=2),
            L.Conv2DTranspose(3, 3, strides=2),
            L.GroupNormalization(3),
            L.UpSampling2D(interpolation="bilinear"),
            L.ZeroPadding2D(1),
            L.Cropping2D(2),
            L.AveragePooling2D(2, padding="same"),
            L.GlobalAveragePooling2D(),
        ),
        "adam",
    ),
    "conv1d": (
        lambda: sequential(
            (16, 4),
            L.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="gelu"),
            L.Conv1D(8, 3, groups=4),
            L.MaxPooling1D(),
            L.SpatialDropout1D(0.0),
            L.LayerNormalization(),
            L.GlobalMaxPooling1D(),
        ),
        "rmsprop",
    ),
    "conv3d": (
        lambda: sequential((6, 6, 6, 2), L.Conv3D(3, 2, strides=2), L.PReLU(), L.Flatten()),
        "nadam",
    ),
    "recurrent": (
        lambda: sequential(
            (9,),
            L.Embedding(WORDS, 6, mask_zero=True),
            L.Bidirectional(L.LSTM(5, return_sequences=True)),
            L.GRU(4, return_sequences=True, reset_after=False),
            L.SimpleRNN(4, go_backwards=True),
        ),
        "adam",
    ),
    "sequences": (
        lambda: sequential(
            (7, 3),
            L.Masking(),
            L.Bidirectional(L.GRU(4), merge_mode="sum"),
            L.RepeatVector(3),
            L.LSTM(3, return_sequences=True),
            L.TimeDistributed(L.Dense(4, activation="swish")),
            L.Permute((2, 1)),
            L.Reshape((6, 2)),
            L.Flatten(),
        ),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    ),
    "cells": (
        lambda: sequential(
            (9,),
            L.Embedding(WORDS, 6, mask_zero=True),
            L.RNN([L.LSTMCell(5), L.GRUCell(4)], return_sequences=True),
            L.Bidirectional(L.RNN(L.GRUCell(3, reset_after=False), return_sequences=True)),
            L.RNN(L.SimpleRNNCell(4), go_backwards=True),
        ),
        lambda: keras.optimizers.Muon(0.01),
    ),
    "grouped_attention": (
        lambda: functional((6, 8), grouped),
        lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    ),
    "images": (
        lambda: sequential(
            (8, 8, 3),
            L.AutoContrast((0, 1)),
            L.RandomSaturation((0.3, 0.3), (0, 1)),
            L.RandomSharpness((0.2, 0.2), (0, 1)),
            L.RandomColorDegeneration((0.1, 0.1), (0, 1)),
            L.RandomCrop(8, 8),
            L.Conv2D(4, 3, activation="relu"),
            L.GlobalAveragePooling2D(),
        ),
        "sgd",
    ),
    "spectral": (
        lambda: sequential(
            (8, 8, 2),
            L.SpectralNormalization(L.Conv2D(4, 3, activation="relu")),
            L.SpectralNormalization(L.Conv2DTranspose(3, 2), power_iterations=2),
            L.Flatten(),
            L.SpectralNormalization(L.Dense(6, activation="tanh")),
        ),
        "adam",
    ),
    "encoder_decoder": (encoder_decoder, "adam"),
    "attention": (
        lambda: functional((6, 8), residual),
        lambda: keras.optimizers.AdamW(0.01, clipnorm=1.0),
    ),
    "merging": (lambda: functional((6, 8), merged), "adamax"),
    "activations": (
        lambda: sequential(
            (10,),
            L.Dense(8),
            L.LeakyReLU(0.1),
            L.Dense(8),
            L.ELU(),
            L.Dense(8, activation="selu"),
            L.Dense(8, activation="softplus"),
            L.Dense(8, activation="mish"),
            L.Dense(8, activation="hard_sigmoid"),
            L.ReLU(max_value=6.0, negative_slope=0.1, threshold=0.2),
            L.Rescaling(2.0, 0.1),
            L.GaussianNoise(0.0),
            L.Softmax(),
            L.Dense(8, activation="log_softmax"),
            L.Activation("softsign"),
            L.UnitNormalization(),
            L.Dense(4, kernel_regularizer="l2", bias_constraint="non_neg"),
        ),
        lambda: keras.optimizers.Lion(1e-3),
    ),
}


def random_input(tensor, random):
    shape = (ROWS, *tensor.shape[1:])
    if len(shape) == 2 and shape[1] < 10:
        return random.integers(0, WORDS, shape).astype("int32")
    return random.normal(size=shape).astype("float32")


def kiln(executable, *arguments):
    done = subprocess.run([executable, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"kiln {arguments[0]}: {done.stderr.strip()}")


def differences(executable, folder, name):
    """Largest differences of predictions, weights and optimizer state."""
    make, optimizer = MODELS[name]
    model = make()
    model.compile(
        optimizer if isinstance(optimizer, str) else optimizer(),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    (folder / "model.json").write_text(model.to_json())
    random = np.random.default_rng(1)
    x = {tensor.name: random_input(tensor, random) for tensor in model.inputs}
    y = random.integers(0, CLASSES, (ROWS,)).astype("int32")
    if len(x) == 1:
        x = next(iter(x.values()))
        np.save(folder / "x.npy", x)
        np.save(folder / "y.npy", y)
        inputs, data = folder / "x.npy", f"{folder}/x.npy,{folder}/y.npy"
    else:
        np.savez(folder / "x.npz", **x)
        np.savez(folder / "data.npz", **x, y=y)
        inputs, data = folder / "x.npz", folder / "data.npz"
    once, twice = folder / "once.keras", folder / "twice.keras"
    kiln(executable, "fit", folder / "model.json", "--data", data, "--epochs", 2, "--save", once)
    kiln(executable, "predict", once, "--data", inputs, "-o", folder / "p.npy")
    kiln(executable, "fit", once, "--data", data, "--epochs", 1, "--save", twice)

    ours, theirs = keras.models.load_model(once), keras.models.load_model(twice)
    predictions = np.abs(ours.predict(x, verbose=0) - np.load(folder / "p.npy")).max()
    ours.fit(x, y, batch_size=ROWS, epochs=1, verbose=0)

    def largest(a, b):
        pairs = [(np.asarray(p), np.asarray(q)) for p, q in zip(a, b, strict=True)]
        return max(np.abs(p.astype("f8") - q).max() for p, q in pairs if p.dtype.kind != "u")

    return (
        predictions,
        largest(ours.weights, theirs.weights),
        largest(ours.optimizer.variables, theirs.optimizer.variables),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kiln")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODELS)}")
    arguments = parser.parse_args()
    failed = 0
    for name in arguments.names or MODELS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = differences(arguments.kiln, pathlib.Path(folder), name)
            except (RuntimeError, ValueError, TypeError) as error:
                print(f"{name}: {error}")
                failed += 1
                continue
        agrees = max(found) <= TOLERANCE
        failed += not agrees
        print(
            f"{name}: largest differences: predictions {found[0]:.2g}, weights after a step "
            f"{found[1]:.2g}, optimizer {found[2]:.2g}: {'agrees' if agrees else 'DIFFERS'}"
        )
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
