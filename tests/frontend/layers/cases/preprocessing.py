from case import Case

CASES = [
    Case("Rescaling", {"scale": 0.5}, (2, 3)),
    Case("Rescaling", {"scale": 2.0, "offset": -1.0}, (2, 2, 3)),
    Case("Rescaling", {"scale": [1.0, 2.0, 3.0], "offset": [0.5, 0.0, -0.5]}, (2, 3)),
    Case("Normalization", {}, (2, 3)),
    Case("Normalization", {"axis": 1}, (2, 3, 2)),
    Case("Normalization", {"axis": None}, (2, 3)),
    Case("Normalization", {"mean": 0.5, "variance": 2.0}, (2, 3)),
    Case("Normalization", {"mean": [0.5, 1.0], "variance": [2.0, 0.25], "invert": True}, (2, 3, 2)),
]
