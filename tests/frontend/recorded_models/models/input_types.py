"""Models whose inputs are of other types than float32."""

import keras
from keras import layers as L


def typed(dtype, shape, *layers):
    return lambda: keras.Sequential([keras.Input(shape, dtype=dtype), *layers])


def twice(dtype, row, *layers):
    """A case whose both sets of data have one shape."""
    return [row, row], typed(dtype, row, *layers)


CASES = {
    "uint8_rescaling": twice("uint8", (5, 4, 3), L.Rescaling(1 / 255), L.Conv2D(2, 2)),
    "uint8_conv2d": twice("uint8", (5, 4, 3), L.Conv2D(2, 2), L.Flatten()),
    "uint8_dense": twice("uint8", (4, 3), L.Flatten(), L.Dense(2)),
    "uint8_normalization": twice(
        "uint8", (4, 3), L.Normalization(mean=120.0, variance=900.0), L.Dense(2)
    ),
    "uint8_max_pooling": twice("uint8", (6, 4, 3), L.MaxPooling2D(2), L.Rescaling(0.01), L.Dense(2)),
    "uint8_embedding": twice("uint8", (5,), L.Embedding(256, 2), L.Flatten()),
    "int8_dense": twice("int8", (4,), L.Dense(3)),
    "int16_dense": twice("int16", (4,), L.Dense(3)),
    "int32_dense": twice("int32", (4,), L.Dense(3)),
    "int64_embedding": twice("int64", (5,), L.Embedding(100, 2), L.GRU(2)),
    "int64_dense": twice("int64", (4,), L.Dense(3)),
    "bool_dense": twice("bool", (4,), L.Dense(3)),
    "float64_dense": twice("float64", (4,), L.Dense(3), L.BatchNormalization()),
}
