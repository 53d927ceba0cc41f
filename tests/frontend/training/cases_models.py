"""Whole models: what regularizers and constraints do to loss and weights; losses that are no mean over
rows; what metrics are called."""

import keras
from keras import constraints, layers, losses, metrics, optimizers, regularizers
from keras.optimizers import schedules


def case(optimizer=lambda: optimizers.SGD(0.5), **options):
    """A hidden layer with those options and an output layer, trained on numbers."""
    return {
        "layers": lambda: [
            layers.Dense(4, "tanh", **{k: v() for k, v in options.items()}),
            layers.Dense(2),
        ],
        "compile": lambda: {"optimizer": optimizer(), "loss": "mse", "metrics": ["mae"]},
        "labels": "numbers",
    }


def stateful(*recurrent, shape=(4, 3, 2), **options):
    """Recurrent layers whose states go from batch to batch. (Keras does so on TensorFlow; on JAX its
    compiled steps begin each batch at zeros.)"""
    return {
        "layers": lambda: [layers.Input(batch_shape=shape), *(r() for r in recurrent), layers.Dense(2)],
        "compile": lambda: {"optimizer": optimizers.SGD(0.25), "loss": "mse", "metrics": ["mae"]},
        "labels": "numbers",
        "predicts": True,
    } | options


def spectral(*spectral_layers, optimizer=lambda: optimizers.SGD(0.5), **options):
    """Kernels that are normalized in training. (Keras on TensorFlow makes the quotient the kernel; on
    JAX the kernel stays.)"""
    return {
        "layers": lambda: [make() for make in spectral_layers],
        "compile": lambda: {"optimizer": optimizer(), "loss": "mse", "metrics": ["mae"]},
        "labels": "numbers",
    } | options


def spectral_dense(units=2, activation=None, power_iterations=1, trainable=True, **options):
    options = {key: make() for key, make in options.items()}
    layer = layers.SpectralNormalization(layers.Dense(units, activation, **options), power_iterations)
    layer.trainable = trainable
    return layer


def twice_normalized():
    """A layer that is called twice, so that it normalizes twice in a step, and one in a model."""
    x = layers.Input((3,))
    layer = layers.SpectralNormalization(layers.Dense(3, "tanh", kernel_regularizer="l2"))
    inner = keras.Sequential([layers.Input((3,)), layers.SpectralNormalization(layers.Dense(2))])
    return keras.Model(x, inner(layer(layer(x))))


CASES = {
    "l1": case(kernel_regularizer=lambda: regularizers.L1(0.0625)),
    "l2": case(kernel_regularizer=lambda: "l2", bias_regularizer=lambda: regularizers.L2(0.5)),
    "l1_l2": case(kernel_regularizer=lambda: regularizers.L1L2(0.05, 0.2)),
    "orthogonal_rows": case(
        kernel_regularizer=lambda: regularizers.OrthogonalRegularizer(0.5)
    ),
    "orthogonal_columns": case(
        kernel_regularizer=lambda: regularizers.OrthogonalRegularizer(0.5, "columns")
    ),
    "activity": case(activity_regularizer=lambda: regularizers.L1L2(0.1, 0.3)),
    "max_norm": case(kernel_constraint=lambda: constraints.MaxNorm(0.75)),
    "max_norm_of_rows": case(kernel_constraint=lambda: constraints.MaxNorm(0.5, axis=1)),
    "unit_norm": case(
        kernel_constraint=lambda: "unit_norm",
        bias_constraint=lambda: constraints.UnitNorm(axis=0),
    ),
    "unit_norm_of_all": case(kernel_constraint=lambda: constraints.UnitNorm(axis=[0, 1])),
    "min_max_norm": case(
        kernel_constraint=lambda: constraints.MinMaxNorm(0.5, 0.75, rate=0.5)
    ),
    "non_neg": case(
        kernel_constraint=lambda: "non_neg",
        bias_constraint=lambda: constraints.NonNeg(),
        kernel_regularizer=lambda: regularizers.L2(0.25),
    ),
    "regularized_frozen_layer": {
        "layers": lambda: [
            layers.Dense(4, kernel_regularizer="l2", trainable=False),
            layers.Dense(2, kernel_regularizer="l1"),
        ],
        "compile": lambda: {"optimizer": optimizers.SGD(0.5), "loss": "mse"},
        "labels": "numbers",
    },
    "moving_averages": case(
        optimizer=lambda: optimizers.SGD(0.5, use_ema=True, ema_momentum=0.75),
        kernel_constraint=lambda: constraints.MaxNorm(0.75),
    ),
    "accumulated_gradients": case(
        optimizer=lambda: optimizers.Adam(
            schedules.CosineDecay(0.25, 4), gradient_accumulation_steps=2, loss_scale_factor=2.0
        ),
        kernel_constraint=lambda: constraints.MaxNorm(0.75),
    ),
    "several_metrics": {
        "layers": lambda: [layers.Dense(1, "sigmoid")],
        "compile": lambda: {
            "optimizer": "adam",
            "loss": losses.BinaryFocalCrossentropy(),
            "metrics": [
                "accuracy",
                metrics.AUC(),
                metrics.AUC(curve="PR"),
                "precision",
                metrics.Recall(thresholds=0.3),
                "mse",
                "binary_crossentropy",
                metrics.BinaryIoU(),
            ],
        },
        "labels": "binary",
    },
    "joined_rows": {
        "layers": lambda: [layers.Dense(3, "sigmoid")],
        "compile": lambda: {
            "optimizer": optimizers.SGD(0.5),
            "loss": losses.Tversky(0.25, 0.75),
            "metrics": [metrics.F1Score(average="macro")],
        },
        "labels": "binary",
    },
    "ignored_class": {
        "layers": lambda: [layers.Dense(3)],
        "compile": lambda: {
            "optimizer": optimizers.SGD(0.5),
            "loss": losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=1),
            "metrics": ["accuracy"],
        },
        "labels": "classes",
    },
    "regularized_sum": {
        "layers": lambda: [
            layers.Dense(
                2, "softmax", kernel_regularizer="l2", activity_regularizer="l2"
            )
        ],
        "compile": lambda: {
            "optimizer": "adam",
            "loss": losses.SparseCategoricalCrossentropy(reduction="sum"),
            "metrics": ["accuracy"],
        },
        "labels": "classes",
    },
    "stateful": stateful(
        lambda: layers.SimpleRNN(3, stateful=True, return_sequences=True),
        lambda: layers.LSTM(2, stateful=True, return_sequences=True, go_backwards=True),
        lambda: layers.GRU(2, stateful=True),
    ),
    "stateful_in_both_directions": stateful(
        lambda: layers.Bidirectional(layers.LSTM(2, stateful=True, return_sequences=True)),
        lambda: layers.RNN([layers.GRUCell(2), layers.LSTMCell(2)], stateful=True),
    ),
    "stateful_masked": stateful(
        lambda: layers.Embedding(4, 2, mask_zero=True),
        lambda: layers.GRU(2, stateful=True),
        shape=(4, 3),
        tokens=4,
    ),
    "stateful_convolutions": stateful(
        lambda: layers.ConvLSTM1D(1, 2, stateful=True),
        lambda: layers.Flatten(),
        shape=(4, 2, 3, 2),
    ),
    "spectral": spectral(
        lambda: spectral_dense(4, "tanh", kernel_regularizer=lambda: "l2"),
        lambda: spectral_dense(power_iterations=3, kernel_constraint=lambda: constraints.MaxNorm(0.75)),
        predicts=True,
    ),
    "spectral_adam": spectral(
        lambda: spectral_dense(4, "tanh"),
        lambda: layers.Reshape((4, 1)),
        lambda: layers.SpectralNormalization(layers.Conv1D(3, 2, activation="tanh")),
        lambda: layers.Flatten(),
        lambda: spectral_dense(),
        optimizer=lambda: optimizers.Adam(0.125),
        steps=4,
    ),
    "spectral_averages": spectral(
        spectral_dense,
        optimizer=lambda: optimizers.AdamW(
            0.25, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.75, clipnorm=0.5
        ),
    ),
    "spectral_frozen": spectral(
        lambda: spectral_dense(4, "tanh", trainable=False),
        lambda: layers.SpectralNormalization(layers.Dense(3, trainable=False)),
        spectral_dense,
    ),
    "spectral_twice": spectral(model=twice_normalized, optimizer=lambda: optimizers.SGD(0.5, momentum=0.75)),
    "spectral_of_zeros": spectral(lambda: spectral_dense(4), spectral_dense, zero="dense_1/kernel"),
    "spectral_embedding": spectral(
        lambda: layers.SpectralNormalization(layers.Embedding(4, 2, mask_zero=True)),
        lambda: layers.GRU(2),
        spectral_dense,
        optimizer=lambda: optimizers.Adam(0.125),
        tokens=4,
        token_type="float32",
    ),
}
