"""What a line of a table of cases says."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Integers:
    """An integer input: values in [0, high)."""

    shape: tuple
    high: int


@dataclass(frozen=True)
class Floats:
    """A float input: values in [low, high)."""

    shape: tuple
    low: float
    high: float


@dataclass(frozen=True)
class Case:
    """A layer with options, and the inputs that it is called with.

    Case("Dense", {"units": 3}, (2, 4))
    Case("Add", {}, [(2, 3), (2, 1)])
    Case("Embedding", {"input_dim": 5, "output_dim": 2}, Integers((2, 3), 5))
    """

    layer: str  # the class's name in keras.layers
    options: dict = field(default_factory=dict)  # of the constructor; a Case is a layer
    # Shapes with the batch, Integers, or Floats; a list of them where the layer takes a list.
    inputs: object = (2, 3)
    call: dict = field(default_factory=dict)  # further arguments of the call
    # Not part of a case's repr(), which is the seed of its values.
    # Of the first input: a row of 0 and 1 for each of its rows; or a list with one for each input,
    # None where it has none.
    mask: object = field(default=None, repr=False)
    # The argument that takes all inputs but the first, where the layer takes no list of them.
    further: str = field(default="", repr=False)
    # The argument that takes the last input by name.
    last: str = field(default="", repr=False)
    # False: TensorFlow has no derivatives of it.
    gradients: bool = field(default=True, repr=False)
    # Draws random numbers while training: only inference is recorded.
    random: bool = False
