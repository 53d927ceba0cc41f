from case import Case

NAMES = """linear relu relu6 leaky_relu elu selu celu gelu silu swish sigmoid softmax log_softmax
    log_sigmoid tanh softplus softsign squareplus soft_shrink hard_shrink tanh_shrink sparse_plus
    sparse_sigmoid hard_sigmoid hard_silu hard_swish hard_tanh exponential mish sparsemax"""

CASES = [Case("Activation", {"activation": name}, (2, 5)) for name in NAMES.split()] + [
    Case("Activation", {"activation": "softmax"}, (2, 3, 2)),
    Case("Activation", {"activation": "sparsemax"}, (2, 2, 3)),
    Case("ReLU", {}, (2, 4)),
    Case("ReLU", {"max_value": 1.0}, (2, 4)),
    Case("ReLU", {"max_value": 6.0}, (2, 4)),
    Case("ReLU", {"negative_slope": 0.1}, (2, 4)),
    Case("ReLU", {"threshold": 0.5}, (2, 6)),
    Case("ReLU", {"max_value": 1.5, "negative_slope": 0.25, "threshold": 0.5}, (2, 6)),
    Case("ReLU", {"max_value": 1.0, "negative_slope": 0.5}, (2, 6)),
    Case("LeakyReLU", {}, (2, 4)),
    Case("LeakyReLU", {"negative_slope": 0.0}, (2, 4)),
    Case("PReLU", {}, (2, 4)),
    Case("PReLU", {"shared_axes": [1, 2]}, (2, 2, 3, 2)),
    Case("ELU", {}, (2, 4)),
    Case("ELU", {"alpha": 0.5}, (2, 4)),
    Case("Softmax", {}, (2, 4)),
    Case("Softmax", {"axis": 1}, (2, 3, 2)),
    Case("Softmax", {"axis": [1, 2]}, (2, 3, 2)),
]
