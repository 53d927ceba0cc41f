from case import Case, Integers

CASES = [
    Case("Embedding", {"input_dim": 5, "output_dim": 2}, Integers((2, 3), 5)),
    Case("Embedding", {"input_dim": 4, "output_dim": 3, "mask_zero": True}, Integers((2, 4), 4)),
    Case("Embedding", {"input_dim": 6, "output_dim": 2}, Integers((2, 2, 3), 6)),
    Case("Masking", {}, (2, 3, 2)),
    Case("Masking", {"mask_value": 1.5}, (2, 3, 2)),
    Case("Masking", {"mask_value": -1.0}, (2, 2, 3, 1)),
    # Masks that are handed on, and one that is lost.
    Case("Dense", {"units": 2}, (2, 3, 4), mask=((1, 1, 0), (0, 1, 1))),
    Case("Activation", {"activation": "relu"}, (2, 3, 2), mask=((1, 0, 1), (0, 0, 1))),
    Case("Flatten", {}, (2, 3, 2), mask=((1, 0, 1), (0, 0, 1))),
]
