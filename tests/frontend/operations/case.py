"""What a line of a table of cases says."""


class Integers:
    """An integer input: values in [low, high)."""

    def __init__(self, *shape, low=-5, high=6, dtype="int32"):
        self.shape, self.low, self.high, self.dtype = shape, low, high, dtype


class Booleans:
    """An input of truth values, which the model makes of integers: Keras's own inputs have none."""

    def __init__(self, *shape):
        self.shape = shape


class Positive:
    """Floats in [0.5, 2)."""

    def __init__(self, *shape):
        self.shape = shape


class Unit:
    """Floats in (-1, 1)."""

    def __init__(self, *shape):
        self.shape = shape


class Case:
    """An expression on Keras's tensors, and the inputs that it names: shapes with the batch, one of the
    classes above, or a list of numbers, whose derivatives are not compared.

    Case("x * 2 + ops.mean(y, axis=1)", x=(2, 3), y=(2, 4, 3))
    """

    def __init__(self, expression, gradients=True, **inputs):
        self.expression, self.inputs = expression, inputs
        self.gradients = gradients and not any(isinstance(x, list) for x in inputs.values())

    def __repr__(self):
        return self.expression + repr(sorted(self.inputs))
