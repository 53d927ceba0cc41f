from case import Case, Integers

WORDS = {"vocabulary": [5, 2, 7], "mask_token": 0}

CASES = [
    Case("Rescaling", {"scale": 0.5}, (2, 3)),
    Case("Rescaling", {"scale": 2.0, "offset": -1.0}, (2, 2, 3)),
    Case("Rescaling", {"scale": [1.0, 2.0, 3.0], "offset": [0.5, 0.0, -0.5]}, (2, 3)),
    Case("Normalization", {}, (2, 3)),
    Case("Normalization", {"axis": 1}, (2, 3, 2)),
    Case("Normalization", {"axis": None}, (2, 3)),
    Case("Normalization", {"mean": 0.5, "variance": 2.0}, (2, 3)),
    Case("Normalization", {"mean": [0.5, 1.0], "variance": [2.0, 0.25], "invert": True}, (2, 3, 2)),
    Case("CategoryEncoding", {"num_tokens": 4}, Integers((3, 2), 4)),
    Case("CategoryEncoding", {"num_tokens": 4, "output_mode": "count"}, Integers((3, 5), 4)),
    Case("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, Integers((3, 2), 4)),
    Case("CategoryEncoding", {"num_tokens": 4, "output_mode": "one_hot"}, Integers((3, 1), 4)),
    Case("Discretization", {"bin_boundaries": [-1.0, 0.0, 0.5], "output_mode": "one_hot"}, (3, 2)),
    Case("Discretization", {"bin_boundaries": [-1.0, 0.0, 0.5], "output_mode": "one_hot"}, (3, 1)),
    Case("Discretization", {"bin_boundaries": [-1.0, 0.5], "output_mode": "multi_hot"}, (3, 4)),
    Case("Discretization", {"bin_boundaries": [-1.0, 0.5], "output_mode": "count"}, (3, 4)),
    Case("HashedCrossing", {"num_bins": 1000}, [Integers((6, 1), 9), Integers((6, 1), 2**31 - 1)]),
    Case("HashedCrossing", {"num_bins": 7}, [Integers((6,), 9), Integers((6,), 9)]),
    Case("HashedCrossing", {"num_bins": 7, "output_mode": "one_hot"}, [Integers((6, 1), 9), Integers((6, 1), 9)]),
    Case("IntegerLookup", {"vocabulary": [5, 2, 7]}, Integers((3, 4), 9)),
    Case("IntegerLookup", WORDS | {"num_oov_indices": 3}, Integers((4, 5), 9)),
    Case("IntegerLookup", WORDS | {"output_mode": "one_hot"}, Integers((4, 2), 9)),
    Case("IntegerLookup", WORDS | {"output_mode": "one_hot"}, Integers((4, 1), 9)),
    Case("IntegerLookup", WORDS | {"output_mode": "multi_hot", "num_oov_indices": 2}, Integers((4, 5), 9)),
    Case("IntegerLookup", WORDS | {"output_mode": "count", "max_tokens": 6, "pad_to_max_tokens": True}, Integers((4, 5), 9)),
    Case("IntegerLookup", {"vocabulary": [-1, 5, 2, 7], "oov_token": -1}, Integers((3, 4), 9)),
    Case("IntegerLookup", WORDS | {"invert": True}, Integers((4, 5), 7)),
    Case("IntegerLookup", {"vocabulary": [5, 2, 7], "invert": True, "oov_token": 99}, Integers((4, 5), 7)),
]
