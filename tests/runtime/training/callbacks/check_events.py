"""Reads event files with TensorFlow, which checks every checksum: prints each scalar.

usage: check_events.py LOG_DIR
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

for folder, _, names in sorted(os.walk(sys.argv[1])):
    for name in sorted(names):
        for event in tf.compat.v1.train.summary_iterator(os.path.join(folder, name)):
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                print(os.path.basename(folder), event.step, value.tag, float(tf.make_ndarray(value.tensor)))
