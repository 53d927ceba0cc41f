from math import inf, nan

from case import Case, Integers

X = (2, 3, 4)

CASES = [
    Case("ops.slice(x, [0, 1, 0], [-1, 2, 3])", x=X),
    Case("ops.slice(x, (0, 1, 2), (-1, -1, -1))", x=X),
    Case("ops.slice(x, np.array([0, 2, 3]), [-1, 2, 2])", x=X),
    Case("ops.slice_update(x, [0, 1, 1], y)", x=X, y=(2, 1, 2)),
    Case("ops.slice_update(x, [0, 0, 3], y)", x=X, y=(2, 3, 2)),
    Case("ops.slice_update(x, [0, 1], y)", x=[[nan, 1.0, inf]], y=[[5.0]]),
    Case("ops.unravel_index(x, (3, 4))", x=Integers(2, 5, low=-14, high=15)),
    Case("ops.select([x > 0.5, x > -0.5], [x, x * 2], default=-1.0)", x=X),
    Case("ops.select([x > 1, y > 0], [x, y])", x=Integers(2, 3), y=Integers(2, 3)),
    Case("ops.select([x > 0], [x], -inf)", x=[[nan, 1.0, -inf]]),
    Case("ops.saturate_cast(x, 'uint8')", x=[[-1.5, 255.9, 256.0, 3.5, inf, -inf]]),
    Case("ops.saturate_cast(x, 'int32')", x=[[-3e9, 3e9, 2147483520.0, 7.9, inf, -inf]]),
    Case("ops.saturate_cast(x, 'int8')", x=Integers(2, 6, low=-300, high=300)),
    Case("ops.saturate_cast(x, 'float32')", x=[[inf, -inf, nan, 1.0]]),
    Case("ops.saturate_cast(x, 'int16')", x=Integers(2, 6, low=-300, high=300, dtype="int16")),
]
