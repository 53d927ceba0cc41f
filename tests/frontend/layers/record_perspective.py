#!/usr/bin/env python3
"""Records what Keras makes of images whose corners move, for perspective_test.cc: perspective.json.

Made with keras 3.15.1 on tensorflow-cpu 2.21.0, by `python3 record_perspective.py`. A case has
images, and of each image how far its corners move: RandomPerspective draws these numbers, here they
are given.
"""

import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

from record import array

HERE = pathlib.Path(__file__).resolve().parent

# Factors of right, bottom, opposite_x, opposite_y (MovedCorners in random_perspective.h), by image.
CORNERS = {
    "nothing": [[1.0, 1.0, 1.0, 1.0]],
    "gentle": [[1.1, 0.9, 1.05, 0.97], [0.8, 1.2, 0.9, 1.1]],
    "strong": [[0.5, 1.4, 1.5, 0.6], [1.45, 0.55, 0.62, 1.3]],
    # The horizon goes through the image.
    "horizon": [[1.0, 1.5, 0.5, 0.5], [1.5, 1.0, 0.55, 0.5]],
}


def record(name, corners, interpolation="bilinear", fill_value=0.0, shape=(5, 7, 2)):
    random = np.random.default_rng(len(name))
    images = random.uniform(-2, 2, (len(corners),) + shape).round(3).astype(np.float32)
    w, h = shape[1] - 1, shape[0] - 1
    start = np.array([[[0, 0], [w, 0], [0, h], [w, h]]] * len(corners), np.float32)
    factors = np.array([[[1, 1], [a, 1], [1, b], [c, d]] for a, b, c, d in corners], np.float32)
    y = keras.ops.image.perspective_transform(
        images, start, start * factors, interpolation=interpolation, fill_value=fill_value)
    return {
        "name": f"{name}_{interpolation}",
        "interpolation": interpolation,
        "fill_value": fill_value,
        "images": array(images),
        "corners": array(np.array(corners, np.float32).T),
        "y": array(y),
    }


if __name__ == "__main__":
    cases = [record(name, corners) for name, corners in CORNERS.items()]
    cases += [record(name, CORNERS[name], "nearest", 0.5) for name in ("gentle", "strong", "horizon")]
    cases.append(record("small", CORNERS["gentle"], fill_value=-1.0, shape=(2, 2, 1)))
    (HERE / "perspective.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
