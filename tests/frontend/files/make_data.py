#!/usr/bin/env python3
"""Makes the files in data/ with Keras itself, so that the tests need no Python.

    python3 make_data.py FOLDER

Made with keras 3.15.1 on tensorflow-cpu 2.21.0. The models are small and their files a few KB:

mlp.keras, mlp.weights.h5  after three training steps, with Adam's state
mlp.npz                    x, y; `predict`: what the model predicts then; `more_N`: its weights after
                           two further steps on all of x; `more_predict`: what it predicts after them
untrained.keras            compiled with SGD and momentum, never trained: no state yet
graph.keras, graph.h5      two inputs and outputs, shared and nested layers, after two steps
graph.npz                  its weights and its optimizer's variables then, in Keras's order
plain.weights.h5           of a model that was not compiled
normalized.keras           BatchNormalization, Dropout, Normalization; after three training steps
attention.keras            a functional model with MultiHeadAttention; likewise
spectral.keras             SpectralNormalization, whose kernels are in a file twice; likewise
lookup.keras               vocabularies that adapt() found, also of a layer of a nested model
normalized.npz, attention.npz, spectral.npz, lookup.npz   x; `predict`: what the model predicts
"""

import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np


def mlp(**compile_options):
    model = keras.Sequential(
        [
            keras.layers.Input((4,)),
            keras.layers.Dense(5, "relu", name="first"),
            keras.layers.Flatten(),
            keras.layers.Dense(3, "softmax", name="second"),
        ],
        name="small",
    )
    if compile_options:
        model.compile(**compile_options)
    return model


def normalized():
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((4,)),
            layers.Normalization(),
            layers.Dense(5, name="first"),
            layers.BatchNormalization(momentum=0.8),
            layers.Dropout(0.5),
            layers.Dense(3, "softmax"),
        ],
        name="normalized",
    )


def lookup():
    layers = keras.layers
    vectors = layers.IntegerLookup(output_mode="multi_hot", name="vectors")
    vectors.adapt(np.array([2, 2, 3, 3, 3, 1]))
    places = layers.IntegerLookup(mask_token=0, num_oov_indices=2, name="places")
    places.adapt(np.array([70, 70, 70, 900, 900, 5]))
    n = keras.Input((4,), dtype="int32")
    inner = keras.Model(n, vectors(n), name="inner")
    x = keras.Input((4,), dtype="int32", name="x")
    return keras.Model(x, layers.Dense(3)(inner(places(x))), name="lookup")


def attention():
    layers = keras.layers
    x = layers.Input((3, 4))
    attended = layers.MultiHeadAttention(2, 3, dropout=0.1)(x, x, use_causal_mask=True)
    y = layers.LayerNormalization()(layers.Add()([x, attended]))
    y = layers.Dense(3, "softmax")(layers.Flatten()(y))
    return keras.Model(x, y, name="attention")


def spectral():
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((4, 2)),
            layers.SpectralNormalization(layers.Conv1D(3, 2, activation="relu"), name="first"),
            layers.Flatten(),
            layers.SpectralNormalization(layers.Dense(3, "softmax"), power_iterations=2),
        ],
        name="spectral",
    )


def save_trained(model, folder):
    random = np.random.default_rng(7)
    x = random.random((8, *model.input_shape[1:]), dtype=np.float32)
    y = random.integers(0, 3, 8).astype(np.int32)
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.adapt(x)
    for _ in range(3):
        model.train_on_batch(x, y)
    model.save(f"{folder}/{model.name}.keras")
    np.savez(f"{folder}/{model.name}.npz", x=x, predict=model.predict(x, verbose=0))


def graph():
    """Two inputs, two outputs, a frozen model applied twice and a model of two inputs."""
    encoder = keras.Sequential(
        [keras.layers.Input((3,)), keras.layers.Dense(2, "tanh"), keras.layers.Dense(3)],
        name="encoder",
    )
    one, two = keras.Input((3,), name="one"), keras.Input((3,), name="two")
    fused = keras.layers.Dense(2, name="fused")(keras.layers.Concatenate()([one, two]))
    fuse = keras.Model([one, two], fused, name="fuse")
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    both = keras.layers.Add()([encoder(left), encoder(right)])
    kind = keras.layers.Dense(2, activation="softmax", name="kind")(fuse([both, right]))
    distance = keras.layers.Dense(1, name="distance")(both)
    encoder.trainable = False
    model = keras.Model([left, right], [kind, distance], name="graph")
    model.compile(
        keras.optimizers.Adam(0.01), loss=["sparse_categorical_crossentropy", "mse"]
    )
    return model


def make_graph(folder):
    random = np.random.default_rng(8)
    x = [random.random((4, 3), dtype=np.float32) for _ in range(2)]
    y = [random.integers(0, 2, 4).astype(np.int32), random.random((4, 1), dtype=np.float32)]
    model = graph()
    for _ in range(2):
        model.train_on_batch(x, y)
    model.save(f"{folder}/graph.keras")
    model.save(f"{folder}/graph.h5")
    arrays = {f"weight_{i}": w for i, w in enumerate(model.get_weights())}
    arrays |= {f"optimizer_{i}": v.numpy() for i, v in enumerate(model.optimizer.variables)}
    np.savez(f"{folder}/graph.npz", **arrays)


def main(folder):
    keras.utils.set_random_seed(7)
    random = np.random.default_rng(7)
    x = random.random((8, 4), dtype=np.float32)
    y = random.integers(0, 3, 8).astype(np.int32)
    model = mlp(
        optimizer=keras.optimizers.Adam(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    for _ in range(3):
        model.train_on_batch(x, y)
    model.save(f"{folder}/mlp.keras")
    model.save_weights(f"{folder}/mlp.weights.h5")
    arrays = {"x": x, "y": y, "predict": model.predict(x, verbose=0)}
    for _ in range(2):
        model.train_on_batch(x, y)
    arrays |= {f"more_{i}": w for i, w in enumerate(model.get_weights())}
    arrays["more_predict"] = model.predict(x, verbose=0)
    np.savez(f"{folder}/mlp.npz", **arrays)

    sgd = keras.optimizers.SGD(0.1, momentum=0.9)
    mlp(optimizer=sgd, loss="sparse_categorical_crossentropy").save(f"{folder}/untrained.keras")
    mlp().save_weights(f"{folder}/plain.weights.h5")
    save_trained(normalized(), folder)
    save_trained(attention(), folder)
    save_trained(spectral(), folder)
    make_graph(folder)
    x = np.array([[70, 900, 5, 0], [1, 2, 3, 900], [70, 70, 70, 70], [6, 7, 8, 9]], np.int32)
    model = lookup()
    model.layers[-1].bias.assign([0.1, -0.2, 0.3])
    model.save(f"{folder}/lookup.keras")
    np.savez(f"{folder}/lookup.npz", x=x, predict=model.predict(x, verbose=0))


if __name__ == "__main__":
    main(sys.argv[1])
