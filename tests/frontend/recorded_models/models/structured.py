"""Models of Keras's code examples about tables, series and graphs, written anew and small."""

import keras
import numpy as np
from keras import layers as L
from keras import ops


def structured_data_classification():
    numbers = [keras.Input((1,), name=name) for name in ("age", "pressure")]
    kinds = [keras.Input((1,), name=name, dtype="int32") for name in ("sex", "thal")]
    features = [L.Normalization(mean=0.5, variance=2.0)(x) for x in numbers]
    features += [L.CategoryEncoding(7, output_mode="one_hot")(x) for x in kinds]
    x = L.Dropout(0.0)(L.Dense(8, activation="relu")(L.concatenate(features)))
    return keras.Model(numbers + kinds, L.Dense(1, activation="sigmoid")(x))


def imbalanced_classification():
    return keras.Sequential(
        [
            keras.Input((9,)),
            L.Dense(8, activation="relu"),
            L.Dropout(0.0),
            L.Dense(8, activation="relu"),
            L.Dense(1, activation="sigmoid"),
        ]
    )


def collaborative_filtering():
    inputs = keras.Input((2,), dtype="int32")
    users, movies = inputs[:, 0], inputs[:, 1]
    user, movie = L.Embedding(20, 5)(users), L.Embedding(20, 5)(movies)
    bias = L.Embedding(20, 1)(users) + L.Embedding(20, 1)(movies)
    dot = ops.sum(user * movie, axis=1, keepdims=True)
    return keras.Model(inputs, ops.sigmoid(dot + bias))


def wide_deep_and_cross():
    inputs = [keras.Input((1,), name=name) for name in "abc"]
    kind = keras.Input((1,), name="kind", dtype="int32")
    x0 = L.concatenate(inputs + [ops.squeeze(L.Embedding(7, 3)(kind), axis=1)])
    cross = x0
    for _ in range(2):
        cross = x0 * L.Dense(6)(cross) + cross
    deep = x0
    for _ in range(2):
        deep = L.ReLU()(L.BatchNormalization()(L.Dense(6)(deep)))
    return keras.Model(inputs + [kind], L.Dense(3, "softmax")(L.concatenate([cross, deep])))


def tab_transformer():
    kinds = [keras.Input((), name=name, dtype="int32") for name in "abc"]
    numbers = keras.Input((2,), name="numbers")
    x = ops.stack([L.Embedding(7, 4)(each) for each in kinds], axis=1)
    x = x + L.Embedding(3, 4)(ops.cumsum(ops.stack([ops.ones_like(k) for k in kinds], 1), 1) - 1)
    attended = L.Add()([L.MultiHeadAttention(2, 4)(x, x), x])
    x = L.LayerNormalization(epsilon=1e-6)(attended)
    x = L.LayerNormalization(epsilon=1e-6)(L.Add()([L.Dense(4, activation="gelu")(x), x]))
    x = L.concatenate([L.Flatten()(x), L.LayerNormalization(epsilon=1e-6)(numbers)])
    x = L.Dense(6, activation="selu")(L.BatchNormalization()(x))
    return keras.Model(kinds + [numbers], L.Dense(1, activation="sigmoid")(x))


def gated_residual(x, units):
    y = L.Dense(units, activation="elu")(x)
    y = L.Dropout(0.0)(L.Dense(units)(y))
    if x.shape[-1] != units:
        x = L.Dense(units)(x)
    return L.LayerNormalization()(x + L.Dense(units)(y) * L.Dense(units, activation="sigmoid")(y))


def gated_residual_variable_selection():
    inputs = [keras.Input((3,), name=name) for name in "abc"]
    v = gated_residual(L.concatenate(inputs), 4)
    v = ops.expand_dims(L.Dense(units=3, activation="softmax")(v), axis=-1)
    x = ops.stack([gated_residual(each, 4) for each in inputs], axis=1)
    outputs = ops.squeeze(ops.matmul(ops.transpose(v, axes=[0, 2, 1]), x), axis=1)
    return keras.Model(inputs, L.Dense(1, activation="sigmoid")(outputs))


def neural_decision_tree():
    """Of depth 2, routed softly."""
    inputs = keras.Input((5,))
    features = ops.matmul(inputs, np.eye(5, 4, dtype="float32"))
    decisions = ops.expand_dims(L.Dense(4, activation="sigmoid")(features), axis=2)
    decisions = L.concatenate([decisions, 1 - decisions], axis=2)
    mu = ops.reshape(ops.ones_like(inputs[:, :1]), (-1, 1, 1))
    begin, end = 1, 2
    for level in range(2):
        mu = ops.reshape(mu, [-1, begin, 1])
        mu = ops.tile(mu, (1, 1, 2))
        mu = mu * decisions[:, begin:end, :]
        begin, end = end, end + 2 ** (level + 1)
    mu = ops.reshape(mu, [-1, 4])
    return keras.Model(inputs, L.Dense(3, use_bias=False)(mu))


def behavior_sequence_transformer():
    movies = keras.Input((5,), name="sequence", dtype="int32")
    target = keras.Input((1,), name="target", dtype="int32")
    ratings = keras.Input((5,), name="ratings")
    embedding = L.Embedding(20, 6)
    history = (embedding(movies) + np.linspace(0, 1, 5, dtype="float32")[:, None]) * ops.expand_dims(
        ratings, axis=-1
    )
    x = L.concatenate([history, embedding(target)], axis=1)
    attended = L.Dropout(0.0)(L.MultiHeadAttention(2, 6)(x, x))
    x1 = L.LayerNormalization()(L.Add()([x, attended]))
    x2 = L.Dropout(0.0)(L.Dense(6)(L.LeakyReLU()(x1)))
    x = L.Flatten()(L.LayerNormalization()(L.Add()([x1, x2])))
    x = L.LeakyReLU()(L.BatchNormalization()(L.Dense(8)(x)))
    return keras.Model([movies, target, ratings], L.Dense(1)(x))


def timeseries_classification_from_scratch():
    inputs = keras.Input((20, 1))
    x = inputs
    for _ in range(3):
        x = L.ReLU()(L.BatchNormalization()(L.Conv1D(4, 3, padding="same")(x)))
    return keras.Model(inputs, L.Dense(2, activation="softmax")(L.GlobalAveragePooling1D()(x)))


def timeseries_classification_transformer():
    inputs = keras.Input((12, 1))
    x = inputs
    for _ in range(2):
        y = L.MultiHeadAttention(key_dim=4, num_heads=2, dropout=0.0)(x, x)
        res = L.LayerNormalization(epsilon=1e-6)(L.Dropout(0.0)(y)) + x
        y = L.Conv1D(filters=4, kernel_size=1, activation="relu")(res)
        y = L.Conv1D(filters=x.shape[-1], kernel_size=1)(L.Dropout(0.0)(y))
        x = L.LayerNormalization(epsilon=1e-6)(y) + res
    x = L.GlobalAveragePooling1D(data_format="channels_last")(x)
    return keras.Model(inputs, L.Dense(2, activation="softmax")(L.Dense(5, activation="relu")(x)))


def timeseries_weather_forecasting():
    inputs = keras.Input((9, 4))
    return keras.Model(inputs, L.Dense(1)(L.LSTM(5)(inputs)))


def timeseries_anomaly_detection():
    inputs = keras.Input((16, 1))
    x = L.Conv1D(6, 7, padding="same", strides=2, activation="relu")(inputs)
    x = L.Dropout(rate=0.0)(x)
    x = L.Conv1D(4, 7, padding="same", strides=2, activation="relu")(x)
    x = L.Conv1DTranspose(4, 7, padding="same", strides=2, activation="relu")(x)
    x = L.Conv1DTranspose(6, 7, padding="same", strides=2, activation="relu")(L.Dropout(0.0)(x))
    return keras.Model(inputs, L.Conv1DTranspose(1, 7, padding="same")(x))


def traffic_forecasting():
    """A graph's convolution over roads, then an LSTM for each road."""
    inputs = keras.Input((6, 5, 1))
    adjacency = np.array(np.random.default_rng(0).integers(0, 2, (5, 5)), dtype="float32")
    nodes = L.Dense(3, use_bias=False)(inputs)
    gathered = ops.einsum("ij,btjf->btif", adjacency, inputs)
    x = ops.concatenate([nodes, L.Dense(3, use_bias=False)(gathered)], axis=-1)
    x = ops.reshape(ops.transpose(ops.relu(x), [0, 2, 1, 3]), (-1, 6, 6))
    x = L.Dense(2)(L.LSTM(4, activation="relu")(x))
    return keras.Model(inputs, ops.transpose(ops.reshape(x, (-1, 5, 2)), [0, 2, 1]))


def eeg_signal_classification():
    inputs = keras.Input((32, 1))
    x = inputs
    for filters in (4, 5):
        x = L.Conv1D(filters, 3, strides=2, padding="same", activation="relu")(x)
        x = L.BatchNormalization()(x)
    x = L.Dropout(0.0)(L.Flatten()(x))
    x = L.Dense(6, activation="relu", kernel_regularizer=keras.regularizers.L2())(x)
    x = L.Dense(4, activation="relu", kernel_regularizer=keras.regularizers.L2())(x)
    return keras.Model(inputs, L.Dense(3, activation="softmax")(x))


def graph_message_passing():
    """Of molecules: atoms, a given adjacency, pooled by a mask."""
    atoms, adjacency = keras.Input((5, 4)), keras.Input((5, 5))
    x = L.Dense(6, activation="relu")(atoms)
    for _ in range(2):
        messages = ops.matmul(adjacency, L.Dense(6)(x))
        degree = ops.sum(ops.abs(adjacency), axis=-1, keepdims=True)
        x = ops.relu(x + messages / ops.maximum(degree, 1.0))
    mask = ops.cast(ops.any(ops.not_equal(adjacency, 0), axis=-1, keepdims=True), "float32")
    x = ops.sum(x * mask, axis=1)
    return keras.Model([atoms, adjacency], L.Dense(1)(x))


def graph_attention():
    states, edges = keras.Input((5, 4)), keras.Input((5, 5))
    projected = L.Dense(3, use_bias=False)(states)
    left, right = L.Dense(1)(projected), L.Dense(1)(projected)
    scores = ops.leaky_relu(left + ops.transpose(right, (0, 2, 1)), negative_slope=0.2)
    scores = ops.exp(ops.clip(scores, -2, 2)) * ops.cast(edges > 0, "float32")
    scores = scores / (ops.sum(scores, axis=-1, keepdims=True) + 1e-6)
    return keras.Model([states, edges], ops.relu(ops.matmul(scores, projected)))


def actor_critic():
    inputs = keras.Input((4,))
    common = L.Dense(8, activation="relu")(inputs)
    return keras.Model(inputs, [L.Dense(2, activation="softmax")(common), L.Dense(1)(common)])


def deep_q_network():
    inputs = keras.Input((4, 20, 20))
    x = ops.transpose(inputs, [0, 2, 3, 1])
    x = L.Conv2D(4, 8, strides=4, activation="relu")(x)
    x = L.Conv2D(4, 4, strides=2, activation="relu")(x)
    return keras.Model(inputs, L.Dense(3)(L.Dense(8, activation="relu")(L.Flatten()(x))))


def dueling_q_network():
    inputs = keras.Input((4,))
    x = L.Dense(6, activation="relu")(inputs)
    value, advantage = L.Dense(1)(x), L.Dense(3)(x)
    return keras.Model(inputs, value + (advantage - ops.mean(advantage, axis=1, keepdims=True)))


def ddpg_critic():
    state, action = keras.Input((3,)), keras.Input((1,))
    s = L.Dense(6, activation="relu")(L.Dense(4, activation="relu")(state))
    x = L.Concatenate()([s, L.Dense(6, activation="relu")(action)])
    return keras.Model([state, action], L.Dense(1)(L.Dense(8, activation="relu")(x)))


def ddpg_actor():
    inputs = keras.Input((3,))
    last = keras.initializers.RandomUniform(minval=-0.003, maxval=0.003)
    x = L.Dense(1, activation="tanh", kernel_initializer=last)(L.Dense(8, activation="relu")(inputs))
    return keras.Model(inputs, x * 2.0)


SHAPES = {}
