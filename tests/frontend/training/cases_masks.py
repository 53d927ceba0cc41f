"""Models whose outputs are masked: what losses and metrics make of the masks."""

import keras
from keras import layers, losses, metrics, optimizers

WORDS = 5


def embedded(*more):
    """Four words of which 0 is padding, embedded, then those layers."""
    return keras.Sequential(
        [layers.Input((4,), dtype="int32"), layers.Embedding(WORDS, 2, mask_zero=True), *more]
    )


def tagger(classes=3):
    return embedded(
        layers.LSTM(3, return_sequences=True),
        layers.TimeDistributed(layers.Dense(classes, "softmax")),
    )


def words(name="words", length=4):
    return layers.Input((length,), dtype="int32", name=name)


def embedding():
    return layers.Embedding(WORDS, 4, mask_zero=True)


def two_outputs():
    x = words()
    steps = layers.SimpleRNN(3, return_sequences=True)(embedding()(x))
    tags = layers.Dense(3, "softmax", name="tags")(steps)
    last = layers.Dense(1, name="last")(layers.LSTM(2)(steps))
    return keras.Model(x, [tags, last])


def transformer():
    """Attention takes the mask from the tensor that the sum reads: there is none in the first loss,
    but one in the second mean, which is named."""
    x = words()
    e = embedding()(x)
    attended = layers.MultiHeadAttention(2, 2)(e, e)
    y = layers.LayerNormalization()(layers.Add()([e, attended]))
    tags = layers.Dense(3, "softmax", name="tags")(y)
    return keras.Model(x, [tags, layers.Dense(1, name="last")(layers.GlobalAveragePooling1D()(y))])


def merged():
    """Masks of merged layers, named where a layer takes them."""
    x, other = words(), words("other")
    a, b = embedding()(x), embedding()(other)
    added = layers.BatchNormalization()(layers.Add()([a, b]))
    joined = layers.Concatenate(axis=1)([added, b])
    y = layers.Bidirectional(layers.GRU(2, return_sequences=True))(joined)
    wide = layers.Concatenate()([layers.SimpleRNN(2, return_sequences=True)(added), a])
    tags = layers.TimeDistributed(layers.Dense(3, "softmax"), name="tags")(y)
    return keras.Model([x, other], [tags, layers.Dense(2, name="numbers")(wide)])


def attention():
    x, other = words(), words("other", 3)
    a = layers.Dropout(0.0)(embedding()(x))
    y = layers.Attention()([a, embedding()(other)])
    return keras.Model([x, other], layers.Dense(3, "softmax")(y))


def translator():
    """The decoder begins where the encoder ended; with initial states masks count for the loss
    alone."""
    x, given = words(), words("given", 3)
    embedded_words = embedding()
    _, h, c = layers.LSTM(3, return_state=True)(embedded_words(x))
    y = layers.LSTM(3, return_sequences=True)(embedded_words(given), initial_state=[h, c])
    y = layers.GRU(3, return_sequences=True)(y, initial_state=h)
    return keras.Model([x, given], layers.Dense(WORDS, "softmax")(y))


def case(model, labels, loss, measured=lambda: None, weighted=lambda: None, **options):
    return {
        "model": model,
        "tokens": WORDS,
        "labels": labels,
        "compile": lambda: {
            "optimizer": optimizers.SGD(0.25),
            "loss": loss(),
            "metrics": measured(),
            "weighted_metrics": weighted(),
        },
    } | options


def tags_of(model, loss=losses.SparseCategoricalCrossentropy, **options):
    return case(model, "classes", loss, lambda: ["accuracy"], lambda: ["accuracy"], **options)


def tags(*loss, **options):
    return tags_of(tagger, *loss, **options)


def sparse(**options):
    return lambda: losses.SparseCategoricalCrossentropy(**options)


CASES = {
    "tags": tags(),
    "tags_weights_of_rows": tags(sample_weights="per_row"),
    "tags_weights_of_steps": tags(sample_weights="per_value"),
    "tags_ignored_class": tags(sparse(ignore_class=1)),
    "tags_sum": tags(sparse(reduction="sum"), sample_weights="per_value"),
    "tags_mean_by_weight": tags(
        sparse(reduction="mean_with_sample_weight"), sample_weights="per_value"
    ),
    "tags_mean_by_mask": tags(sparse(reduction="mean_with_sample_weight")),
    "one_hot_tags": case(
        tagger, "one_hot", lambda: "categorical_crossentropy", lambda: ["accuracy", "kl_divergence"]
    ),
    "numbers": case(
        lambda: embedded(layers.GRU(2, return_sequences=True), layers.Dense(2)),
        "numbers",
        lambda: "mse",
        lambda: ["mae", metrics.RootMeanSquaredError(), metrics.CosineSimilarity()],
    ),
    "binary": case(
        lambda: embedded(layers.Dense(1, "sigmoid")),
        "binary",
        lambda: "binary_crossentropy",
        lambda: ["accuracy", metrics.Precision()],
        lambda: ["mse"],
        sample_weights="per_row",
    ),
    "joined_rows": case(lambda: embedded(layers.Dense(2, "sigmoid")), "binary", losses.Dice),
    "joined_rows_weights_of_steps": case(
        lambda: embedded(layers.Dense(2, "sigmoid")),
        "binary",
        losses.Dice,
        sample_weights="per_value",
    ),
    "two_outputs": case(
        two_outputs,
        {"tags": "classes", "last": "numbers"},
        lambda: ["sparse_categorical_crossentropy", "mse"],
        lambda: [["accuracy"], ["mae"]],
    ),
    "two_outputs_weights_of_rows": case(
        two_outputs,
        {"tags": "classes", "last": "numbers"},
        lambda: ["sparse_categorical_crossentropy", "mse"],
        lambda: [["accuracy"], ["mae"]],
        lambda: [["accuracy"], ["mae"]],
        sample_weights="per_row",
    ),
    "transformer": case(
        transformer,
        {"tags": "classes", "last": "numbers"},
        lambda: ["sparse_categorical_crossentropy", "mse"],
        lambda: [["accuracy"], ["mae"]],
    ),
    "merged": case(
        merged,
        {"tags": "classes", "numbers": "numbers"},
        lambda: ["sparse_categorical_crossentropy", "mae"],
        lambda: [["accuracy"], ["mse"]],
    ),
    "attention": tags_of(attention),
    "translator": tags_of(translator),
}
