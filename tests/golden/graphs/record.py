#!/usr/bin/env python3
"""Records what Keras makes of models that are graphs: several inputs and outputs, shared, nested and
frozen layers, sample weights and class weights.

    python3 record.py FOLDER

Made with keras 3.15.1 on tensorflow-cpu 2.21.0. One file a case, NAME.json:

model      model.to_json()
weights    in Keras's order, before training
data       x, y and sample weights by the names that kiln finds them by
fit        batch_size, epochs, validation_split and class_weight of the fit, which does not shuffle
history    fit's; evaluate: of the trained model on all data; predict: its outputs by their names
after      the weights after the fit
"""

import json
import os
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

layers = keras.layers
EXAMPLES = 11


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def classes(count, *shape, seed=0):
    return np.random.default_rng(seed).integers(0, count, size=shape).astype("int32")


def write_array(array):
    array = np.asarray(array)
    values = [float(f"{v:.9g}") for v in array.astype("float64").ravel()]
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": values}


def record(folder, name, model, x, y, sample_weight=None, **fit):
    """x and y: by the names of inputs and outputs, in the model's order. sample_weight: an array for
    all outputs, or by output."""
    initial = [write_array(w) for w in model.get_weights()]
    data = {**x, **y}
    keras_weight = sample_weight
    if isinstance(sample_weight, dict):
        data |= {f"sample_weight_{output}": w for output, w in sample_weight.items()}
        keras_weight = list(sample_weight.values())
    elif sample_weight is not None:
        data["sample_weight"] = sample_weight
    first = lambda arrays: arrays if isinstance(model.output, dict) else list(arrays.values())
    xs = list(x.values()) if len(x) > 1 else list(x.values())[0]
    ys = first(y) if len(y) > 1 else list(y.values())[0]
    fit = {"batch_size": 4, "epochs": 3, **fit}
    history = model.fit(xs, ys, sample_weight=keras_weight, shuffle=False, verbose=0, **fit).history
    evaluate = model.evaluate(
        xs, ys, sample_weight=keras_weight, batch_size=4, verbose=0, return_dict=True
    )
    predictions = model.predict(xs, batch_size=4, verbose=0)
    if not isinstance(predictions, (list, dict)):
        predictions = [predictions]
    if isinstance(predictions, list):
        names = getattr(model, "output_names", [model.layers[-1].name])
        predictions = dict(zip(names, predictions))
    case = {
        "model": json.loads(model.to_json()),
        "weights": initial,
        "data": {key: write_array(value) for key, value in data.items()},
        "fit": {**fit, "class_weight": [list(p) for p in fit.get("class_weight", {}).items()]},
        "history": history,
        "evaluate": evaluate,
        "predict": {key: write_array(value) for key, value in predictions.items()},
        "after": [write_array(w) for w in model.get_weights()],
    }
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(case, file, separators=(",", ":"))
        file.write("\n")


def siamese(trainable=True):
    """An encoder that is a model, applied twice; a shared layer; a model of two inputs."""
    encoder = keras.Sequential(
        [layers.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(3)], name="encoder"
    )
    one, two = keras.Input((3,), name="one"), keras.Input((3,), name="two")
    fused = layers.Dense(2, name="fused")(layers.Concatenate()([one, two]))
    fuse = keras.Model([one, two], fused, name="fuse")
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    shared = layers.Dense(3, "relu", name="shared")
    both = layers.Add()([shared(encoder(left)), shared(encoder(right))])
    kind = layers.Dense(3, activation="softmax", name="kind")(fuse([both, right]))
    distance = layers.Dense(1, name="distance")(both)
    encoder.trainable = trainable
    return keras.Model([left, right], [kind, distance], name="siamese")


X = {"left": numbers(EXAMPLES, 3, seed=1), "right": numbers(EXAMPLES, 3, seed=2)}
Y = {"kind": classes(3, EXAMPLES, seed=3), "distance": numbers(EXAMPLES, 1, seed=4)}
LOSSES = {"kind": "sparse_categorical_crossentropy", "distance": "mse"}


def compile_with_momentum(model):
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy", "sparse_categorical_crossentropy"],
    )


def main():
    folder = sys.argv[1]
    keras.utils.set_random_seed(1)

    model = siamese()
    model.compile(
        keras.optimizers.Adam(0.02),
        loss=LOSSES,
        loss_weights={"kind": 1.0, "distance": 0.3},
        metrics={"kind": ["accuracy"], "distance": ["mae", "mse"]},
    )
    record(folder, "two_outputs", model, X, Y, validation_split=0.3)

    model = siamese(trainable=False)
    model.compile(
        "rmsprop",
        loss=list(LOSSES.values()),
        metrics=["accuracy", "mae"],
        weighted_metrics=["accuracy", "mse"],
    )
    weights = {"kind": np.arange(11.0) / 5, "distance": np.linspace(2, 0, 11)}
    record(folder, "sample_weights_by_output", model, X, Y, weights, validation_split=0.2)

    keras.backend.clear_session()
    inputs = keras.Input((4,), name="features")
    hidden = layers.Dense(4, "relu")(inputs)
    skip = layers.Concatenate()([inputs, hidden])
    model = keras.Model(inputs, layers.Dense(3, "softmax")(skip), name="skip")
    compile_with_momentum(model)
    features, labels = {"x": numbers(11, 4, seed=5)}, {"y": classes(3, 11, seed=6)}
    record(folder, "class_weights", model, features, labels, class_weight={0: 0.5, 2: 4.0})
    compile_with_momentum(model)  # a fresh optimizer
    record(folder, "one_sample_weight", model, features, labels, np.linspace(0, 3, 11))

    model = keras.Sequential([layers.Input((5, 2)), layers.Dense(3, "softmax")], name="steps")
    model.compile("sgd", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    record(
        folder,
        "weights_of_time_steps",
        model,
        {"x": numbers(11, 5, 2, seed=7)},
        {"y": classes(3, 11, 5, seed=8)},
        np.abs(numbers(11, 5, seed=9)),
    )

    keras.backend.clear_session()
    inputs = keras.Input((3,), name="both")
    outputs = {"up": layers.Dense(2, name="u")(inputs), "down": layers.Dense(2, name="d")(inputs)}
    model = keras.Model(inputs, outputs, name="by_key")
    model.compile("adam", loss="mse", metrics={"up": ["mae"]})
    targets = {"down": numbers(11, 2, seed=10), "up": numbers(11, 2, seed=11)}
    record(folder, "outputs_by_key", model, {"x": numbers(11, 3, seed=12)}, targets)


if __name__ == "__main__":
    main()
