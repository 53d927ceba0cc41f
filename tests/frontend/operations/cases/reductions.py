from case import Booleans, Case, Integers, Positive

X = (2, 3, 5)
N = Integers(2, 3, 5)
B = Booleans(2, 3, 5)
SPECIAL = [[float("nan"), 1.0], [float("inf"), 1.0], [-float("inf"), 2.0], [-float("inf"), float("inf")]]
FLOATS = "sum mean prod max min var std logsumexp".split()

CASES = (
    [Case(f"ops.{f}(x, axis=1)", x=X) for f in FLOATS]
    + [Case(f"ops.{f}(x, axis=-1, keepdims=True)", x=X) for f in FLOATS]
    + [Case(f"ops.{f}(x, axis=(1, -1))", x=X) for f in FLOATS]
    + [Case(f"ops.{f}(x, axis=[2], keepdims=True)", x=X) for f in ("sum", "mean", "max")]
    + [Case(f"ops.{f}(x, axis=-1)", x=N) for f in FLOATS + ["count_nonzero", "argmax", "argmin", "any", "all"]]
    + [Case(f"ops.{f}(x, axis=-1)", x=B) for f in ("sum", "mean", "any", "all", "count_nonzero", "max", "argmax")]
    + [Case(f"ops.{f}(x, axis=-1)", x=SPECIAL) for f in ("sum", "mean", "max", "min", "logsumexp", "any", "all", "argmax", "argmin")]
    + [Case(f"ops.{f}(x, axis=1, keepdims=True)", x=B) for f in ("any", "all")]
    + [
        Case("ops.argmax(x, axis=-1)", x=X),
        Case("ops.argmin(x, axis=1)", x=X),
        Case("ops.argmax(x, axis=-1, keepdims=True)", x=X),
        Case("ops.argmax(x, axis=-1)", x=[[1.0, 3.0, 3.0], [2.0, 2.0, 1.0]]),
        Case("ops.max(x, axis=-1, initial=1.0)", x=X),
        Case("ops.min(x, axis=-1, initial=0.0)", x=X),
        Case("ops.amax(x, axis=1)", x=X),
        Case("ops.amin(x, axis=1)", x=X),
        Case("ops.ptp(x, axis=-1)", x=X),
        Case("ops.prod(x, axis=1, dtype='float32')", x=N),
        Case("ops.cumsum(x, axis=1)", x=X),
        Case("ops.cumsum(x, axis=-1)", x=N),
        Case("ops.cumsum(x, axis=-1)", x=B),
        Case("ops.cumsum(x, axis=1, dtype='float32')", x=N),
        Case("ops.cumprod(x, axis=-1)", x=X),
        Case("ops.average(x, axis=1)", x=X),
        Case("ops.average(x, axis=1, weights=y)", x=X, y=Positive(2, 3, 5)),
        Case("ops.average(x, axis=1, weights=np.array([1.0, 2.0, 3.0], 'float32'))", x=X),
        Case("ops.moments(x, axes=[1, 2])", x=X),
        Case("ops.moments(x, axes=[1], keepdims=True)", x=X),
        Case("ops.logsumexp(x, axis=(1, 2), keepdims=True)", x=X),
    ]
)
