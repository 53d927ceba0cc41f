from math import inf, nan

from case import Case, Integers

X = (2, 3, 7)

CASES = [
    Case("ops.sort(x)", x=X),
    Case("ops.sort(x, axis=1)", x=X),
    Case("ops.sort(x)", x=Integers(2, 9)),
    Case("ops.sort(x)", x=[[3.0, nan, -inf, 0.0, -0.0, inf, 3.0], [1.0, 2.0, nan, nan, 0.0, 0.0, 1.0]]),
    Case("ops.argsort(x)", x=X),
    Case("ops.argsort(x, axis=1)", x=Integers(2, 9, 2, low=0, high=4)),
    Case("ops.top_k(x, k=1)", x=X),
    Case("ops.top_k(x, k=3)", x=X),
    Case("ops.top_k(x, 4, sorted=False)", x=Integers(2, 9)),
    Case("ops.top_k(x, k=5)", x=[[3.0, nan, -inf, 0.0, 3.0, inf, 3.0], [1.0, 2.0, nan, nan, 0.0, 0.0, 1.0]]),
]
