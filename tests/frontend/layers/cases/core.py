from case import Case

CASES = [
    Case("Dense", {"units": 3}, (2, 4)),
    Case("Dense", {"units": 3, "activation": "tanh", "use_bias": False}, (2, 3, 2)),
    Case("Flatten", {}, (2, 3, 2)),
]
