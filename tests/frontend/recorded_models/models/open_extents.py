"""Models whose inputs have open extents (None), with data of two shapes."""

import keras
from keras import layers as L


def sequential(*layers):
    return lambda: keras.Sequential(list(layers))


def functional(shapes, body):
    def make():
        inputs = [keras.Input(shape) for shape in shapes]
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
