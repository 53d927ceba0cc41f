from case import Case

CASES = [
    Case("Dropout", {"rate": 0.25}, (2, 3), random=True),
    Case("Dropout", {"rate": 0.5, "noise_shape": [None, 1, 3], "seed": 7}, (2, 2, 3), random=True),
    Case("Dropout", {"rate": 0.0}, (2, 3)),
    Case("Dropout", {"rate": 1.0}, (2, 3)),
    Case("SpatialDropout1D", {"rate": 0.5}, (2, 3, 2), random=True),
    Case("SpatialDropout2D", {"rate": 0.5, "seed": 1}, (2, 2, 2, 2), random=True),
    Case("SpatialDropout2D", {"rate": 0.0, "data_format": "channels_first"}, (2, 2, 2, 2)),
    Case("SpatialDropout3D", {"rate": 0.5}, (2, 1, 2, 2, 1), random=True),
    Case("GaussianNoise", {"stddev": 0.5}, (2, 3), random=True),
    Case("GaussianNoise", {"stddev": 0.0}, (2, 3)),
    Case("GaussianDropout", {"rate": 0.5}, (2, 3), random=True),
    Case("AlphaDropout", {"rate": 0.5, "noise_shape": [None, 1]}, (2, 3), random=True),
]
