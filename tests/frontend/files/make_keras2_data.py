#!/usr/bin/env python3
"""Makes the files of Keras 2 in data/ with tf_keras, which is Keras 2 in use, so that the tests need
no Python.

    python3 make_keras2_data.py FOLDER

Made with tf_keras 2.21.0 on tensorflow-cpu 2.21.0. Each keras2_NAME.h5 is a whole model;
keras2_NAME.npz has its inputs, x_0, x_1, ..., and what it predicts of them, y_0, y_1, ...

images     every layer of images that Keras 2 writes otherwise than Keras 3, compiled and trained
sequences  recurrent layers with every option of Keras 2, masks, wrappers
cells      recurrent layers of cells, one and several
graph      a functional model: shared and nested layers, initial states, attention, merging layers
weights    the weights of `images` alone (.h5)
"""

import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tf_keras

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


def randomize(model, random):
    values = []
    for weight in model.weights:
        value = random.normal(size=weight.shape) * 0.5
        values.append(np.abs(value) + 0.3 if "variance" in weight.name else value)
    model.set_weights(values)


def record(model, inputs, folder):
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    if not isinstance(outputs, list):
        outputs = [outputs]
    arrays = {f"x_{i}": x for i, x in enumerate(inputs)}
    arrays |= {f"y_{i}": y for i, y in enumerate(outputs)}
    model.save(f"{folder}/keras2_{model.name}.h5")
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


if __name__ == "__main__":
    main(sys.argv[1])
