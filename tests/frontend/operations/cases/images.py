from case import Case, Integers

X = (2, 6, 5, 3)

CASES = [
    Case("ops.image.resize(x, (4, 7))", x=X),
    Case("ops.image.resize(x, (12, 3), interpolation='nearest')", x=X),
    Case("ops.image.resize(x, (3, 2), interpolation='bilinear', antialias=True)", x=X),
    Case("ops.image.resize(x, (9, 9), interpolation='bicubic')", x=X),
    Case("ops.image.resize(x, [8, 8], data_format='channels_first')", x=(2, 3, 6, 5)),
    Case("ops.image.extract_patches(x, (2, 2))", x=X),
    Case("ops.image.extract_patches(x, 3, strides=(1, 2))", x=X),
    Case("ops.image.extract_patches(x, (2, 3), strides=2, padding='same')", x=X),
    Case("ops.image.extract_patches(x, 2, strides=1, dilation_rate=2)", x=X),
    Case("ops.image.rgb_to_grayscale(x)", x=X),
    Case("ops.image.rgb_to_grayscale(x)", x=(2, 4, 4, 1)),
    Case("ops.nn.depth_to_space(x, 2)", x=(2, 3, 2, 8)),
    Case("ops.nn.depth_to_space(x, 2, data_format='channels_first')", x=(2, 8, 3, 2)),
    Case("ops.nn.space_to_depth(x, 3)", x=(2, 6, 3, 2)),
    Case("ops.nn.space_to_depth(x, 2, data_format='channels_first')", x=(2, 2, 4, 6)),
    Case("ops.max_pool(x, 2, strides=2)", x=X),
    Case("ops.max_pool(x, (2, 3), strides=1, padding='same')", x=X),
    Case("ops.max_pool(x, 2, 2)", x=(2, 7, 3)),
    Case("ops.average_pool(x, 2, 2)", x=X),
    Case("ops.average_pool(x, 3, strides=2, padding='same')", x=X),
]
