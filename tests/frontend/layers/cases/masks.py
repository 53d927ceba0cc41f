"""What layers make of masks: whether they count, and what becomes of them."""

from case import Case

STEPS = (2, 3, 2)
MASK = ((1, 1, 0), (1, 0, 0))
OTHER = ((0, 1, 1), (1, 0, 1))
BOTH = [MASK, OTHER]
FIRST, SECOND = [MASK, None], [None, MASK]
PAIR = [STEPS, STEPS]
CROSS = [(2, 3, 4), (2, 2, 4)]
CROSS_MASKS = [MASK, ((1, 0), (0, 1))]
DEEP = ((1, 1, 0), (0, 1, 1)), ((1, 0, 0), (1, 1, 1))
HEADS = {"num_heads": 2, "key_dim": 3}
CAUSAL = {"use_causal_mask": True}
BIDIRECTIONAL = {"units": 2, "return_sequences": True, "return_state": True}

PASSING = [
    Case("LayerNormalization", {}, STEPS),
    Case("GroupNormalization", {"groups": 1}, STEPS),
    Case("UnitNormalization", {}, STEPS),
    Case("Normalization", {}, STEPS),
    Case("Rescaling", {"scale": 0.5}, STEPS),
    Case("ReLU", {}, STEPS),
    Case("LeakyReLU", {}, STEPS),
    Case("ELU", {}, STEPS),
    Case("PReLU", {}, STEPS),
    Case("Identity", {}, STEPS),
    Case("Dropout", {"rate": 0.5}, STEPS, random=True),
    Case("SpatialDropout1D", {"rate": 0.5}, STEPS, random=True),
    Case("GaussianDropout", {"rate": 0.5}, STEPS, random=True),
    Case("GaussianNoise", {"stddev": 0.5}, STEPS, random=True),
    Case("AlphaDropout", {"rate": 0.5}, STEPS, random=True),
]
LOSING = [
    Case("RMSNormalization", {}, STEPS),
    Case("Reshape", {"target_shape": (6,)}, STEPS),
    Case("Permute", {"dims": (2, 1)}, STEPS),
    Case("ZeroPadding1D", {}, STEPS),
    Case("Cropping1D", {"cropping": (0, 1)}, STEPS),
    Case("UpSampling1D", {}, STEPS),
    Case("Conv1D", {"filters": 2, "kernel_size": 2}, STEPS),
    Case("MaxPooling1D", {}, STEPS),
    Case("AveragePooling1D", {"pool_size": 2}, STEPS),
    Case("GlobalMaxPooling1D", {}, STEPS),
]


def masked(case, mask=MASK):
    return Case(case.layer, case.options, case.inputs, case.call, mask, case.further, case.random)


CASES = [masked(case) for case in PASSING + LOSING] + [
    Case("BatchNormalization", {}, STEPS, mask=MASK),
    Case("BatchNormalization", {"axis": 1, "momentum": 0.5}, STEPS, mask=MASK),
    Case("BatchNormalization", {}, STEPS, mask=((0, 0, 0), (0, 0, 0))),
    Case("GlobalAveragePooling1D", {}, STEPS, mask=MASK),
    Case("GlobalAveragePooling1D", {"keepdims": True}, STEPS, mask=MASK),
    Case("GlobalAveragePooling1D", {"data_format": "channels_first"}, (2, 2, 3), mask=MASK),
    Case("Add", {}, PAIR, mask=BOTH),
    Case("Add", {}, PAIR, mask=FIRST),
    Case("Add", {}, [STEPS, (2, 1, 2)], mask=[MASK, ((1,), (0,))]),
    Case("Subtract", {}, PAIR, mask=BOTH),
    Case("Multiply", {}, PAIR + [STEPS], mask=BOTH + [MASK]),
    Case("Average", {}, PAIR + [STEPS], mask=BOTH + [None]),
    Case("Maximum", {}, PAIR, mask=BOTH),
    Case("Minimum", {}, PAIR, mask=SECOND),
    Case("Concatenate", {}, PAIR, mask=BOTH),
    Case("Concatenate", {}, PAIR, mask=FIRST),
    Case("Concatenate", {"axis": 1}, PAIR, mask=BOTH),
    Case("Concatenate", {"axis": 1}, PAIR, mask=SECOND),
    Case("Dot", {"axes": 2}, PAIR, mask=BOTH),
    Case("Attention", {}, CROSS, mask=CROSS_MASKS),
    Case("Attention", {}, PAIR, mask=FIRST),
    Case("Attention", {}, PAIR, CAUSAL, mask=SECOND),
    Case("Attention", {}, PAIR + [STEPS], mask=[None, None, MASK]),
    Case("AdditiveAttention", {}, PAIR, CAUSAL, mask=BOTH),
    Case("MultiHeadAttention", HEADS, CROSS, mask=CROSS_MASKS),
    Case("MultiHeadAttention", HEADS, PAIR, mask=FIRST),
    Case("MultiHeadAttention", HEADS, PAIR, mask=SECOND),
    Case("MultiHeadAttention", HEADS, PAIR + [STEPS], CAUSAL, mask=BOTH + [MASK]),
    Case("MultiHeadAttention", HEADS | {"dropout": 0.5}, PAIR, mask=BOTH, random=True),
    Case("Bidirectional", {"layer": Case("LSTM", {"units": 2})}, STEPS, mask=MASK),
    Case("Bidirectional", {"layer": Case("LSTM", BIDIRECTIONAL), "merge_mode": None}, STEPS, mask=MASK),
    Case("Bidirectional", {"layer": Case("GRU", BIDIRECTIONAL)}, [STEPS, (2, 2), (2, 2)], further="initial_state", mask=MASK),
    Case("TimeDistributed", {"layer": Case("LayerNormalization")}, STEPS, mask=MASK),
    Case("TimeDistributed", {"layer": Case("GRU", {"units": 2})}, (2, 2, 3, 2), mask=DEEP),
    Case("TimeDistributed", {"layer": Case("GlobalAveragePooling1D")}, (2, 2, 3, 2), mask=DEEP),
]
