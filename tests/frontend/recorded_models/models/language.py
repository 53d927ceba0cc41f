"""Models of Keras's code examples about text and sound, written anew and small."""

import keras
import numpy as np
from keras import layers as L
from keras import ops


def ids(length=None, name=None):
    return keras.Input((length,), dtype="int32", name=name)


def positions_like(x):
    """[0, 1, 2, ...] for each row of [N, T]."""
    return ops.cumsum(ops.ones_like(x), axis=1) - 1


def embedded(x, width=8, tokens=20):
    return L.Embedding(tokens, width)(x) + L.Embedding(12, width)(positions_like(x))


def encoder(x, width=8, heads=2, mask=None):
    attended = L.MultiHeadAttention(heads, width)(x, x, attention_mask=mask)
    x = L.LayerNormalization(epsilon=1e-6)(x + L.Dropout(0.0)(attended))
    y = keras.Sequential([L.Dense(12, activation="relu"), L.Dense(width)])(x)
    return L.LayerNormalization(epsilon=1e-6)(x + L.Dropout(0.0)(y))


def text_classification_from_scratch():
    inputs = ids()
    x = L.Dropout(0.0)(L.Embedding(20, 8)(inputs))
    x = L.Conv1D(6, 7, padding="valid", activation="relu", strides=3)(x)
    x = L.Conv1D(6, 1, padding="valid", activation="relu", strides=3)(x)
    x = L.Dense(5, activation="relu")(L.GlobalMaxPooling1D()(x))
    return keras.Model(inputs, L.Dense(1, activation="sigmoid", name="predictions")(x))


def bidirectional_lstm_imdb():
    inputs = ids()
    x = L.Embedding(20, 6)(inputs)
    x = L.Bidirectional(L.LSTM(4, return_sequences=True))(x)
    x = L.Bidirectional(L.LSTM(4))(x)
    return keras.Model(inputs, L.Dense(1, activation="sigmoid")(x))


def text_classification_with_transformer():
    inputs = ids(9)
    x = encoder(embedded(inputs))
    x = L.Dropout(0.0)(L.GlobalAveragePooling1D()(x))
    x = L.Dropout(0.0)(L.Dense(6, activation="relu")(x))
    return keras.Model(inputs, L.Dense(2, activation="softmax")(x))


def switch_transformer_router():
    """Each token goes to the expert that its router likes most."""
    inputs = keras.Input((6, 4))
    logits = L.Dense(3)(inputs)
    probabilities = keras.activations.softmax(logits, axis=-1)
    gate, index = ops.top_k(probabilities, k=1)
    chosen = ops.one_hot(ops.squeeze(index, axis=-1), 3)
    experts = ops.stack([L.Dense(4, activation="relu")(inputs) for _ in range(3)], axis=-2)
    x = gate * ops.sum(chosen[..., None] * experts, axis=-2)
    return keras.Model(inputs, x)


def fnet_mixing():
    """With a fixed cosine mixing where the example has a Fourier transform."""
    inputs = keras.Input((6, 4))
    table = np.cos(np.outer(np.arange(6), np.arange(6)) * np.pi / 6).astype("float32").round(3)
    mixed = ops.transpose(ops.matmul(ops.transpose(inputs, (0, 2, 1)), table), (0, 2, 1))
    x = L.LayerNormalization()(inputs + mixed)
    y = L.Dense(4)(L.Dense(8, activation="relu")(x))
    return keras.Model(inputs, L.LayerNormalization()(x + y))


def lstm_seq2seq():
    encoder_inputs, decoder_inputs = keras.Input((None, 4)), keras.Input((None, 5))
    _, h, c = L.LSTM(6, return_state=True)(encoder_inputs)
    decoder = L.LSTM(6, return_sequences=True, return_state=True)
    outputs, _, _ = decoder(decoder_inputs, initial_state=[h, c])
    outputs = L.Dense(5, activation="softmax")(outputs)
    return keras.Model([encoder_inputs, decoder_inputs], outputs)


def addition_rnn():
    return keras.Sequential(
        [
            keras.Input((7, 12)),
            L.LSTM(6),
            L.RepeatVector(4),
            L.LSTM(6, return_sequences=True),
            L.Dense(12, activation="softmax"),
        ]
    )


def neural_machine_translation_with_transformer():
    sources, targets = ids(7, "encoder_inputs"), ids(5, "decoder_inputs")
    encoded = encoder(embedded(sources))
    x = embedded(targets)
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4)(x, x, x, use_causal_mask=True))
    x = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4)(x, encoded, encoded))
    x = L.LayerNormalization()(x + L.Dense(8)(L.Dense(12, activation="relu")(x)))
    return keras.Model([sources, targets], L.Dense(20, activation="softmax")(L.Dropout(0.0)(x)))


def pretrained_word_embeddings():
    inputs = ids(40)
    x = L.Embedding(20, 6, trainable=False)(inputs)
    for _ in range(2):
        x = L.MaxPooling1D(2)(L.Conv1D(5, 3, activation="relu")(x))
    x = L.GlobalMaxPooling1D()(L.Conv1D(5, 5, activation="relu")(x))
    x = L.Dropout(0.0)(L.Dense(6, activation="relu")(x))
    return keras.Model(inputs, L.Dense(4, activation="softmax")(x))


def masked_language_modeling():
    inputs = ids(8)
    x = L.Embedding(20, 8, name="word_embedding")(inputs)
    table = np.sin(np.arange(64).reshape(8, 8)).astype("float32").round(3)
    x = encoder(x + table)
    return keras.Model(inputs, L.Dense(20, name="mlm_cls", activation="softmax")(x))


def miniature_gpt():
    inputs = ids(7)
    x = embedded(inputs)
    mask = np.tril(np.ones((1, 7, 7), dtype=bool))
    attended = L.MultiHeadAttention(2, 4)(x, x, attention_mask=ops.logical_and(
        mask, ops.expand_dims(ops.ones_like(inputs, dtype="bool"), 1)))
    x = L.LayerNormalization(epsilon=1e-6)(x + attended)
    x = L.LayerNormalization(epsilon=1e-6)(x + L.Dense(8)(L.Dense(8, activation="relu")(x)))
    return keras.Model(inputs, L.Dense(20)(x))


def named_entity_recognition():
    inputs = ids()
    x = L.Dropout(0.0)(encoder(embedded(inputs)))
    x = L.Dropout(0.0)(L.Dense(8, activation="relu")(x))
    return keras.Model(inputs, L.Dense(5, activation="softmax")(x))


def active_learning():
    inputs = ids()
    x = L.Embedding(20, 6)(inputs)
    x = L.Bidirectional(L.LSTM(4, return_sequences=True))(x)
    x = L.concatenate([L.GlobalMaxPool1D()(x), L.GlobalAvgPool1D()(x)])
    return keras.Model(inputs, L.Dense(1, activation="sigmoid")(L.Dense(4, activation="relu")(x)))


def padded_classification():
    """A padding mask, made from the ids, in attention and in a mean."""
    inputs = ids(8)
    mask = ops.not_equal(inputs, 0)
    x = encoder(embedded(inputs), mask=mask[:, None, :])
    weights = ops.cast(mask, "float32")[..., None]
    x = ops.sum(x * weights, axis=1) / (ops.sum(weights, axis=1) + 1e-9)
    return keras.Model(inputs, L.Dense(3)(x))


def semantic_similarity():
    """A siamese encoder, its outputs' differences and products."""
    base = ids(6)
    shared = keras.Model(base, L.GlobalAveragePooling1D()(encoder(embedded(base))))
    a, b = ids(6, "a"), ids(6, "b")
    u, v = shared(a), shared(b)
    joined = ops.concatenate([u, v, ops.abs(u - v), u * v], axis=-1)
    norms = ops.sqrt(ops.sum(u**2, -1, keepdims=True) * ops.sum(v**2, -1, keepdims=True))
    cosine = ops.sum(u * v, axis=-1, keepdims=True) / norms
    return keras.Model([a, b], ops.concatenate([L.Dense(2)(joined), cosine], axis=-1))


def text_extraction_with_bert():
    """Logits of starts and ends over the tokens."""
    inputs, kinds = ids(8, "input_ids"), ids(8, "token_type_ids")
    x = encoder(embedded(inputs) + L.Embedding(2, 8)(ops.minimum(kinds, 1)))
    outputs = []
    for name in ("start_logit", "end_logit"):
        logits = L.Flatten()(L.Dense(1, name=name, use_bias=False)(x))
        outputs.append(L.Activation(keras.activations.softmax)(logits))
    return keras.Model([inputs, kinds], ops.stack(outputs, axis=1))


def lstm_text_generation():
    return keras.Sequential(
        [keras.Input((6, 10)), L.LSTM(8), L.Dense(10, activation="softmax")]
    )


def rotary_attention():
    """Attention by hand with rotary positions and a causal mask."""
    inputs = keras.Input((5, 8))
    angles = np.outer(np.arange(5), 1.0 / 10.0 ** np.arange(2)).astype("float32").round(4)
    cosine, sine = np.cos(angles).round(4), np.sin(angles).round(4)

    def rotated(x):
        first, second = ops.split(x, 2, axis=-1)
        return ops.concatenate(
            [first * cosine - second * sine, second * cosine + first * sine], axis=-1
        )

    def heads(x):
        return ops.transpose(ops.reshape(L.Dense(8, use_bias=False)(x), (-1, 5, 2, 4)), (0, 2, 1, 3))

    q, k, v = rotated(heads(inputs)), rotated(heads(inputs)), heads(inputs)
    scores = ops.einsum("bhqd,bhkd->bhqk", q, k) / 2.0
    scores = ops.where(np.tril(np.ones((5, 5), dtype=bool)), scores, -1e9)
    x = ops.einsum("bhqk,bhkd->bhqd", ops.softmax(scores), v)
    x = ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (-1, 5, 8))
    return keras.Model(inputs, L.RMSNormalization()(inputs + L.Dense(8)(x)))


def speaker_recognition():
    def residual(x, filters, count=2):
        s = L.Conv1D(filters, 1, padding="same")(x)
        for _ in range(count - 1):
            x = L.Activation("relu")(L.Conv1D(filters, 3, padding="same")(x))
        x = L.Conv1D(filters, 3, padding="same")(x)
        x = L.Activation("relu")(L.Add()([x, s]))
        return L.MaxPool1D(pool_size=2, strides=2)(x)

    inputs = keras.Input((32, 1), name="input")
    x = residual(residual(inputs, 4), 6)
    x = L.Flatten()(L.AveragePooling1D(pool_size=3, strides=3)(x))
    return keras.Model(inputs, L.Dense(3, activation="softmax", name="output")(x))


def speech_recognition_deepspeech():
    """Without its CTC loss."""
    inputs = keras.Input((None, 10), name="input")
    x = L.Reshape((-1, 10, 1), name="expand_dim")(inputs)
    x = L.Conv2D(3, [11, 4], strides=[2, 2], padding="same", use_bias=False)(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    x = L.Reshape((-1, x.shape[-2] * x.shape[-1]))(x)
    x = L.Bidirectional(L.GRU(4, return_sequences=True, reset_after=True), merge_mode="concat")(x)
    x = L.Dropout(0.0)(L.ReLU()(L.Dense(8)(x)))
    return keras.Model(inputs, L.Dense(5, activation="softmax")(x))


SHAPES = {
    "text_classification_from_scratch": ([(30,)], [(37,)]),
    "bidirectional_lstm_imdb": ([(5,)], [(8,)]),
    "lstm_seq2seq": ([(5, 4), (4, 5)], [(3, 4), (6, 5)]),
    "named_entity_recognition": ([(5,)], [(7,)]),
    "active_learning": ([(5,)], [(8,)]),
    "speech_recognition_deepspeech": ([(12, 10)], [(15, 10)]),
}
