from case import Case

CASES = [
    Case("Dense", {"units": 3}, (2, 4)),
    Case("Dense", {"units": 3, "activation": "tanh", "use_bias": False}, (2, 3, 2)),
    Case("Flatten", {}, (2, 3, 2)),
    Case("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 3}, (2, 4)),
    Case(
        "EinsumDense",
        {"equation": "abc,cd->abd", "output_shape": (3, 3), "bias_axes": "d", "activation": "tanh"},
        (2, 3, 2),
    ),
    Case("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y"}, (2, 3, 3, 2)),
    Case("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": 3, "bias_axes": "c"}, (2, 4, 2)),
    Case("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (3, 2, 2), "bias_axes": "de"}, (2, 3, 2)),
    Case("EinsumDense", {"equation": "abcd,cde->abe", "output_shape": (3, 3), "bias_axes": "e"}, (2, 3, 2, 2)),
    Case("EinsumDense", {"equation": "abc,bcd->abd", "output_shape": (3, 2), "bias_axes": "b"}, (2, 3, 2)),
    Case("EinsumDense", {"equation": "abc,cd->adb", "output_shape": (3, 3)}, (2, 3, 2)),
    Case("EinsumDense", {"equation": "abc,bd->ad", "output_shape": (3,)}, (2, 3, 2)),
    Case("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, (2, 3)),
    Case("LayerScale", {"init_values": 1e-6, "projection_dim": 2}, (2, 3, 2)),
    Case("CustomScaleLayer", {"scale": 0.17}, [(2, 3), (2, 3)]),
    Case("StochasticDepth", {"drop_path_rate": 0.2}, (2, 3), random=True),
]
