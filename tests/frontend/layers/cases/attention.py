from case import Case, Integers

SELF = [(2, 3, 4), (2, 3, 4)]
CROSS = [(2, 3, 4), (2, 2, 5)]
CAUSAL = {"use_causal_mask": True}
SMALL = {"num_heads": 2, "key_dim": 3}
GROUPS = {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}

CASES = [
    Case("Attention", {}, [(2, 3, 2), (2, 4, 2)]),
    Case("Attention", {"use_scale": True}, [(2, 3, 2), (2, 4, 3), (2, 4, 2)]),
    Case("Attention", {"score_mode": "concat"}, [(2, 3, 2), (2, 4, 2)]),
    Case("Attention", {"score_mode": "concat", "use_scale": True}, [(2, 3, 2), (2, 4, 2)]),
    Case("Attention", {}, [(2, 3, 2), (2, 3, 2)], CAUSAL),
    Case("Attention", {"dropout": 0.5, "seed": 3}, [(2, 3, 2), (2, 4, 2)], random=True),
    Case("AdditiveAttention", {}, [(2, 3, 2), (2, 4, 2)]),
    Case("AdditiveAttention", {"use_scale": False}, [(2, 2, 2), (2, 3, 3), (2, 3, 2)], CAUSAL),
    Case("MultiHeadAttention", SMALL, SELF),
    Case("MultiHeadAttention", SMALL | {"value_dim": 2, "use_bias": False}, CROSS),
    Case("MultiHeadAttention", SMALL | {"output_shape": 3}, CROSS + [(2, 2, 2)]),
    Case("MultiHeadAttention", SMALL, SELF, CAUSAL),
    Case("MultiHeadAttention", SMALL | {"sliding_window": 2}, SELF),
    Case("MultiHeadAttention", SMALL | {"dropout": 0.5}, SELF, CAUSAL, random=True),
    Case("MultiHeadAttention", {"num_heads": 1, "key_dim": 2}, [(2, 2, 2, 2), (2, 2, 1, 2)]),
    Case("MultiHeadAttention", SMALL, SELF + [Integers((2, 3, 3), 2)], last="attention_mask"),
    Case("MultiHeadAttention", SMALL, CROSS + [(2, 2, 2), Integers((2, 3, 2), 2)], last="attention_mask"),
    Case("MultiHeadAttention", SMALL, SELF + [Integers((2, 2, 3, 3), 2)], CAUSAL, last="attention_mask"),
    Case(
        "MultiHeadAttention",
        SMALL,
        SELF + [Integers((2, 3, 3), 2)],
        mask=[((1, 1, 0), (1, 0, 1)), None, None],
        last="attention_mask",
    ),
    Case("MultiHeadAttention", SMALL | {"use_gate": True}, SELF),
    Case("MultiHeadAttention", SMALL | {"value_dim": 2, "use_gate": True, "use_bias": False}, CROSS),
    Case("MultiHeadAttention", SMALL | {"attention_axes": 2}, [(2, 2, 3, 4), (2, 2, 2, 3)]),
    Case("MultiHeadAttention", SMALL | {"attention_axes": 1, "output_shape": 3}, [(2, 3, 2, 4), (2, 2, 2, 4)]),
    Case("MultiHeadAttention", SMALL | {"attention_axes": (1, 3)}, [(2, 2, 3, 2, 2), (2, 1, 3, 2, 2)]),
    Case("MultiHeadAttention", SMALL | {"attention_axes": (2, 3)}, [(2, 2, 1, 2, 2), (2, 2, 2, 1, 2)]),
    Case("GroupQueryAttention", GROUPS, SELF),
    Case("GroupQueryAttention", GROUPS | {"use_bias": False, "use_gate": True}, [(2, 3, 4), (2, 2, 4)]),
    Case("GroupQueryAttention", GROUPS | {"num_key_value_heads": 1}, [(2, 3, 4), (2, 2, 4), (2, 2, 4)]),
    Case("GroupQueryAttention", GROUPS | {"sliding_window": 2}, SELF, CAUSAL),
    Case("GroupQueryAttention", GROUPS | {"dropout": 0.5}, SELF, CAUSAL, random=True),
    Case("GroupQueryAttention", GROUPS, SELF + [Integers((2, 3, 3), 2)], last="attention_mask"),
    Case("GroupQueryAttention", GROUPS, SELF, mask=[((1, 1, 0), (1, 0, 1)), ((1, 1, 0), (1, 0, 1))]),
]
