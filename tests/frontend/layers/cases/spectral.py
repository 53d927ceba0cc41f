from case import Case, Floats

MASK = ((1, 1, 0), (0, 1, 1))


def normalized(layer, options, inputs=(2, 3), **further):
    return Case(
        "SpectralNormalization", {"layer": Case(layer, options)} | further.pop("of", {}), inputs, **further
    )


CASES = [
    normalized("Dense", {"units": 3}, (3, 4)),
    normalized("Dense", {"units": 2, "use_bias": False, "activation": "tanh"}, of={"power_iterations": 3}),
    normalized("Dense", {"units": 1}),
    normalized("Dense", {"units": 2, "trainable": False}),
    normalized("Dense", {"units": 2}, (2, 3, 4), mask=MASK),
    normalized("EinsumDense", {"equation": "abc,cde->abde", "output_shape": (3, 2, 3)}, (2, 3, 4)),
    # As floats: Keras gives outputs the type of inputs.
    normalized("Embedding", {"input_dim": 36, "output_dim": 2, "mask_zero": True}, Floats((2, 3), 0, 4.9)),
    normalized("Conv1D", {"filters": 3, "kernel_size": 2}, (2, 5, 2)),
    normalized("Conv2D", {"filters": 4, "kernel_size": 2, "groups": 2}, (2, 3, 4, 2)),
    normalized("Conv3D", {"filters": 2, "kernel_size": (2, 1, 2)}, (1, 3, 2, 3, 2)),
    normalized("Conv1DTranspose", {"filters": 3, "kernel_size": 2}, (2, 3, 2)),
    normalized("Conv2DTranspose", {"filters": 3, "kernel_size": 2, "strides": 2}, (2, 2, 3, 2)),
    normalized("Conv3DTranspose", {"filters": 2, "kernel_size": 2}, (1, 2, 2, 2, 2)),
    normalized("DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": 2}, (2, 4, 3)),
    normalized("DepthwiseConv2D", {"kernel_size": 2}, (2, 3, 3, 2)),
]
