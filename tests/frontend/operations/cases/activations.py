from case import Case, Integers

X = (2, 3, 4)
SPECIAL = [[float("nan"), float("inf"), -float("inf"), 0.0, 80.0, -80.0]]
PLAIN = "relu relu6 sigmoid silu swish hard_sigmoid hard_silu hard_swish softplus softsign log_sigmoid selu elu celu leaky_relu gelu squareplus soft_shrink hard_shrink tanh_shrink hard_tanh sparse_plus sparse_sigmoid softmax log_softmax glu tanh".split()

CASES = (
    [Case(f"ops.{f}(x)", x=X) for f in PLAIN]
    + [Case(f"ops.{f}(x)", x=SPECIAL) for f in PLAIN if f not in ("hard_silu", "hard_swish", "glu", "squareplus")]
    + [
        Case("ops.elu(x, alpha=0.3)", x=X),
        Case("ops.celu(x, alpha=0.3)", x=X),
        Case("ops.leaky_relu(x, negative_slope=0.1)", x=X),
        Case("ops.gelu(x, approximate=False)", x=X),
        Case("ops.squareplus(x, b=2)", x=X),
        Case("ops.soft_shrink(x, threshold=0.3)", x=X),
        Case("ops.hard_shrink(x, threshold=0.3)", x=X),
        Case("ops.threshold(x, 0.3, -7.0)", x=X),
        Case("ops.softmax(x, axis=1)", x=X),
        Case("ops.softmax(x, axis=(1, 2))", x=X),
        Case("ops.log_softmax(x, axis=1)", x=X),
        Case("ops.glu(x, axis=-1)", x=(2, 3, 6)),
        Case("ops.relu(x)", x=Integers(2, 3)),
        Case("keras.activations.gelu(x)", x=X),
        Case("keras.activations.softmax(x)", x=X),
    ]
)
