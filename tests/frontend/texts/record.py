#!/usr/bin/env python3
"""Records what Keras makes of texts, so that the tests need no Python.

Made with keras 3.15.1 on tensorflow-cpu 2.21.0, by `python3 record.py`: data/layers.json, models of
one layer with texts and what they give; data/pairs.json, the same of a layer of two inputs; data/hashes.json, TensorFlow's hashes; data/NAME.keras,
models as their users save them, with NAME.npz, data; NAME.predictions.npy, what the model predicts;
NAME.losses.json and NAME.trained.npy, the losses of three epochs in batches of 5, and what it
predicts after them.
"""

import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

DATA = pathlib.Path(__file__).resolve().parent / "data"

TEXTS = [
    "The cat, sat on the MAT!",
    "dogs don't sit;  a dog\tbarks\n",
    "a cat and a dog; two cats",
    "\u00dcber Stra\u00dfe caf\u00e9 \u4e2d\u6587 \U0001f600",
    "",
    "x",
    "the the the the the the the the",
]
WORDS = ["the", "cat", "a", "dog", "sat", "\u00fcber", "the cat", "a cat", "\u4e2d\u6587", "cat sat on"]
CHARACTERS = ["a", "t", " ", "\u00fc", "\u4e2d", "\U0001f600", "\n"]
COLORS = ["red", "green", "blue", "red", "", "a long name of a color that no one knows", "Blue"]


class Case:
    def __init__(self, layer, options, values, shape=()):
        self.layer, self.options, self.values, self.shape = layer, options, values, shape


def vectors(options, texts=TEXTS, shape=(1,)):
    return Case(layers.TextVectorization, {"vocabulary": WORDS} | options, texts, shape)


def places(options, texts=COLORS, shape=(1,)):
    return Case(layers.StringLookup, {"vocabulary": ["red", "green", "blue"]} | options, texts, shape)


PAIRS = [["red", "blue"], ["green", "green"], ["", "violet"], ["blue", "pink"]]
NUMBERS = [0, 1, -7, 123456789, 2147483647, -2147483648]
WEIGHTS = [0.5, 1.25, 2.0, 0.75, 1.0, 3.0, 0.25, 1.5, 2.5, 0.1]



def pairs(options, first, second, shape=(1,)):
    return Case(layers.HashedCrossing, options, [first, second], shape)


CITIES = ["Oslo", "", "Bern", "Oslo", "Rome", "a city whose name is longer than thirty-two bytes", "\u00dcberlingen"]
LETTERS = ["", "a", "ab", "abcd", "abcdefgh", "abcdefghi", "abcdefghijklmnopq"]

PAIR_CASES = [
    pairs({"num_bins": 7}, COLORS, CITIES),
    pairs({"num_bins": 7}, COLORS, CITIES, ()),
    pairs({"num_bins": 1000003}, CITIES, COLORS),
    pairs({"num_bins": 2147483647}, LETTERS, CITIES),
    pairs({"num_bins": 2147483647}, LETTERS, LETTERS),
    pairs({"num_bins": 1}, COLORS, CITIES),
    pairs({"num_bins": 1000003}, NUMBERS, COLORS[:6]),
    pairs({"num_bins": 1000003}, COLORS[:6], NUMBERS),
    pairs({"num_bins": 2147483647}, NUMBERS, NUMBERS[::-1]),
    pairs({"num_bins": 11}, NUMBERS, NUMBERS, ()),
    pairs({"num_bins": 5, "output_mode": "one_hot"}, COLORS, CITIES),
    pairs({"num_bins": 5, "output_mode": "one_hot"}, NUMBERS, LETTERS[:6], ()),
]

CASES = [
    vectors({}),
    vectors({"output_sequence_length": 4}),
    vectors({"output_sequence_length": 4}, shape=()),
    vectors({"output_sequence_length": 12}),
    vectors({"vocabulary": ["", "[UNK]"] + WORDS, "output_sequence_length": 5}),
    vectors({"standardize": None, "output_sequence_length": 6}),
    vectors({"standardize": "lower"}),
    vectors({"standardize": "strip_punctuation"}),
    vectors({"ngrams": 2}),
    vectors({"ngrams": 3, "output_sequence_length": 9}),
    vectors({"ngrams": (2,)}),
    vectors({"ngrams": (3, 1)}),
    vectors({"split": "character", "vocabulary": CHARACTERS, "output_sequence_length": 20}),
    vectors({"split": "character", "vocabulary": CHARACTERS, "standardize": None}),
    vectors({"split": "character", "vocabulary": CHARACTERS, "ngrams": 2}),
    vectors({"split": None, "output_sequence_length": 2, "vocabulary": ["red", "blue"]}, PAIRS, (2,)),
    vectors({"split": None, "output_sequence_length": 1, "vocabulary": ["red", "blue"]}, PAIRS, (2,)),
    vectors({"split": None, "output_mode": "count", "vocabulary": ["red", "blue"]}, PAIRS, (2,)),
    vectors({"output_mode": "multi_hot"}),
    vectors({"output_mode": "count"}),
    vectors({"output_mode": "count", "ngrams": 2}, shape=()),
    vectors({"output_mode": "multi_hot", "max_tokens": 15, "pad_to_max_tokens": True}),
    vectors({"output_mode": "tf_idf", "idf_weights": WEIGHTS}),
    vectors({"output_mode": "tf_idf", "idf_weights": [0.3] + WEIGHTS, "vocabulary": ["[UNK]"] + WORDS}),
    vectors({"output_mode": "tf_idf", "idf_weights": WEIGHTS, "max_tokens": 14, "pad_to_max_tokens": True}),
    places({}),
    places({}, shape=()),
    places({}, PAIRS, (2,)),
    places({"mask_token": ""}),
    places({"mask_token": "", "num_oov_indices": 3}),
    places({"num_oov_indices": 5}),
    places({"num_oov_indices": 5, "salt": 17}),
    places({"num_oov_indices": 0}, ["red", "blue", "green"]),
    places({"num_oov_indices": 0, "mask_token": ""}, ["red", "", "green"]),
    places({"output_mode": "one_hot"}),
    places({"output_mode": "one_hot"}, shape=()),
    places({"output_mode": "one_hot"}, PAIRS, (2,)),
    places({"output_mode": "multi_hot", "num_oov_indices": 2}, PAIRS, (2,)),
    places({"output_mode": "count", "mask_token": ""}, PAIRS, (2,)),
    places({"output_mode": "tf_idf", "idf_weights": [0.5, 1.5, 2.0]}, PAIRS, (2,)),
    places({"output_mode": "count", "max_tokens": 7, "pad_to_max_tokens": True}, PAIRS, (2,)),
    Case(layers.Hashing, {"num_bins": 7}, COLORS, (1,)),
    Case(layers.Hashing, {"num_bins": 7}, COLORS),
    Case(layers.Hashing, {"num_bins": 7, "mask_value": ""}, COLORS, (1,)),
    Case(layers.Hashing, {"num_bins": 7, "salt": [3, 5]}, COLORS, (1,)),
    Case(layers.Hashing, {"num_bins": 7, "salt": 9, "output_mode": "one_hot"}, COLORS, (1,)),
    Case(layers.Hashing, {"num_bins": 4, "output_mode": "multi_hot"}, PAIRS, (2,)),
    Case(layers.Hashing, {"num_bins": 4, "output_mode": "count"}, PAIRS, (2,)),
    Case(layers.Hashing, {"num_bins": 11}, NUMBERS, (1,)),
    Case(layers.Hashing, {"num_bins": 11, "mask_value": 1}, NUMBERS, (1,)),
    Case(layers.Hashing, {"num_bins": 1}, COLORS, (1,)),
]


def array(values):
    values = np.asarray(values)
    flat = [float(str(v)) if values.dtype.kind == "f" else int(v) for v in values.flatten()]
    return {"shape": list(values.shape), "dtype": str(values.dtype), "values": flat}


def data_of(values, shape):
    is_text = isinstance(np.asarray(values).flatten()[0], str)
    values = np.asarray(values, dtype=object if is_text else np.int64)
    values = values.reshape((len(values),) + tuple(shape))
    entry = {"shape": list(values.shape), "values": values.flatten().tolist()}
    return tf.constant(values.tolist(), dtype=tf.string if is_text else tf.int64), entry


def input_of(tensor, shape):
    return keras.Input(shape, dtype="string" if tensor.dtype == tf.string else "int64")


def output_of(layer, tensors):
    """As batches of predict() have it, all at once."""
    output = layer(tensors).numpy()
    return array(output.astype(np.int32) if output.dtype == np.int64 else output)


def record(case):
    tensor, entry = data_of(case.values, case.shape)
    x = input_of(tensor, case.shape)
    layer = case.layer(**case.options)
    model = keras.Model(x, layer(x))
    return {"model": json.loads(model.to_json()), "x": entry, "y": output_of(layer, tensor)}


def record_pair(case):
    tensors, entries = zip(*[data_of(values, case.shape) for values in case.values])
    x = [input_of(tensor, case.shape) for tensor in tensors]
    layer = case.layer(**case.options)
    model = keras.Model(x, layer(x))
    return {"model": json.loads(model.to_json()), "x": entries, "y": output_of(layer, list(tensors))}


def record_hashes():
    texts = [("abcdefghijklmnopqrstuvwxyz\u00e4" * 12)[:size] for size in list(range(70)) + [127, 128, 129, 200, 256]]
    farm = tf.strings.to_hash_bucket_fast(texts, 2**62).numpy().tolist()
    sip = tf.strings.to_hash_bucket_strong(texts, 2**62, [123456789, 987654321]).numpy().tolist()
    return [{"text": t, "farm": f, "sip": s} for t, f, s in zip(texts, farm, sip)]


def reviews():
    keras.utils.set_random_seed(1)
    texts = np.array(["a good film", "bad, bad!", "not good", "a fine thing; good", "awful"] * 4)
    labels = np.array([1, 0, 0, 1, 0] * 4, np.int32)
    words = layers.TextVectorization(output_sequence_length=5)
    words.adapt(texts)
    model = keras.Sequential([
        keras.Input((1,), dtype="string"), words,
        layers.Embedding(words.vocabulary_size(), 4, mask_zero=True),
        layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model, {"x": texts[:, None]}, labels


def bags():
    keras.utils.set_random_seed(2)
    texts = np.array(["a good film", "bad, bad!", "not good", "a fine thing; good", "awful"] * 4)
    labels = np.array([1, 0, 0, 1, 0] * 4, np.int32)
    words = layers.TextVectorization(output_mode="count", ngrams=2)
    words.adapt(texts)
    model = keras.Sequential([keras.Input((1,), dtype="string"), words, layers.Dense(3, "relu"),
                              layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    return model, {"x": texts[:, None]}, labels


def table():
    keras.utils.set_random_seed(3)
    random = np.random.default_rng(3)
    color = random.choice(["red", "green", "blue", "violet"], (12, 1))
    city = random.choice(["Oslo", "Rome", "Bern"], (12, 1))
    age = random.normal(size=(12, 2)).astype(np.float32)
    labels = random.integers(0, 3, 12).astype(np.int32)
    colors = layers.StringLookup(output_mode="one_hot", name="colors")
    colors.adapt(np.array(["red", "green", "blue", "red"]))
    inputs = [keras.Input((1,), dtype="string", name="color"), keras.Input((1,), dtype="string", name="city"),
              keras.Input((2,), name="age")]
    of_city = layers.Flatten()(layers.Embedding(6, 2)(layers.Hashing(6)(inputs[1])))
    joined = layers.Concatenate()([colors(inputs[0]), of_city, inputs[2]])
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(joined))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model, {"color": color, "city": city, "age": age}, labels


def crosses():
    keras.utils.set_random_seed(4)
    random = np.random.default_rng(4)
    color = random.choice(["red", "green", "blue", "violet"], (12, 1))
    city = random.choice(["Oslo", "Rome", "Bern"], (12, 1))
    rooms = random.integers(1, 5, (12, 1))
    age = random.normal(size=(12, 1)).astype(np.float32)
    labels = random.integers(0, 3, 12).astype(np.int32)
    inputs = [keras.Input((1,), dtype="string", name="color"), keras.Input((1,), dtype="string", name="city"),
              keras.Input((1,), dtype="int64", name="rooms"), keras.Input((1,), name="age")]
    decade = layers.Discretization([-1.0, 0.0, 1.0], output_mode="int")(inputs[3])
    crossed = [layers.HashedCrossing(5, output_mode="one_hot")([inputs[0], inputs[1]]),
               layers.HashedCrossing(7, output_mode="one_hot")([inputs[1], decade]),
               layers.Flatten()(layers.Embedding(6, 2)(layers.HashedCrossing(6)([inputs[2], inputs[0]]))),
               layers.Flatten()(layers.Embedding(5, 2)(inputs[2]))]
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.Concatenate()(crossed)))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model, {"color": color, "city": city, "rooms": rooms, "age": age}, labels


def tensors(data):
    return [tf.constant(v.tolist()) if v.dtype.kind == "U" else tf.constant(v) for v in data.values()]


def record_model(name, make):
    model, data, labels = make()
    model.save(DATA / f"{name}.keras")
    x = tensors(data)
    predictions = model.predict_on_batch(x)
    batches = tf.data.Dataset.from_tensor_slices((tuple(x), labels)).batch(5)
    if len(x) == 1:
        batches = batches.map(lambda inputs, y: (inputs[0], y))
    losses = model.fit(batches, epochs=3, verbose=0, shuffle=False).history["loss"]
    np.savez(DATA / f"{name}.npz", **data, y=labels)
    np.save(DATA / f"{name}.predictions.npy", predictions)
    np.save(DATA / f"{name}.trained.npy", model.predict_on_batch(x))
    (DATA / f"{name}.losses.json").write_text(json.dumps(losses) + "\n")


def write_lines(name, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (DATA / name).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    write_lines("layers.json", [record(case) for case in CASES])
    write_lines("pairs.json", [record_pair(case) for case in PAIR_CASES])
    write_lines("hashes.json", record_hashes())
    for name, make in {"reviews": reviews, "bags": bags, "table": table, "crosses": crosses}.items():
        record_model(name, make)
