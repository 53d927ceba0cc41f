#!/usr/bin/env python3
"""Makes the files of Keras 2 in data/ with tf_keras, which is Keras 2 in use, so that the tests need
no Python.

    python3 make_keras2_data.py FOLDER

Made with tf_keras 2.21.0 on tensorflow-cpu 2.21.0. Each keras2_NAME.h5 is a whole model, and
keras2_functions.json a definition; keras2_NAME.npz has its inputs, x_0, x_1, ..., and what it predicts of them, y_0, y_1, ...

images     every layer of images that Keras 2 writes otherwise than Keras 3, compiled and trained
sequences  recurrent layers with every option of Keras 2, masks, wrappers
cells      recurrent layers of cells, one and several
graph      a functional model: shared and nested layers, initial states, attention, merging layers
functions  functions of TensorFlow, which Keras 2 makes layers of, each an output
weights    the weights of `images` alone (.h5)
cudnn      CuDNNLSTM and CuDNNGRU, which only GPUs run: tf_keras's LSTM and GRU, whose file is written
           anew with their names and in their layout of weights
keras1     a file as Keras 1.2 wrote it: layers of tf_keras, whose file is written anew with Keras 1's
           names of options (keras/legacy/interfaces.py of Keras 2.2) and in its layout of weights
"""

import json
import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import numpy as np
import tensorflow as tf
import tf_keras
from tf_keras.src.saving.legacy import hdf5_format

layers = tf_keras.layers


def images():
    return tf_keras.Sequential(
        [
            layers.Conv2D(2, 3, activation="relu", input_shape=(9, 9, 2)),
            layers.BatchNormalization(),
            layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
            layers.LeakyReLU(0.1),
            layers.SeparableConv2D(2, 3, padding="same"),
            layers.PReLU(shared_axes=[1, 2]),
            layers.AveragePooling2D(2, 1, "same"),
            layers.ZeroPadding2D(1),
            layers.Cropping2D(((1, 0), (0, 1))),
            layers.Conv2DTranspose(2, 3, strides=2),
            layers.SpatialDropout2D(0.3),
            layers.ThresholdedReLU(0.1),
            layers.GlobalAveragePooling2D(keepdims=True),
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(3, "softmax", kernel_initializer="orthogonal", kernel_regularizer="l1_l2"),
        ],
        name="images",
    )


def sequences():
    return tf_keras.Sequential(
        [
            layers.Embedding(7, 4, mask_zero=True, input_length=6),
            layers.LSTM(3, recurrent_activation="hard_sigmoid", return_sequences=True),
            layers.GRU(
                3,
                reset_after=False,
                implementation=1,
                recurrent_activation="hard_sigmoid",
                return_sequences=True,
                dropout=0.1,
            ),
            layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="ave"),
            layers.SimpleRNN(3, return_sequences=True, activation="hard_sigmoid", unroll=True),
            layers.TimeDistributed(layers.Dense(2)),
            layers.Bidirectional(layers.LSTM(2, implementation=1, use_bias=False)),
        ],
        name="sequences",
    )


def cells():
    gru = layers.GRUCell(2, reset_after=False, recurrent_activation="hard_sigmoid", dropout=0.1)
    return tf_keras.Sequential(
        [
            layers.Masking(input_shape=(5, 3)),
            layers.RNN([layers.LSTMCell(3), gru, layers.GRUCell(3)], return_sequences=True),
            layers.Bidirectional(layers.RNN(layers.LSTMCell(2, use_bias=False), return_sequences=True)),
            layers.RNN(layers.SimpleRNNCell(3), go_backwards=True, time_major=False, unroll=True),
        ],
        name="cells",
    )


def graph():
    encoder = tf_keras.Sequential(
        [layers.Dense(4, input_shape=(4,)), layers.BatchNormalization()], name="encoder"
    )
    first = tf_keras.Input((4,), name="first")
    twice = tf_keras.Model(first, layers.Dense(4, "tanh")(first), name="twice")
    x, h = tf_keras.Input((3, 4), name="x"), tf_keras.Input((4,), name="h")
    sequence = layers.GRU(4, return_sequences=True)(x, initial_state=encoder(twice(twice(h))))
    attended = layers.MultiHeadAttention(2, 3)(sequence, value=x, key=sequence)
    both = layers.Attention(use_scale=True)([attended, x])
    merged = layers.Concatenate(axis=-1)([both, layers.Add()([sequence, x])])
    flat = layers.Dense(2, name="out")(layers.GlobalMaxPooling1D()(merged))
    return tf_keras.Model([x, h], [flat, twice(h)], name="graph")


def functions():
    x, y = tf_keras.Input((4, 6), name="x"), tf_keras.Input((4, 6), name="y")
    n = tf_keras.Input((3,), dtype="int32", name="n")
    image = tf_keras.Input((4, 5, 2), name="image")
    m, nn, some = tf.math, tf.nn, x > 0.2
    outputs = [
        # Arithmetic, with numbers on either side.
        x * 2.0 + y,
        1.0 - x,
        3.0 / (y + 4.0),
        -x // 0.5,
        x % 0.7,
        x**2,
        2.0 ** y,
        abs(x),
        m.add_n([x, y, x]),
        m.scalar_mul(3.0, x),
        m.divide_no_nan(x, tf.round(y)),
        m.maximum(x, y),
        m.minimum(0.5, x),
        m.squared_difference(x, y),
        m.atan2(x, y),
        tf.add(x, y),
        tf.subtract(x, y),
        tf.multiply(x, y),
        tf.divide(x, 2.0),
        # Comparisons and logic.
        tf.where((x < y) & some | ~(y >= 0.1), x, y),
        tf.cast(m.logical_xor(x <= 0.3, y > 0.0), "float32"),
        tf.cast(tf.equal(n, 1), "float32"),
        tf.cast(tf.not_equal(n, 1), tf.float32) * 2.0,
        tf.where(some, x, 0.0),
        # One operand.
        tf.stack([f(x) for f in (tf.cos, tf.cosh, tf.atan, tf.asinh, m.erf, tf.exp, m.expm1)], 1),
        tf.stack([f(y) for f in (tf.floor, m.ceil, tf.round, m.rint, tf.sign, tf.sin, tf.sinh)], 1),
        tf.stack([f(tf.tanh(x)) for f in (tf.acos, tf.asin, tf.atanh, tf.tan)], axis=-1),
        tf.stack([f(tf.square(x) + 1.1) for f in (tf.acosh, m.log, m.log1p, m.sqrt, m.rsqrt)], 2),
        m.reciprocal(y + 5.0),
        tf.identity(x),
        tf.clip_by_value(x, -0.3, 0.4),
        tf.zeros_like(x) + tf.ones_like(y),
        tf.cast(m.is_nan(x) | m.is_inf(x) | ~m.is_finite(y), "float32"),
        # Activations.
        tf.stack([nn.sigmoid(x), m.log_sigmoid(x), nn.softplus(x), nn.tanh(x), nn.elu(x)], 1),
        tf.stack([nn.gelu(x), nn.gelu(x, approximate=True), nn.leaky_relu(x), nn.relu(x)], 1),
        tf.stack([nn.relu6(x * 9.0), nn.selu(x), nn.silu(x), nn.softsign(x), nn.swish(y)], 1),
        nn.leaky_relu(x, alpha=0.4),
        nn.softmax(x),
        nn.softmax(x, axis=1),
        nn.log_softmax(x),
        # Reductions.
        tf.reduce_mean(x, axis=-1, keepdims=True),
        tf.reduce_sum(x, [1, 2]),
        tf.reduce_max(x, 1) - tf.reduce_min(x, 1),
        tf.reduce_prod(x, axis=2),
        m.reduce_std(x, axis=1) + m.reduce_variance(x, axis=1),
        m.reduce_logsumexp(x, axis=1),
        m.reduce_euclidean_norm(x, axis=1),
        tf.cast(tf.reduce_any(some, 1) & tf.reduce_all(y < 1.5, 1), "float32"),
        tf.cast(tf.argmax(x, axis=1), "float32") + tf.cast(tf.argmin(y, 1), "float32"),
        tf.cumsum(x, axis=1),
        m.l2_normalize(x, axis=-1),
        tf.norm(x, axis=2),
        # Products.
        x @ tf.transpose(y, [0, 2, 1]),
        tf.matmul(x, y, transpose_b=True),
        tf.matmul(x, y, transpose_a=True),
        # Shapes.
        tf.concat([x, y * 2.0], axis=-1),
        tf.reshape(x, [-1, 8, 3]),
        tf.reshape(x, (tf.shape(x)[0], 24)),
        tf.squeeze(tf.expand_dims(x, 1), 1),
        tf.pad(x, [[0, 0], [1, 0], [0, 2]]),
        tf.pad(x, [[0, 0], [1, 0], [0, 2]], "REFLECT"),
        tf.repeat(x, 2, axis=1),
        tf.reverse(x, [1]),
        tf.roll(x, 1, axis=2),
        tf.concat(tf.split(x, 2, axis=-1)[::-1], -1),
        tf.concat(tf.split(x, [1, 3], axis=1)[::-1], 1),
        tf.tile(x, [1, 2, 1]),
        tf.stack(tf.unstack(y, axis=1)[::-1], axis=1),
        # Elements.
        x[:, 1:3, ::2],
        x[..., -1],
        x[:, tf.newaxis, 0],
        x[:, ::-1],
        tf.gather(x, [2, 0], axis=1),
        tf.one_hot(n, 4),
        tf.slice(x, [0, 1, 2], [-1, 2, -1]),
        tf.image.resize(image, (7, 6)),
        tf.image.resize(image, (2, 3), method="nearest"),
        # Keras 2's own names for some.
        tf_keras.backend.mean(x, axis=1),
        tf_keras.backend.sqrt(tf_keras.backend.sum(tf_keras.backend.square(x), axis=[1, 2])),
        tf_keras.activations.swish(x),
    ]
    return tf_keras.Model([x, y, n, image], outputs, name="functions")


def cudnn():
    return tf_keras.Sequential(
        [
            layers.Bidirectional(layers.LSTM(3, return_sequences=True), input_shape=(5, 4)),
            layers.GRU(2, return_sequences=True),
            layers.LSTM(3, go_backwards=True),
        ],
        name="cudnn",
    )


def keras1():
    a = tf_keras.Input((6, 4), name="a")
    x = layers.Conv1D(3, 2, activation="relu", padding="same", name="conv")(a)
    x = layers.MaxPooling1D(2, name="pool")(x)
    x = layers.BatchNormalization(name="norm")(x)
    gates = {"recurrent_activation": "hard_sigmoid", "name": "lstm", "return_sequences": True}
    lstm = layers.LSTM(3, **gates)(x)
    gru = layers.GRU(3, recurrent_activation="hard_sigmoid", reset_after=False, name="gru")(lstm)
    both = layers.Concatenate(axis=-1, name="both")([gru, layers.Flatten(name="flat")(x)])
    out = layers.Dense(3, activation="tanh", name="out")(both)
    return tf_keras.Model(a, layers.Add(name="sum")([out, gru]), name="keras1")


class CuDNNLSTM:
    """A target for tf_keras's conversion, which looks at a class's name alone."""


class CuDNNGRU:
    """Likewise."""


def cudnn_layer(layer):
    """The config of a CuDNN layer."""
    config = layer["config"]
    if layer["class_name"] == "Bidirectional":
        cudnn_layer(config["layer"])
        config.pop("backward_layer", None)
    if layer["class_name"] not in ("LSTM", "GRU"):
        return
    layer["class_name"] = "CuDNN" + layer["class_name"]
    for key in ("activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout"):
        config.pop(key)
    for key in ("implementation", "reset_after", "unroll", "bias_constraint"):
        config.pop(key, None)


def write_cudnn(model, path):
    """Like model.save(), with CuDNN layers."""
    config = json.loads(model.to_json())
    for layer in config["config"]["layers"]:
        cudnn_layer(layer)

    def converted(layer):
        kind = CuDNNGRU if isinstance(layer, layers.GRU) else CuDNNLSTM
        return hdf5_format._convert_rnn_weights(kind(), layer.get_weights())

    def arrays(layer):
        if isinstance(layer, layers.Bidirectional):
            return converted(layer.forward_layer) + converted(layer.backward_layer)
        return converted(layer)

    values = {layer.name: arrays(layer) for layer in model.layers}
    write_h5(path, "2.2.4", config, values)


# Keras 1's configs of keras1()'s layers, but for the names.
NONE_1 = {"W_regularizer": None, "b_regularizer": None, "W_constraint": None, "b_constraint": None}
RECURRENT_1 = {
    "init": "glorot_uniform",
    "inner_init": "orthogonal",
    "activation": "tanh",
    "inner_activation": "hard_sigmoid",
    "W_regularizer": None,
    "U_regularizer": None,
    "b_regularizer": None,
    "dropout_W": 0.0,
    "dropout_U": 0.0,
    "go_backwards": False,
    "stateful": False,
    "unroll": False,
    "consume_less": "cpu",
    "input_dim": 3,
    "input_length": None,
    "output_dim": 3,
}
MERGE_1 = {
    "mode_type": "raw",
    "dot_axes": -1,
    "output_shape": None,
    "output_shape_type": "raw",
    "output_mask": None,
    "output_mask_type": "raw",
    "arguments": {},
}
LAYERS_1 = {
    "a": ("InputLayer", {"batch_input_shape": [None, 6, 4], "input_dtype": "float32"}),
    "conv": (
        "Convolution1D",
        NONE_1
        | {
            "nb_filter": 3,
            "filter_length": 2,
            "init": "glorot_uniform",
            "activation": "relu",
            "border_mode": "same",
            "subsample_length": 1,
            "bias": True,
            "input_dim": 4,
            "input_length": None,
            "activity_regularizer": None,
        },
    ),
    "pool": ("MaxPooling1D", {"stride": 2, "pool_length": 2, "border_mode": "valid"}),
    "norm": (
        "BatchNormalization",
        {
            "epsilon": 0.001,
            "mode": 0,
            "axis": -1,
            "momentum": 0.99,
            "gamma_regularizer": None,
            "beta_regularizer": None,
        },
    ),
    "lstm": ("LSTM", RECURRENT_1 | {"forget_bias_init": "one", "return_sequences": True}),
    "gru": ("GRU", RECURRENT_1 | {"return_sequences": False}),
    "flat": ("Flatten", {}),
    "both": ("Merge", MERGE_1 | {"mode": "concat", "concat_axis": -1}),
    "out": (
        "Dense",
        NONE_1
        | {
            "output_dim": 3,
            "init": "glorot_uniform",
            "activation": "tanh",
            "activity_regularizer": None,
            "bias": True,
            "input_dim": 9,
        },
    ),
    "sum": ("Merge", MERGE_1 | {"mode": "sum", "concat_axis": -1}),
}


def write_keras1(model, path):
    """Like model.save() of Keras 1."""
    config = json.loads(model.to_json())["config"]
    described = []
    for layer in config["layers"]:
        name = layer["name"]
        class_name, options = LAYERS_1[name]
        nodes = [[reference[:3] for reference in node] for node in layer["inbound_nodes"]]
        options = options | {"name": name, "trainable": True}
        described.append(
            {"class_name": class_name, "config": options, "inbound_nodes": nodes, "name": name}
        )
    config = {"class_name": "Model", "config": config | {"layers": described}}

    def arrays(layer):
        values = layer.get_weights()
        if layer.name == "conv":
            return [values[0][:, None], values[1]]
        if layer.name not in ("lstm", "gru"):
            return values
        gates = 4 if layer.name == "lstm" else 3
        parts = [np.split(value, gates, axis=-1) for value in values]
        order = (0, 2, 1, 3) if gates == 4 else (0, 1, 2)  # i, c, f, o
        return [part[gate] for gate in order for part in parts]

    write_h5(path, "1.2.2", config, {layer.name: arrays(layer) for layer in model.layers})


def write_json(model, path):
    """The definition of a model without weights."""
    with open(path.replace(".h5", ".json"), "w", encoding="utf-8") as file:
        file.write(model.to_json())


def write_h5(path, version, config, values):
    """A whole model, with the arrays of its layers by their names."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["model_config"] = json.dumps(config).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in values]
        for name, arrays in values.items():
            layer = group.create_group(name)
            names = [f"{name}_{i}".encode() for i in range(len(arrays))]
            layer.attrs["weight_names"] = names
            for own, array in zip(names, arrays):
                layer[own.decode()] = np.asarray(array, np.float32)


def randomize(model, random):
    values = []
    for weight in model.weights:
        value = random.normal(size=weight.shape) * 0.5
        values.append(np.abs(value) + 0.3 if "variance" in weight.name else value)
    model.set_weights(values)


def record(model, inputs, folder, write=lambda model, path: model.save(path)):
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    if not isinstance(outputs, list):
        outputs = [outputs]
    arrays = {f"x_{i}": x for i, x in enumerate(inputs)}
    arrays |= {f"y_{i}": y for i, y in enumerate(outputs)}
    write(model, f"{folder}/keras2_{model.name}.h5")
    np.savez(f"{folder}/keras2_{model.name}.npz", **arrays)


def main(folder):
    tf_keras.utils.set_random_seed(7)
    random = np.random.default_rng(7)

    def normal(*shape):
        return random.normal(size=shape).astype(np.float32)

    model = images()
    randomize(model, random)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(normal(4, 9, 9, 2), random.integers(0, 3, 4), verbose=0)
    record(model, [normal(4, 9, 9, 2)], folder)
    model.save_weights(f"{folder}/keras2_weights.h5")

    model = sequences()
    randomize(model, random)
    record(model, [random.integers(0, 7, (4, 6)).astype(np.int32)], folder)

    model = graph()
    randomize(model, random)
    record(model, [normal(4, 3, 4), normal(4, 4)], folder)

    model = cells()
    randomize(model, random)
    x = normal(4, 5, 3)
    x[1, 3:] = x[2, 0] = 0
    record(model, [x], folder)

    model = cudnn()
    randomize(model, random)
    record(model, [normal(4, 5, 4)], folder, write_cudnn)

    model = keras1()
    randomize(model, random)
    record(model, [normal(4, 6, 4)], folder, write_keras1)

    inputs = [normal(2, 4, 6), normal(2, 4, 6), random.integers(0, 4, (2, 3)).astype(np.int32)]
    record(functions(), inputs + [normal(2, 4, 5, 2)], folder, write_json)


if __name__ == "__main__":
    main(sys.argv[1])
