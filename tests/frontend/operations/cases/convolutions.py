from math import inf, nan, prod

from case import Case

S, X, V = (2, 7, 3), (2, 6, 5, 3), (2, 4, 5, 3, 2)


def kernel(*shape):
    return f"(np.arange({prod(shape)}, dtype='float32').reshape({shape}) % 7 - 3) / 4"


def image(*values):
    """One image of one channel, in rows of three."""
    rows = [[[v] for v in values[i : i + 3]] for i in range(0, len(values), 3)]
    return [rows]


SPECIAL = image(1.0, nan, 2.0, inf, 0.5, -inf, 3.0, -0.0, 4.0)

CASES = [
    Case(f"ops.conv(x, {kernel(3, 3, 2)})", x=S),
    Case(f"ops.conv(x, {kernel(2, 3, 2)}, strides=2, padding='same')", x=S),
    Case(f"ops.conv(x, {kernel(2, 3, 3, 4)})", x=X),
    Case(f"ops.conv(x, {kernel(3, 2, 3, 2)}, strides=(2, 1), padding='same')", x=X),
    Case(f"ops.conv(x, {kernel(2, 2, 3, 2)}, dilation_rate=2)", x=X),
    Case(f"ops.conv(x, {kernel(2, 2, 6, 2)}, data_format='channels_first')", x=(2, 6, 5, 4)),
    Case(f"ops.conv(x, {kernel(2, 2, 2, 2, 3)})", x=V),
    Case(f"ops.conv(x, {kernel(2, 2, 1, 1)}, padding='same')", x=SPECIAL),
    Case(f"ops.depthwise_conv(x, {kernel(2, 3, 1)})", x=S),
    Case(f"ops.depthwise_conv(x, {kernel(2, 2, 3, 2)}, strides=2, padding='same')", x=X),
    Case(f"ops.depthwise_conv(x, {kernel(2, 2, 2, 1)}, data_format='channels_first')", x=(2, 2, 4, 3)),
    Case(f"ops.separable_conv(x, {kernel(2, 2, 3, 1)}, {kernel(1, 1, 3, 4)})", x=X),
    Case(f"ops.separable_conv(x, {kernel(3, 3, 2)}, {kernel(1, 6, 2)}, strides=2, padding='same')", x=S),
    # With channels_last, Keras says another shape than it computes.
    Case("ops.adaptive_max_pool(x, (2, 2), data_format='channels_first')", x=(2, 3, 5, 4)),
    Case("ops.unfold(x, 2)", x=(2, 3, 5, 4)),
    Case("ops.unfold(x, (2, 3), dilation=(2, 1), padding=1, stride=(1, 2))", x=(2, 2, 5, 4)),
    Case("ops.fold(x, 4, 2)", x=(2, 8, 9)),
    Case("ops.fold(x, (5, 4), (2, 2), dilation=(2, 1), padding=1, stride=(1, 2))", x=(2, 8, 15)),
]
