from case import Case

CASES = [
    Case("BatchNormalization", {}, (5, 3)),
    Case("BatchNormalization", {"momentum": 0.7, "epsilon": 0.01}, (3, 2, 2, 3)),
    Case("BatchNormalization", {"axis": 1}, (3, 2, 4)),
    Case("BatchNormalization", {"center": False}, (4, 3)),
    Case("BatchNormalization", {"scale": False, "momentum": 0.5}, (4, 2, 3)),
    Case("BatchNormalization", {"trainable": False}, (4, 3)),
    Case("BatchNormalization", {"axis": -2, "center": False, "scale": False}, (2, 3, 4)),
    Case("LayerNormalization", {}, (2, 4)),
    Case("LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5}, (2, 3, 4)),
    Case("LayerNormalization", {"axis": [-2, -1], "center": False}, (2, 3, 2)),
    Case("LayerNormalization", {"axis": 1, "scale": False}, (2, 3, 2)),
    Case("GroupNormalization", {"groups": 2}, (2, 4)),
    Case("GroupNormalization", {"groups": 2, "epsilon": 1e-5}, (2, 2, 3, 4)),
    Case("GroupNormalization", {"groups": 1, "axis": 1, "center": False}, (2, 3, 2)),
    Case("GroupNormalization", {"groups": -1, "scale": False}, (2, 3, 2)),
    Case("RMSNormalization", {}, (2, 4)),
    Case("RMSNormalization", {"axis": [1, 2], "epsilon": 0.01}, (2, 3, 2)),
    Case("UnitNormalization", {}, (2, 3)),
    Case("UnitNormalization", {"axis": [1, 2]}, (2, 3, 2)),
]
