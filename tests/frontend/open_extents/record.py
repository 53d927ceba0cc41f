#!/usr/bin/env python3
"""Records models whose inputs have open extents (None) with data of two shapes, and models whose
inputs are of other types than float32, so that open_extents_test.cc needs no Python.

    KERAS_BACKEND=jax python3 record.py      # all cases, to data/*.json

Made with keras 3.15.1. A case has the model's file, its weights before training, what it predicts
for data of the first and of the second shape, the loss of one step of SGD on the first, the weights
after it, and the loss of an evaluation on the second. Both sets of data of an input type have one
shape.
"""

import json
import pathlib
import zlib

import keras
import numpy as np
from keras import layers as L

BATCH = 3


def sequential(*layers):
    return lambda: keras.Sequential(list(layers))


def functional(shapes, body, dtype="float32"):
    def make():
        inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
        return keras.Model(inputs if len(inputs) > 1 else inputs[0], body(*inputs))

    return make


STEPS = [(6, 2), (9, 2)]  # rows of Input((None, 2))
LONG = [(12, 4), (17, 4)]
IMAGES = [(6, 5, 3), (9, 8, 3)]
IDS = [(5,), (8,)]


def time(*layers):
    return sequential(keras.Input((None, 2)), *layers)


def long(*layers):
    return sequential(keras.Input((None, 4)), *layers)


def image(*layers):
    return sequential(keras.Input((None, None, 3)), *layers)


def ids(*layers):
    return sequential(keras.Input((None,), dtype="int32"), *layers)


def attention_pooling(x):
    return L.GlobalAveragePooling1D()(L.MultiHeadAttention(2, 3)(x, x))


# Name: the rows of both sets of data, and the model.
CASES = {
    "dense_over_time": (STEPS, time(L.Dense(3, activation="tanh"))),
    "simple_rnn": (STEPS, time(L.SimpleRNN(3))),
    "lstm": (STEPS, time(L.LSTM(3), L.Dense(2))),
    "lstm_sequences": (STEPS, time(L.LSTM(3, return_sequences=True), L.Dense(2))),
    "gru": (STEPS, time(L.GRU(3, go_backwards=True))),
    "bidirectional": (STEPS, time(L.Bidirectional(L.LSTM(2, return_sequences=True)), L.GRU(2))),
    "masking": (STEPS, time(L.Masking(0.0), L.LSTM(3))),
    "time_distributed": (STEPS, time(L.TimeDistributed(L.Dense(3)), L.GlobalMaxPooling1D())),
    "conv1d": (LONG, long(L.Conv1D(3, 3), L.Conv1D(3, 3, padding="same", strides=2))),
    "conv1d_causal": (LONG, long(L.Conv1D(3, 3, padding="causal", dilation_rate=2), L.LSTM(2))),
    "conv1d_transpose": (LONG, long(L.Conv1DTranspose(3, 3, strides=2, padding="same"))),
    "separable_conv1d": (LONG, long(L.SeparableConv1D(3, 3), L.GlobalAveragePooling1D())),
    "pooling1d": (
        LONG,
        long(L.MaxPooling1D(2), L.AveragePooling1D(2, padding="same"), L.Dense(2)),
    ),
    "borders1d": (LONG, long(L.ZeroPadding1D(2), L.Cropping1D(1), L.UpSampling1D(2), L.Dense(1))),
    "normalizations": (
        LONG,
        long(L.LayerNormalization(), L.BatchNormalization(), L.GroupNormalization(2), L.Dense(2)),
    ),
    "reshape": (LONG, long(L.Reshape((-1, 2)), L.Dense(3), L.Permute((2, 1)), L.ReLU())),
    "flatten": (LONG, long(L.Dense(2), L.Flatten())),
    "repeat_vector": (LONG, long(L.GlobalAveragePooling1D(), L.RepeatVector(3), L.Dense(2))),
    "prelu": (LONG, long(L.PReLU(shared_axes=[1]), L.Softmax(), L.Dense(2))),
    "conv2d": (IMAGES, image(L.Conv2D(4, 3, activation="relu"), L.GlobalAveragePooling2D())),
    "conv2d_strided": (
        IMAGES,
        image(L.Conv2D(4, 3, strides=2, padding="same"), L.BatchNormalization(), L.Dense(2)),
    ),
    "depthwise_conv2d": (IMAGES, image(L.DepthwiseConv2D(3), L.GlobalMaxPooling2D(), L.Dense(2))),
    "separable_conv2d": (IMAGES, image(L.SeparableConv2D(4, 3, padding="same"), L.Dense(2))),
    "conv2d_transpose": (IMAGES, image(L.Conv2DTranspose(2, 3, strides=2, padding="same"))),
    "pooling2d": (IMAGES, image(L.MaxPooling2D(2), L.AveragePooling2D(2, padding="same"))),
    "borders2d": (
        IMAGES,
        image(L.ZeroPadding2D(1), L.Cropping2D(((1, 0), (0, 1))), L.UpSampling2D(2), L.Dense(2)),
    ),
    "rescaling": (IMAGES, image(L.Rescaling(0.5, offset=1.0), L.Conv2D(2, 2), L.Flatten())),
    "conv3d": (
        [(4, 5, 4, 2), (5, 6, 4, 2)],
        sequential(
            keras.Input((None, None, 4, 2)),
            L.Conv3D(2, 2),
            L.MaxPooling3D(2),
            L.GlobalAveragePooling3D(),
        ),
    ),
    "embedding": (IDS, ids(L.Embedding(7, 3), L.GlobalAveragePooling1D(), L.Dense(1))),
    "embedding_mask": (IDS, ids(L.Embedding(7, 3, mask_zero=True), L.LSTM(3), L.Dense(1))),
    "embedding_mask_pooling": (
        IDS,
        ids(L.Embedding(7, 3, mask_zero=True), L.GlobalAveragePooling1D(), L.Dense(1)),
    ),
    "multi_head_attention": (LONG, functional([(None, 4)], attention_pooling)),
    "attention": (
        [((4, 3), (6, 3)), ((5, 3), (2, 3))],
        functional([(None, 3), (None, 3)], lambda q, v: L.Attention()([q, v])),
    ),
    "additive_attention": (
        [((4, 3), (6, 3)), ((5, 3), (2, 3))],
        functional([(None, 3), (None, 3)], lambda q, v: L.AdditiveAttention()([q, v])),
    ),
    "merging": (
        [((4, 3), (4, 3)), ((6, 3), (6, 3))],
        functional(
            [(None, 3), (None, 3)],
            lambda a, b: L.Concatenate(axis=1)([L.Add()([a, b]), L.Multiply()([a, b])]),
        ),
    ),
    "dot": (
        [((4, 3), (4, 3)), ((6, 3), (6, 3))],
        functional([(None, 3), (None, 3)], lambda a, b: L.Dot(1)([a, L.Dense(2)(b)])),
    ),
    "nested": (
        STEPS,
        functional(
            [(None, 2)],
            lambda x: keras.Sequential([keras.Input((None, 2)), L.GRU(3)], name="inner")(x),
        ),
    ),
    "encoder_decoder": (
        [((5, 2), (4, 3)), ((7, 2), (6, 3))],
        functional(
            [(None, 2), (None, 3)],
            lambda a, b: L.Dense(2)(
                L.LSTM(3, return_sequences=True)(
                    b, initial_state=L.LSTM(3, return_state=True)(a)[1:]
                )
            ),
        ),
    ),
}


def typed(dtype, shape, *layers):
    return sequential(keras.Input(shape, dtype=dtype), *layers)


# Name: the rows of the data, and the model.
TYPES = {
    "uint8_rescaling": ((5, 4, 3), lambda s: typed("uint8", s, L.Rescaling(1 / 255), L.Conv2D(2, 2))),
    "uint8_conv2d": ((5, 4, 3), lambda s: typed("uint8", s, L.Conv2D(2, 2), L.Flatten())),
    "uint8_dense": ((4, 3), lambda s: typed("uint8", s, L.Flatten(), L.Dense(2))),
    "uint8_normalization": (
        (4, 3),
        lambda s: typed("uint8", s, L.Normalization(mean=120.0, variance=900.0), L.Dense(2)),
    ),
    "uint8_max_pooling": (
        (6, 4, 3),
        lambda s: typed("uint8", s, L.MaxPooling2D(2), L.Rescaling(0.01), L.Dense(2)),
    ),
    "uint8_embedding": ((5,), lambda s: typed("uint8", s, L.Embedding(256, 2), L.Flatten())),
    "int8_dense": ((4,), lambda s: typed("int8", s, L.Dense(3))),
    "int16_dense": ((4,), lambda s: typed("int16", s, L.Dense(3))),
    "int32_dense": ((4,), lambda s: typed("int32", s, L.Dense(3))),
    "int64_embedding": ((5,), lambda s: typed("int64", s, L.Embedding(100, 2), L.GRU(2))),
    "int64_dense": ((4,), lambda s: typed("int64", s, L.Dense(3))),
    "bool_dense": ((4,), lambda s: typed("bool", s, L.Dense(3))),
    "float64_dense": ((4,), lambda s: typed("float64", s, L.Dense(3), L.BatchNormalization())),
}
HIGH = {"bool": 2, "int8": 100, "int64": 100, "int16": 1000, "int32": 1000, "uint8": 256}


def array(values):
    values = np.asarray(values)
    flat = [float(str(v)) if values.dtype.kind == "f" else int(v) for v in values.flatten()]
    return {"shape": list(values.shape), "dtype": str(values.dtype), "values": flat}


def random_inputs(random, model, rows, ids):
    rows = rows if isinstance(rows[0], tuple) else (rows,)
    arrays = []
    for tensor, row in zip(model.inputs, rows):
        shape = (BATCH, *row)
        if ids:
            arrays.append(random.integers(0, 7, shape).astype(np.int32))
        elif tensor.dtype in HIGH:
            low = -HIGH[tensor.dtype] if tensor.dtype in ("int8", "int16", "int32") else 0
            arrays.append(random.integers(low, HIGH[tensor.dtype], shape).astype(tensor.dtype))
        else:
            arrays.append(random.uniform(-1, 1, shape).round(3).astype(np.float32))
    return arrays


def record(name, both, make, ids=True):
    random = np.random.default_rng(zlib.crc32(name.encode()))
    keras.utils.clear_session()
    model = make()
    for weight in model.weights:
        low = 0.5 if "variance" in weight.path else -1.0
        if weight.dtype == "float32":
            weight.assign(random.uniform(low, 1.5, weight.shape).round(3).astype(np.float32))
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    case = {
        "name": name,
        "model": json.loads(model.to_json()),
        "initial": [array(w) for w in model.get_weights()],
        "data": [],
    }
    data = []
    for rows in both:
        x = random_inputs(random, model, rows, ids and model.inputs[0].dtype == "int32")
        given = x if len(x) > 1 else x[0]
        predicted = model.predict(given, verbose=0)
        y = random.uniform(-1, 1, predicted.shape).round(3).astype(np.float32)
        data.append((given, y))
        case["data"].append({"x": [array(v) for v in x], "y": array(y), "predicted": array(predicted)})
    case["train_loss"] = float(model.train_on_batch(*data[0]))
    case["final"] = [array(w) for w in model.get_weights()]
    case["test_loss"] = float(model.evaluate(*data[1], verbose=0, batch_size=BATCH))
    return case


def write(name, cases):
    path = pathlib.Path(__file__).parent / "data" / f"{name}.json"
    path.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


def main():
    write("open_extents", [record(name, both, make) for name, (both, make) in CASES.items()])
    types = []
    for name, (row, make) in TYPES.items():
        types.append(record(name, [row, row], make(row), ids=False))
    write("input_types", types)


if __name__ == "__main__":
    main()
