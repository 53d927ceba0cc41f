from case import Booleans, Case, Integers

X = (2, 3)
N = Integers(2, 3, low=0, high=3)
B = Booleans(2, 3)
SPECIAL = [[float("nan"), float("inf"), -float("inf"), 0.0, -0.0]]

CASES = (
    [Case(f"x {op} 1", x=N) for op in ("==", "!=", "<", "<=", ">", ">=") if op not in ("==", "!=")]
    + [Case(f"ops.{op}(x, 0)", x=SPECIAL) for op in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")]
    + [Case(f"ops.{op}(x, y)", x=N, y=Integers(2, 3, low=0, high=3)) for op in ("equal", "not_equal")]
    + [Case(f"ops.{op}(x, 1)", x=N) for op in ("equal", "not_equal")]
    + [Case(f"ops.{op}(x, 1.5)", x=N) for op in ("less", "greater")]
    + [Case(f"ops.logical_{op}(x, y)", x=B, y=N) for op in ("and", "or", "xor")]
    + [Case(f"ops.bitwise_{op}(x, y)", x=N, y=Integers(2, 3)) for op in ("and", "or", "xor")]
    + [
        Case("ops.logical_not(x)", x=B),
        Case("ops.logical_not(x)", x=N),
        Case("~x", x=B),
        Case("ops.bitwise_not(x)", x=N),
        Case("ops.cast(x > 0.5, 'float32') * x", x=X),
        Case("ops.where(x > 0, x, 0.0)", x=X),
        Case("ops.where(x > 0, x, -1)", x=X),
        Case("ops.where(x, 1, 0)", x=B),
        Case("ops.where(x, 1.0, y)", x=B, y=X),
        Case("ops.where(x, y, 7)", x=B, y=N),
        Case("ops.where(x > 0, x, y)", x=(2, 3, 1), y=(2, 1, 4)),
        Case("ops.where(x > 0, ops.log(ops.maximum(x, 1e-6)), -1e9)", x=X),
        Case("ops.where(x > 0, x, -inf)", x=X),
        Case("ops.where(x > 0, inf, y)", x=X, y=N),
        Case("ops.softmax(ops.where(x > 0, x, -inf))", x=[[0.5, -1.0, 2.0], [1.0, 0.0, -2.0]]),
        Case("x + np.array([0, -inf, inf], 'float32')", x=X),
        Case("ops.full_like(x, inf)", x=X),
        Case("ops.clip(x, 0, inf)", x=X),
        Case("ops.nan_to_num(x, nan=2.0, posinf=inf)", x=SPECIAL),
        Case("ops.isclose(x, y)", x=[[1.0, float("inf"), float("nan"), 2.0]], y=[[1.000001, float("inf"), float("nan"), 2.1]]),
        Case("ops.isclose(x, y, rtol=0.1, atol=0.0)", x=X, y=X),
        Case("ops.isclose(x, x, equal_nan=True)", x=SPECIAL),
    ]
)
