from case import Booleans, Case, Integers, Positive

X = (2, 3)
N = Integers(2, 3)
B = Booleans(2, 3)
PAIR = {"x": (2, 3, 4), "y": (2, 3, 4)}
BROADCAST = {"x": (2, 3, 1), "y": (2, 1, 5)}
SPECIAL = [[float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1.5, -2.5]]

CASES = (
    # Each operator, of tensors and numbers on either side, of floats, integers and truth values.
    [Case(f"x {op} y", **BROADCAST) for op in ("+", "-", "*", "/")]
    + [Case(f"x {op} 2", x=X) for op in ("+", "-", "*", "/", "//", "%", "**")]
    + [Case(f"2 {op} x", x=Positive(2, 3)) for op in ("+", "-", "*", "/", "//", "%", "**")]
    + [Case(f"x {op} 1.5", x=N) for op in ("+", "-", "*", "/", "//", "%")]
    + [Case(f"x {op} 3", x=N) for op in ("+", "-", "*", "/", "//", "%")]
    + [Case(f"x {op} -3", x=N) for op in ("//", "%")]
    + [Case(f"x {op} y", x=N, y=X) for op in ("+", "-", "*", "/")]
    + [Case(f"x {op} y", x=B, y=X) for op in ("+", "*", "/")]
    + [Case(f"x {op} y", x=B, y=B) for op in ("+", "*", "&", "|", "^")]
    + [Case(f"x {op} 2", x=B) for op in ("+", "*", "-")]
    + [Case(f"x {op} 1.5", x=SPECIAL) for op in ("+", "-", "*", "/", "//", "%")]
    + [
        Case("x ** 2", x=N),
        Case("x ** y", x=Positive(2, 3), y=X),
        Case("ops.power(x, 0.5)", x=Positive(2, 3)),
        Case("ops.power(3, x)", x=X),
        Case("x + np.array([1.0, 2.0, 3.0], 'float32')", x=X),
        Case("x * np.array([1, 2, 3], 'int32')", x=N),
        Case("x * 2 + ops.mean(y, axis=1)", x=X, y=(2, 4, 3)),
        Case("(x - ops.mean(x, axis=-1, keepdims=True)) / (ops.std(x, axis=-1, keepdims=True) + 1e-3)", x=(2, 5)),
        Case("ops.add(x, y)", **PAIR),
        Case("ops.add(x, True)", x=X),
        Case("ops.subtract(1.0, x)", x=X),
        Case("ops.divide(x, y)", x=N, y=Integers(2, 3, low=1, high=5)),
        Case("ops.divide_no_nan(x, y)", x=[[1.0, 0.0, 2.0]], y=[[0.0, 0.0, 4.0]]),
        Case("ops.divide_no_nan(x, y)", x=X, y=Positive(2, 3)),
        Case("ops.floor_divide(x, y)", x=[[7.5, -7.5, 7.5, -7.5]], y=[[2.0, 2.0, -2.0, -2.0]]),
        Case("ops.mod(x, y)", x=[[7.5, -7.5, 7.5, -7.5]], y=[[2.0, 2.0, -2.0, -2.0]]),
        Case("ops.mod(x, y)", x=[[7, -7, 7, -7]], y=[[3, 3, -3, -3]]),
        Case("ops.floor_divide(x, y)", x=[[7, -7, 7, -7]], y=[[3, 3, -3, -3]]),
        Case("ops.fmod(x, y)", x=[[7.5, -7.5, 7.5, -7.5]], y=[[2.0, 2.0, -2.0, -2.0]]),
        Case("ops.maximum(x, y)", **BROADCAST),
        Case("ops.minimum(x, y)", **BROADCAST),
        Case("ops.maximum(x, 0.5)", x=X),
        Case("ops.minimum(1, x)", x=N),
        Case("ops.maximum(x, y)", x=[[float("nan"), 1.0, 2.0]], y=[[1.0, float("nan"), 3.0]]),
        Case("ops.fmax(x, y)", x=[[float("nan"), 1.0, 2.0]], y=[[1.0, float("nan"), 3.0]]),
        Case("ops.fmin(x, y)", x=[[float("nan"), 1.0, 2.0]], y=[[1.0, float("nan"), 3.0]]),
        Case("ops.fmax(x, y)", **PAIR),
        Case("ops.hypot(x, y)", **PAIR),
        Case("ops.hypot(x, y)", x=[[0.0, 3e30, float("inf"), float("nan")]], y=[[0.0, 4e30, 1.0, 1.0]]),
        Case("ops.logaddexp(x, y)", **PAIR),
        Case("ops.logaddexp(x, y)", x=[[float("inf"), -float("inf"), 500.0]], y=[[1.0, -float("inf"), 500.0]]),
        Case("ops.logaddexp2(x, y)", **PAIR),
        # Types of inputs: uint8 wraps, truth values are such.
        Case("x + 250", x=Integers(2, 3, low=0, high=100, dtype="uint8")),
        Case("x * 0.5", x=Integers(2, 3, low=0, high=100, dtype="uint8")),
        Case("x * 100", x=Integers(2, 3, dtype="int8")),
        Case("x + y", x=Integers(2, 3, low=0, high=2, dtype="bool"), y=Integers(2, 3, low=0, high=2, dtype="bool")),
        Case("ops.logical_not(x)", x=Integers(2, 3, low=0, high=2, dtype="bool")),
        Case("ops.heaviside(x, y)", x=[[-1.0, 0.0, 2.0]], y=[[5.0, 5.0, 5.0]]),
    ]
)
