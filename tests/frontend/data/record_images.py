"""Makes small images of each kind, and records what Keras reads from them, for image_folder_test.cc.

usage: record_images.py FOLDER > keras_images.txt

Lines of fields with '|' between them: "pixels|FILE|CHANNELS|HEIGHT WIDTH|VALUES" of decode_image(), and
"folder|CHANNELS|HEIGHT WIDTH|LABEL|VALUES" for each image of image_dataset_from_directory().
"""

import os
import struct
import sys
import zlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def palette_png():
    """4x2 pixels of 2 bits, with a transparent colour."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 2, 2, 3, 0, 0, 0))
    colors = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 80, 70]))
    transparent = chunk(b"tRNS", bytes([255, 128]))
    rows = b"\0" + bytes([0b00011011]) + b"\0" + bytes([0b11100100])
    return (b"\x89PNG\r\n\x1a\n" + head + colors + transparent + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


random = np.random.RandomState(0)
y, x = np.mgrid[0:9, 0:11]
smooth = np.stack([x * 20, y * 25, (x + y) * 10], -1).astype("uint8")
files = {
    "a/grey.png": tf.io.encode_png(random.randint(0, 256, (3, 4, 1)).astype("uint8")).numpy(),
    "a/rgb.png": tf.io.encode_png(random.randint(0, 256, (4, 3, 3)).astype("uint8")).numpy(),
    "a/rgba.png": tf.io.encode_png(random.randint(0, 256, (3, 3, 4)).astype("uint8")).numpy(),
    "b/sixteen.png": tf.io.encode_png(random.randint(0, 65536, (2, 3, 3)).astype("uint16")).numpy(),
    "b/palette.PNG": palette_png(),
    "b/photo.jpg": tf.io.encode_jpeg(smooth, quality=90).numpy(),
    "c/grey.jpeg": tf.io.encode_jpeg(smooth[..., :1], quality=90).numpy(),
}
for name, data in files.items():
    path = os.path.join(sys.argv[1], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    for channels in (1, 3, 4):
        if channels == 4 and not name.lower().endswith("png"):
            continue
        pixels = tf.io.decode_image(data, channels=channels).numpy()
        print("pixels", name, channels, "%d %d" % pixels.shape[:2],
              " ".join(map(str, pixels.ravel())), sep="|")

for mode, channels in (("grayscale", 1), ("rgb", 3)):
    for size in ((3, 4), (2, 2), (7, 5)):
        dataset = keras.utils.image_dataset_from_directory(
            sys.argv[1], shuffle=False, image_size=size, color_mode=mode, batch_size=1, verbose=0)
        for image, label in dataset:
            print("folder", channels, "%d %d" % size, int(label[0]),
                  " ".join("%.9g" % v for v in image.numpy().ravel()), sep="|")
