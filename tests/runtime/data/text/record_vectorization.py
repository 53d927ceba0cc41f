"""Records what Keras's TextVectorization and pad_sequences make of some texts, for vocabulary_test.cc.

usage: record_vectorization.py > keras_vectorization.txt

Lines of fields with '|' between them: "text|TEXT"; "vocabulary|MAX_TOKENS|WORDS"; "ids|MAX_TOKENS|LENGTH|NUMBERS"
for each text; "pad|PADDING|TRUNCATING|LENGTH|VALUE|SEQUENCE|ROW".
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras

TEXTS = [
    "The cat sat on the mat.",
    "The dog; the CAT -- and the (other) dog!",
    "don't stop: it's a co-op_erative e-mail@example.com",
    "  many   spaces\tand tabs  ",
    "",
    "Zebra apple Zebra mango apple kiwi kiwi zebra",
    "\u00c9t\u00e9 \u00e0 la plage \u00c9T\u00c9 caf\u00e9",
    "... !!! ???",
    "100% of 3.14 $5 #1",
    "[UNK] unk <br /><br />",
    "back\\slash and `tick` and {brace} and ~tilde~ 'quote'",
]

for text in TEXTS:
    print("text", text, sep="|")
for max_tokens in (None, 12, 3, 2000):
    layer = keras.layers.TextVectorization(max_tokens=max_tokens, output_sequence_length=7)
    layer.adapt(TEXTS)
    words = layer.get_vocabulary(include_special_tokens=False)
    print("vocabulary", max_tokens or 0, " ".join(words), sep="|")
    for row in layer(TEXTS).numpy():
        print("ids", max_tokens or 0, 7, " ".join(map(str, row)), sep="|")

for padding in ("pre", "post"):
    for truncating in ("pre", "post"):
        for sequence in ([], [1], [1, 2, 3], [1, 2, 3, 4, 5]):
            row = keras.utils.pad_sequences([sequence], 3, padding=padding, truncating=truncating, value=9)[0]
            print("pad", padding, truncating, 3, 9, " ".join(map(str, sequence)), " ".join(map(str, row)), sep="|")
