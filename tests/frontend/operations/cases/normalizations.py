from math import inf, nan

from case import Booleans, Case, Integers, Positive, Unit

X = (2, 3, 4)
Q, K = (2, 4, 2, 3), (2, 5, 2, 3)
V4 = "np.array([0.5, -1, 2, 0.25], 'float32')"
P4 = "np.array([0.5, 1, 2, 0.25], 'float32')"
ONES = "np.array([1, 2, 3], 'float32')"
SPECIAL = [[nan, 1.0, 2.0], [inf, 1.0, 2.0], [-inf, inf, 0.0], [3.0, 3.0, 3.0], [0.0, -0.0, 1e-30]]

CASES = [
    Case(f"ops.batch_normalization(x, {V4}, {P4}, axis=-1)", x=X),
    Case(f"ops.batch_normalization(x, {V4}, {P4}, -1, {P4}, {V4}, epsilon=0.1)", x=X),
    Case(f"ops.batch_normalization(x, {ONES}, {ONES}, 1, scale={ONES}, offset={ONES})", x=X),
    Case(f"ops.batch_normalization(x, {ONES}, {ONES}, -1, {ONES}, {ONES})", x=SPECIAL),
    Case("ops.layer_normalization(x)", x=X),
    Case(f"ops.layer_normalization(x, {V4}, {P4}, epsilon=1e-3)", x=X),
    Case(f"ops.layer_normalization(x, {ONES}, axis=1)", x=X),
    Case(f"ops.layer_normalization(x, None, np.arange(12, dtype='float32').reshape(3, 4), axis=(1, 2))", x=X),
    Case("ops.layer_normalization(x, y, axis=-1)", x=X, y=(2, 1, 4)),
    Case("ops.layer_normalization(x)", x=SPECIAL),
    Case("ops.rms_normalization(x)", x=X),
    Case(f"ops.rms_normalization(x, {V4}, epsilon=0.5)", x=X),
    Case("ops.rms_normalization(x, axis=(1, 2))", x=X),
    Case("ops.rms_normalization(x)", x=SPECIAL),
    Case("ops.dot_product_attention(x, y, z)", x=Q, y=K, z=K),
    Case("ops.dot_product_attention(x, y, y, is_causal=True)", x=Q, y=K),
    Case("ops.dot_product_attention(x, y, y, scale=0.5, bias=z)", x=Q, y=K, z=(2, 2, 4, 5)),
    Case("ops.dot_product_attention(x, y, y, mask=z)", x=Q, y=K, z=Booleans(2, 1, 4, 5)),
    Case("ops.dot_product_attention(x, y, y, mask=z, is_causal=True)", x=Q, y=K, z=Booleans(2, 2, 4, 5)),
    Case("ops.dot_product_attention(x, y, y)", x=(2, 4, 4, 3), y=K),
    Case("ops.moments(x, axes=1)", x=X),
    Case("ops.moments(x, axes=(1, 2), keepdims=True)", x=X),
    Case("ops.moments(x, axes=-1)", x=SPECIAL),
    Case("ops.binary_crossentropy(x, y)", x=Unit(2, 5), y=Unit(2, 5)),
    Case("ops.binary_crossentropy(x, y, from_logits=True)", x=(2, 5), y=(2, 5)),
    Case("ops.binary_crossentropy(x, y)", x=[[0.0, 1.0, 0.5, 1.0]], y=[[nan, inf, -inf, 0.0]]),
    Case("ops.binary_crossentropy(x, y, from_logits=True)", x=[[0.0, 1.0, 0.5, 1.0]], y=[[nan, inf, -inf, -inf]]),
    Case("ops.categorical_crossentropy(x, y)", x=(2, 3, 4), y=Positive(2, 3, 4)),
    Case("ops.categorical_crossentropy(x, y, from_logits=True)", x=(2, 3, 4), y=(2, 3, 4)),
    Case("ops.categorical_crossentropy(x, y, axis=1)", x=(2, 4, 4), y=Positive(2, 4, 4)),
    Case("ops.categorical_crossentropy(x, y)", x=[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], y=[[1.0, 0.0, 0.0], [nan, 1.0, 0.0]]),
    Case("ops.sparse_categorical_crossentropy(x, y)", x=Integers(2, 3, low=0, high=4), y=Positive(2, 3, 4)),
    Case("ops.sparse_categorical_crossentropy(x, y, from_logits=True)", x=Integers(2, 1, low=0, high=5), y=(2, 5)),
    Case("ops.sparse_categorical_crossentropy(x, y, from_logits=True)", x=[0, 1, 7], y=[[1.0, -inf], [1.0, 2.0], [1.0, 3.0]]),
]
