"""Records what Keras's callbacks do with courses of metrics, for callbacks_test.cc.

usage: record_callbacks.py > keras_callbacks.txt

Each case is one line of fields with '|' between them: the option, its text, the course of each metric
("loss=1:0.5:0.25", '-' where an epoch lacks it), and what Keras did.
"""

import csv
import os
import random
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import warnings

import keras
import numpy as np

warnings.simplefilter("ignore")


def new_model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="linear")])
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse", metrics=["mae", "accuracy"])
    model.fit(np.zeros((1, 2)), np.zeros((1, 1)), verbose=0)
    model.optimizer.learning_rate = 0.05
    return model


MODEL = new_model()


def options_of(text):
    options = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        if not value:
            value = True
        elif name not in ("monitor", "mode", "separator"):
            value = float(value) if "." in value or "e" in value else int(value)
        options[name] = value
    return options


def course_text(course):
    return " ".join(
        f"{name}=" + ":".join("-" if v is None else repr(v) for v in values)
        for name, values in course.items()
    )


def run(callback, course):
    """Drives the callback through the epochs; yields after each."""
    MODEL.optimizer.learning_rate = 0.05
    MODEL.stop_training = False
    callbacks = keras.callbacks.CallbackList([callback], model=MODEL)
    callbacks.on_train_begin()
    epochs = len(next(iter(course.values())))
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        MODEL.set_weights([np.zeros((2, 1)), np.array([float(epoch)])])
        logs = {name: values[epoch] for name, values in course.items() if values[epoch] is not None}
        for callback_ in callbacks.callbacks:
            callback_.on_epoch_end(epoch, logs)
        yield epoch
        if MODEL.stop_training:
            break
    callbacks.on_train_end()


def early_stopping(text, course):
    callback = keras.callbacks.EarlyStopping(**options_of(text))
    last = max(run(callback, course))
    bias = int(MODEL.get_weights()[1][0])
    print("early-stopping", text, course_text(course), f"{last} {bias}", sep="|")


def reduce_lr(text, course):
    callback = keras.callbacks.ReduceLROnPlateau(**options_of(text))
    rates = [repr(float(np.float32(MODEL.optimizer.learning_rate))) for _ in run(callback, course)]
    print("reduce-lr", text, course_text(course), " ".join(rates), sep="|")


def checkpoint(text, course):
    path, _, rest = text.partition(",")
    with tempfile.TemporaryDirectory() as folder:
        options = options_of(rest)
        callback = keras.callbacks.ModelCheckpoint(
            os.path.join(folder, path + ".keras"), **options
        )
        for _ in run(callback, course):
            pass
        names = sorted(name[: -len(".keras")] for name in os.listdir(folder))
    print("checkpoint", path + ".npz" + ("," + rest if rest else ""), course_text(course),
          " ".join(names), sep="|")


def csv_log(text, course):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log.csv")
        for _ in run(keras.callbacks.CSVLogger(path, **options_of(text)), course):
            pass
        with open(path, newline="") as file:
            content = file.read()
    print("csv-log", text, course_text(course), content.replace("\r\n", "\\"), sep="|")


def schedule(text, function):
    """A Keras schedule with epochs in the place of steps."""
    rates = [repr(float(np.float32(function(epoch)))) for epoch in range(12)]
    print("learning-rate-schedule", text, "", " ".join(rates), sep="|")


def courses(seed, names):
    generator = random.Random(seed)
    course = {}
    for name in names:
        value, values = 1.0, []
        for _ in range(14):
            value *= generator.choice([0.8, 0.95, 0.9999, 1.0, 1.05, 1.3])
            values.append(float(np.float32(value)))
        course[name] = values
    return course


for seed in range(2):
    course = courses(seed, ["loss", "val_loss", "accuracy"])
    for text in [
        "",
        "patience=1",
        "patience=3,restore_best_weights",
        "monitor=loss,min_delta=0.05,patience=2,restore_best_weights",
        "monitor=accuracy,patience=2,restore_best_weights",
        "monitor=accuracy,mode=min,patience=2",
        "patience=2,baseline=0.9,restore_best_weights",
        "patience=1,start_from_epoch=5,restore_best_weights",
        "patience=0,min_delta=-0.1",
    ]:
        early_stopping(text, course)
    for text in [
        "patience=1",
        "patience=2,factor=0.5,cooldown=2",
        "patience=1,factor=0.2,min_lr=0.001",
        "monitor=accuracy,mode=max,patience=1,factor=0.5,min_delta=0.01",
        "monitor=loss,patience=3,min_delta=0.2,factor=0.7",
    ]:
        reduce_lr(text, course)
    for text in [
        "m",
        "m{epoch}",
        "m{epoch:02d}-{val_loss:.2f}",
        "m{epoch:03d}_{accuracy:.4f},save_best_only",
        "m{epoch},save_best_only,monitor=accuracy",
        "m{epoch},save_best_only,monitor=accuracy,mode=min,initial_value_threshold=0.9",
        "m{epoch:4d}-{loss:.3e}-{val_loss:g},save_best_only,monitor=loss",
        "m{epoch:.1f}{{x}}{loss:.0%}",
    ]:
        checkpoint(text, course)

gaps = {"loss": [1.0, 0.5, 0.25, 0.3, 0.4, 0.5], "val_loss": [None, 2.0, None, 2.5, None, 3.0]}
early_stopping("patience=1", gaps)
early_stopping("patience=2,restore_best_weights", gaps)
reduce_lr("patience=1,factor=0.5", gaps)
csv_log("", gaps)
csv_log("", {"loss": [1.0, 0.5, float("nan")], "accuracy": [0.1, float(np.float32(0.2)), 1e-7]})
csv_log("separator=;", {"loss": [1.0, None], "val_loss": [123456.0, 1e22]})

nans = {"val_loss": [1.0, float("nan"), float("nan"), 0.5]}
early_stopping("patience=2,restore_best_weights", nans)
reduce_lr("patience=2", nans)

S = keras.optimizers.schedules
schedule("exponential,decay_rate=0.9,initial_learning_rate=0.1", S.ExponentialDecay(0.1, 1, 0.9))
schedule("exponential,decay_rate=0.5,decay_epochs=4,initial_learning_rate=0.1",
         S.ExponentialDecay(0.1, 4, 0.5))
schedule("exponential,decay_rate=0.5,decay_epochs=4,staircase,initial_learning_rate=0.1",
         S.ExponentialDecay(0.1, 4, 0.5, staircase=True))
schedule("step,factor=0.1,every=5,initial_learning_rate=0.1",
         S.ExponentialDecay(0.1, 5, 0.1, staircase=True))
schedule("inverse_time,decay_rate=0.5,decay_epochs=3,initial_learning_rate=0.1",
         S.InverseTimeDecay(0.1, 3, 0.5))
schedule("inverse_time,decay_rate=0.5,decay_epochs=3,staircase,initial_learning_rate=0.1",
         S.InverseTimeDecay(0.1, 3, 0.5, staircase=True))
schedule("polynomial,decay_epochs=8,initial_learning_rate=0.1", S.PolynomialDecay(0.1, 8))
schedule("polynomial,decay_epochs=4,end_learning_rate=0.01,power=2,cycle,initial_learning_rate=0.1",
         S.PolynomialDecay(0.1, 4, 0.01, power=2.0, cycle=True))
schedule("cosine,decay_epochs=9,initial_learning_rate=0.1", S.CosineDecay(0.1, 9))
schedule("cosine,decay_epochs=6,alpha=0.1,warmup_target=0.2,warmup_epochs=3,initial_learning_rate=0.1",
         S.CosineDecay(0.1, 6, alpha=0.1, warmup_target=0.2, warmup_steps=3))
schedule("cosine_restarts,first_decay_epochs=2,initial_learning_rate=0.1",
         S.CosineDecayRestarts(0.1, 2))
schedule("cosine_restarts,first_decay_epochs=3,t_mul=1,m_mul=0.5,alpha=0.1,initial_learning_rate=0.1",
         S.CosineDecayRestarts(0.1, 3, t_mul=1.0, m_mul=0.5, alpha=0.1))
schedule("piecewise,boundaries=2:6,values=0.1:0.01:0.001", S.PiecewiseConstantDecay([2, 6], [0.1, 0.01, 0.001]))
