from case import Booleans, Case, Integers, Positive, Unit

X = (2, 5)
N = Integers(2, 5)
B = Booleans(2, 3)
SPECIAL = [[float("nan"), float("inf"), -float("inf"), 0.0, -0.0]]
ALL = "sin cos tan sinh cosh tanh arctan arcsinh exp exp2 expm1 square negative absolute abs sign floor ceil trunc round sinc deg2rad rad2deg erf".split()
POSITIVE = "sqrt rsqrt log log1p log2 log10 cbrt reciprocal".split()

CASES = (
    [Case(f"ops.{f}(x)", x=X) for f in ALL]
    + [Case(f"ops.{f}(x)", x=Positive(2, 5)) for f in POSITIVE]
    + [Case(f"ops.{f}(x)", x=Unit(2, 5)) for f in ("arcsin", "arccos", "arctanh")]
    + [Case("ops.arccosh(x + 0.6)", x=Positive(2, 5))]
    + [
        Case(f"ops.{f}(x)", x=SPECIAL)
        for f in ALL + POSITIVE + "isnan isinf isfinite isposinf isneginf arcsin arctanh".split()
        if f not in ("sin", "cos", "tan", "sinc")
    ]
    + [Case(f"ops.{f}(x)", x=N) for f in ALL[:-1] + ["isnan", "isfinite", "arctan"]]
    + [Case(f"ops.{f}(x)", x=Integers(2, 5, low=1)) for f in POSITIVE if f != "rsqrt"]
    + [Case(f"ops.{f}(x)", x=B) for f in ("exp", "square", "absolute", "floor", "isinf", "sqrt")]
    + [
        Case("-x", x=X),
        Case("abs(x)", x=N),
        Case("ops.sinh(x)", x=[[1e-4, -1e-4, 20.0, -20.0, 88.9]]),
        Case("ops.cosh(x)", x=[[1e-4, -1e-4, 20.0, -20.0, 88.9]]),
        Case("ops.arcsinh(x)", x=[[1e-4, -1e-4, 20.0, -1e20, 0.0]]),
        Case("ops.arctan(x)", x=[[1e-4, -1e-4, 1.0, -1.0, 1e30]]),
        Case("ops.arctan2(x, y)", x=X, y=X),
        Case("ops.arctan2(x, 1)", x=X),
        Case(
            "ops.arctan2(x, y)",
            x=[[0.0, -0.0, 0.0, -0.0, 1.0, -1.0, float("inf"), float("inf"), -float("inf"), 1.0, float("nan")]],
            y=[[1.0, 1.0, -1.0, -1.0, 0.0, 0.0, float("inf"), -float("inf"), 1.0, float("inf"), 1.0]],
        ),
        Case("ops.clip(x, -1, 1)", x=X),
        Case("ops.clip(x, 0.0, 6.0)", x=X),
        Case("ops.clip(x, -2, 3)", x=N),
        Case("ops.clip(x, -1, 1)", x=SPECIAL),
        Case("ops.round(x, decimals=1)", x=X),
        Case("ops.round(x * 100, decimals=-1)", x=X, gradients=False),
        Case("ops.round(x)", x=[[0.5, 1.5, -0.5, 2.5]]),
        Case("ops.nan_to_num(x)", x=SPECIAL),
        Case("ops.nan_to_num(x, nan=1.0, posinf=2.0, neginf=-3.0)", x=SPECIAL),
        Case("ops.nan_to_num(x, nan=-float('inf'), posinf=4.0)", x=SPECIAL),
        Case("ops.nan_to_num(x, nan=-float('inf'), neginf=5.0)", x=SPECIAL),
        Case("ops.signbit(x)", x=[[1.0, -1.0, 0.0, -0.0]]),
        Case("ops.cast(x, 'int32')", x=X),
        Case("ops.cast(x, 'bool')", x=N),
        Case("ops.cast(x, 'float32')", x=B),
        Case("ops.cast(x, 'float16')", x=X),
        Case("ops.cast(x, 'uint8') + 1", x=Integers(2, 3, low=0, high=9)),
        Case("ops.copy(x)", x=X),
        Case("ops.real(x)", x=X),
        Case("x * ops.stop_gradient(x) + ops.stop_gradient(ops.exp(x))", x=(2, 3)),
]
)
