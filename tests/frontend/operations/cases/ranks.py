from math import inf, nan

from case import Case, Integers

X = (2, 3, 5)
SPECIAL = [[3.0, nan, 1.0, 2.0], [1.0, inf, 0.0, -inf], [1.0, -0.0, 0.0, 2.0]]
BINS = "np.array([-1.0, 0.0, 0.5, 0.5, 1.25], 'float32')"

CASES = [
    Case("ops.median(x, axis=-1)", x=X),
    Case("ops.median(x, axis=1, keepdims=True)", x=(2, 4, 3)),
    Case("ops.median(x, axis=(1, 2))", x=X),
    Case("ops.median(x, axis=-1)", x=Integers(2, 4)),
    Case("ops.median(x, axis=-1)", x=SPECIAL),
    Case("ops.quantile(x, 0.3, axis=-1)", x=X),
    Case("ops.moveaxis(ops.quantile(x, [0.0, 0.1, 0.5, 0.75, 1.0], axis=1), 0, -1)", x=(2, 7, 2)),
    Case("ops.moveaxis(ops.quantile(x, np.array([0.25, 0.5], 'float32'), axis=(1, 2), keepdims=True), 0, 1)", x=X),
    Case("ops.quantile(x, 0.4, axis=-1)", x=SPECIAL),
    Case("ops.percentile(x, 90, axis=-1)", x=(2, 11)),
    Case("ops.moveaxis(ops.percentile(x, [10.0, 35.0], axis=1, keepdims=True), 0, 1)", x=X),
    Case(f"ops.searchsorted({BINS}, x)", x=X),
    Case(f"ops.searchsorted({BINS}, x, side='right')", x=[[0.5, 0.0, -1.0, 9.0, -9.0, nan, inf, -inf]]),
    Case(f"ops.searchsorted({BINS}, x)", x=[[0.5, 0.0, -1.0, 9.0, -9.0, nan, inf, -inf]]),
    Case("ops.searchsorted(np.array([1, 3, 3, 7]), x)", x=Integers(2, 6, low=0, high=9)),
    Case(f"ops.digitize(x, {BINS})", x=X),
    Case("ops.digitize(x, np.array([1.0, 0.5, -0.5], 'float32'))", x=[[1.0, 0.5, 0.7, -3.0, nan, inf, -inf]]),
    Case(f"ops.digitize(x, {BINS})", x=[[0.5, 0.0, -1.0, 9.0, -9.0, nan, inf, -inf]]),
    Case("ops.digitize(x, np.array([0, 2, 4], 'int32'))", x=Integers(2, 6)),
    Case("ops.isin(x, np.array([1, 3, -2]))", x=Integers(2, 6)),
    Case("ops.isin(x, np.array([1, 3, -2]), invert=True)", x=Integers(2, 6)),
    Case("ops.isin(x, np.array([1.0, np.nan, np.inf], 'float32'))", x=SPECIAL),
    Case("ops.in_top_k(x, y, 2)", x=[0, 1, 3, -1], y=[[3.0, 1.0, 2.0, 0.0], [3.0, 1.0, 2.0, 0.0], [1.0, 1.0, 1.0, 1.0], [0.0, nan, 5.0, 4.0]]),
    Case("ops.in_top_k(x, y, 3)", x=[1, 9, 0, 2], y=[[3.0, nan, 2.0, 0.0], [3.0, 1.0, 2.0, 0.0], [inf, inf, 1.0, 1.0], [0.0, nan, -inf, 4.0]]),
    Case("ops.sparsemax(x)", x=X),
    Case("ops.sparsemax(x, axis=1)", x=X),
]
