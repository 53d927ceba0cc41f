"""Models of Keras's code examples about images, written anew and small."""

import math

import keras
import numpy as np
from keras import layers as L
from keras import ops


def mnist_convnet():
    return keras.Sequential(
        [
            keras.Input((16, 16, 1)),
            L.Conv2D(4, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.Conv2D(6, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.Flatten(),
            L.Dropout(0.0),
            L.Dense(10, activation="softmax"),
        ]
    )


def image_classification_from_scratch():
    inputs = keras.Input((12, 12, 3))
    x = L.Rescaling(1.0 / 255)(inputs)
    x = L.Conv2D(8, 3, strides=2, padding="same")(x)
    x = L.BatchNormalization()(x)
    x = L.Activation("relu")(x)
    before = x
    for size in [8, 12]:
        x = L.Activation("relu")(x)
        x = L.SeparableConv2D(size, 3, padding="same")(x)
        x = L.BatchNormalization()(x)
        x = L.Activation("relu")(x)
        x = L.SeparableConv2D(size, 3, padding="same")(x)
        x = L.BatchNormalization()(x)
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        residual = L.Conv2D(size, 1, strides=2, padding="same")(before)
        x = L.add([x, residual])
        before = x
    x = L.SeparableConv2D(16, 3, padding="same")(x)
    x = L.BatchNormalization()(x)
    x = L.Activation("relu")(x)
    x = L.GlobalAveragePooling2D()(x)
    x = L.Dropout(0.0)(x)
    return keras.Model(inputs, L.Dense(1, activation=None)(x))


def augmentation(name):
    """That changes nothing in training: recorded numbers are not random."""
    return keras.Sequential([L.RandomRotation(0.0), L.RandomZoom(0.0)], name=name)


def mlp(x, sizes, rate=0.0):
    for size in sizes:
        x = L.Dense(size, activation=keras.activations.gelu)(x)
        x = L.Dropout(rate)(x)
    return x


def transformer_blocks(x, count, width, heads=2):
    for _ in range(count):
        x1 = L.LayerNormalization(epsilon=1e-6)(x)
        attention = L.MultiHeadAttention(heads, width, dropout=0.0)(x1, x1)
        x2 = L.Add()([attention, x])
        x3 = L.LayerNormalization(epsilon=1e-6)(x2)
        x = L.Add()([mlp(x3, [width * 2, width]), x2])
    return x


def patches_of(images, size, channels):
    """[N, H, W, C] to [N, patches, size * size * C] by reshapes and a transpose."""
    _, height, width, _ = images.shape
    rows, columns = height // size, width // size
    x = ops.reshape(images, (-1, rows, size, columns, size, channels))
    x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
    return ops.reshape(x, (-1, rows * columns, size * size * channels))


def vision_transformer():
    inputs = keras.Input((12, 12, 3))
    patches = patches_of(inputs, 4, 3)
    projected = L.Dense(8)(patches)
    numbers = ops.zeros_like(patches[:, :, 0], dtype="int32") + np.arange(9, dtype="int32")
    positions = L.Embedding(9, 8)(numbers)
    x = transformer_blocks(projected + positions, 2, 8)
    x = L.LayerNormalization(epsilon=1e-6)(x)
    x = L.Flatten()(x)
    return keras.Model(inputs, L.Dense(5)(mlp(x, [12])))


def vision_transformer_extract_patches():
    inputs = keras.Input((12, 12, 3))
    x = ops.image.extract_patches(inputs, size=4)
    x = ops.reshape(x, (-1, 9, 48))
    x = transformer_blocks(L.Dense(8)(x), 1, 8)
    x = ops.mean(x, axis=1)
    return keras.Model(inputs, L.Dense(5)(x))


def swin_transformer():
    """One block with shifted windows."""
    inputs = keras.Input((8, 8, 6))
    x = ops.roll(inputs, shift=(-1, -1), axis=(1, 2))
    x = ops.reshape(x, (-1, 4, 2, 4, 2, 6))
    x = ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, 16, 4, 6))
    qkv = L.Dense(18)(x)
    q, k, v = ops.split(qkv, 3, axis=-1)
    scores = ops.matmul(q * (6**-0.5), ops.transpose(k, (0, 1, 3, 2)))
    x = ops.matmul(keras.activations.softmax(scores, axis=-1), v)
    x = ops.reshape(x, (-1, 4, 4, 2, 2, 6))
    x = ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, 8, 8, 6))
    x = ops.roll(x, shift=(1, 1), axis=(1, 2)) + inputs
    # Merging of patches.
    x = ops.concatenate(
        [x[:, 0::2, 0::2, :], x[:, 1::2, 0::2, :], x[:, 0::2, 1::2, :], x[:, 1::2, 1::2, :]],
        axis=-1,
    )
    x = L.Dense(12, use_bias=False)(ops.reshape(x, (-1, 16, 24)))
    return keras.Model(inputs, L.Dense(3)(L.GlobalAveragePooling1D()(x)))


def mlp_mixer():
    inputs = keras.Input((9, 6))
    x = L.LayerNormalization(epsilon=1e-6)(inputs)
    channels = ops.transpose(x, axes=(0, 2, 1))
    channels = L.Dense(9)(L.Dense(9, activation="gelu")(channels))
    x = L.Add()([ops.transpose(channels, axes=(0, 2, 1)), inputs])
    patches = L.LayerNormalization(epsilon=1e-6)(x)
    x = x + L.Dense(6)(L.Dense(6, activation="gelu")(patches))
    return keras.Model(inputs, L.Dense(3)(L.GlobalAveragePooling1D()(x)))


def gmlp():
    inputs = keras.Input((9, 6))
    x = L.LayerNormalization(epsilon=1e-6)(inputs)
    x = L.Dense(12, activation="gelu")(x)
    u, v = ops.split(x, indices_or_sections=2, axis=2)
    v = L.LayerNormalization(epsilon=1e-6)(v)
    v = ops.transpose(v, axes=(0, 2, 1))
    v = L.Dense(9, bias_initializer="Ones")(v)
    v = ops.transpose(v, axes=(0, 2, 1))
    x = L.Dense(6)(u * v) + inputs
    return keras.Model(inputs, L.Dense(3)(L.GlobalAveragePooling1D()(x)))


def conv_mixer():
    inputs = keras.Input((12, 12, 3))
    x = L.Rescaling(scale=1.0 / 255)(inputs)
    x = L.Conv2D(8, 2, strides=2)(x)
    x = L.BatchNormalization()(L.Activation("gelu")(x))
    for _ in range(2):
        before = x
        x = L.DepthwiseConv2D(kernel_size=5, padding="same")(x)
        x = L.Add()([L.BatchNormalization()(L.Activation("gelu")(x)), before])
        x = L.Conv2D(8, kernel_size=1)(x)
        x = L.BatchNormalization()(L.Activation("gelu")(x))
    return keras.Model(inputs, L.Dense(4, activation="softmax")(L.GlobalAvgPool2D()(x)))


def compact_convolutional_transformer():
    inputs = keras.Input((12, 12, 3))
    x = augmentation("augmentation")(inputs)
    for filters in [6, 8]:
        x = L.ZeroPadding2D(1)(L.Conv2D(filters, 3, 1, "valid", use_bias=False, activation="relu")(x))
        x = L.MaxPooling2D(3, 2, "same")(x)
    x = L.Reshape((9, 8))(x)
    x = transformer_blocks(x, 1, 8)
    x = L.LayerNormalization(epsilon=1e-5)(x)
    weights = ops.softmax(L.Dense(1)(x), axis=1)
    pooled = ops.matmul(ops.transpose(weights, axes=(0, 2, 1)), x)
    return keras.Model(inputs, L.Dense(3)(ops.squeeze(pooled, axis=1)))


def external_attention():
    inputs = keras.Input((9, 8))
    x = L.Dense(8 * 4)(inputs)
    x = ops.reshape(x, (-1, 9, 4, 8))
    x = ops.transpose(x, axes=[0, 2, 1, 3])
    scores = L.Dense(5)(x)
    scores = L.Activation("softmax")(scores)
    scores = scores / (1e-9 + ops.sum(scores, axis=-1, keepdims=True))
    x = L.Dense(2)(scores)
    x = ops.reshape(ops.transpose(x, axes=[0, 2, 1, 3]), (-1, 9, 8))
    x = L.Dropout(0.0)(L.Dense(8)(x))
    return keras.Model(inputs, L.Dense(3)(L.GlobalAveragePooling1D()(x)))


def oxford_pets_segmentation():
    inputs = keras.Input((8, 8, 3))
    x = L.Conv2D(4, 3, strides=2, padding="same")(inputs)
    x = L.Activation("relu")(L.BatchNormalization()(x))
    before = x
    for filters in [6]:
        x = L.SeparableConv2D(filters, 3, padding="same")(L.Activation("relu")(x))
        x = L.BatchNormalization()(x)
        x = L.MaxPooling2D(3, strides=2, padding="same")(x)
        x = L.add([x, L.Conv2D(filters, 1, strides=2, padding="same")(before)])
        before = x
    for filters in [6, 4]:
        x = L.Activation("relu")(x)
        x = L.Conv2DTranspose(filters, 3, padding="same")(x)
        x = L.BatchNormalization()(x)
        x = L.UpSampling2D(2)(x)
        residual = L.Conv2D(filters, 1, padding="same")(L.UpSampling2D(2)(before))
        x = L.add([x, residual])
        before = x
    return keras.Model(inputs, L.Conv2D(3, 3, activation="softmax", padding="same")(x))


def deeplabv3_plus():
    def block(x, size=3, rate=1, bias=False):
        x = L.Conv2D(4, size, dilation_rate=rate, padding="same", use_bias=bias)(x)
        return ops.nn.relu(L.BatchNormalization()(x))

    inputs = keras.Input((8, 8, 3))
    low = block(inputs)
    x = L.Conv2D(6, 3, strides=4, padding="same")(low)
    pooled = L.AveragePooling2D(pool_size=(x.shape[-3], x.shape[-2]))(x)
    pooled = block(pooled, size=1, bias=True)
    pooled = L.UpSampling2D(size=(2, 2), interpolation="bilinear")(pooled)
    x = L.Concatenate(axis=-1)([pooled, block(x, 1), block(x, 3, 2), block(x, 3, 3)])
    x = L.UpSampling2D(size=(4, 4), interpolation="bilinear")(block(x, 1))
    x = L.Concatenate(axis=-1)([x, block(low, 1)])
    return keras.Model(inputs, L.Conv2D(2, 1, padding="same")(block(x)))


def super_resolution_sub_pixel():
    inputs = keras.Input((None, None, 1))
    x = L.Conv2D(6, 5, padding="same", activation="relu", kernel_initializer="orthogonal")(inputs)
    return keras.Model(inputs, ops.nn.depth_to_space(L.Conv2D(4, 3, padding="same")(x), 2))


def depth_to_space_by_reshapes():
    inputs = keras.Input((6, 5, 1))
    x = L.Conv2D(4, 3, padding="same")(inputs)
    x = ops.reshape(x, [-1, 6, 5, 2, 2, 1])
    x = ops.transpose(x, [0, 1, 3, 2, 4, 5])
    return keras.Model(inputs, ops.reshape(x, [-1, 12, 10, 1]))


def enhanced_super_resolution():
    inputs = keras.Input((5, 6, 3))
    x = L.Rescaling(scale=1.0 / 255)(inputs)
    x = before = L.Conv2D(4, 3, padding="same")(x)
    for _ in range(2):
        y = L.Conv2D(4, 3, padding="same", activation="relu")(x)
        x = L.Add()([x, L.Conv2D(4, 3, padding="same")(y)])
    x = L.Add()([before, L.Conv2D(4, 3, padding="same")(x)])
    x = ops.nn.depth_to_space(L.Conv2D(16, 3, padding="same")(x), 2)
    x = L.Conv2D(3, 3, padding="same")(x)
    return keras.Model(inputs, L.Rescaling(scale=4.0)(x))


def denoising_autoencoder():
    inputs = keras.Input((12, 12, 1))
    x = L.Conv2D(4, 3, activation="relu", padding="same")(inputs)
    x = L.MaxPooling2D(2, padding="same")(x)
    x = L.Conv2D(4, 3, activation="relu", padding="same")(x)
    x = L.MaxPooling2D(2, padding="same")(x)
    x = L.Conv2DTranspose(4, 3, strides=2, activation="relu", padding="same")(x)
    x = L.Conv2DTranspose(4, 3, strides=2, activation="relu", padding="same")(x)
    return keras.Model(inputs, L.Conv2D(1, 3, activation="sigmoid", padding="same")(x))


def zero_dce():
    inputs = keras.Input((None, None, 3))
    convs = [L.Conv2D(4, 3, activation="relu", padding="same")(inputs)]
    for _ in range(2):
        convs.append(L.Conv2D(4, 3, activation="relu", padding="same")(convs[-1]))
    x = L.Concatenate(axis=-1)([convs[0], convs[2]])
    curves = L.Conv2D(12, 3, activation="tanh", padding="same")(x)
    image = inputs
    for i in range(4):
        r = curves[:, :, :, 3 * i : 3 * i + 3]
        image = image + r * (ops.square(image) - image)
    return keras.Model(inputs, image)


def mirnet_attention():
    """Selective kernels, spatial and channel attention."""
    inputs = keras.Input((8, 8, 4))
    s = L.GlobalAveragePooling2D()(inputs + L.Conv2D(4, 3, padding="same")(inputs))
    s = ops.reshape(s, (-1, 1, 1, 4))
    z = L.Conv2D(2, 1, activation="relu")(s)
    attention = ops.softmax(L.Conv2D(4, 1)(z))
    x = attention * inputs
    average = ops.max(x, axis=-1)
    maximum = ops.mean(x, axis=-1)
    both = L.Concatenate(axis=-1)(
        [ops.expand_dims(average, axis=-1), ops.expand_dims(maximum, axis=-1)]
    )
    x = x * L.Conv2D(1, 1, activation="sigmoid")(both)
    x = L.UpSampling2D(2, interpolation="bilinear")(L.MaxPooling2D(2)(x))
    return keras.Model(inputs, L.Conv2D(3, 3, padding="same")(x))


def siamese_contrastive():
    inputs = keras.Input((10, 10, 1))
    x = L.BatchNormalization()(inputs)
    x = L.Conv2D(4, 5, activation="tanh")(x)
    x = L.AveragePooling2D(2)(x)
    x = L.Flatten()(x)
    embedding = keras.Model(inputs, L.Dense(5, activation="tanh")(L.BatchNormalization()(x)))
    a, b = keras.Input((10, 10, 1)), keras.Input((10, 10, 1))
    difference = embedding(a) - embedding(b)
    distance = ops.sqrt(ops.maximum(ops.sum(ops.square(difference), axis=1, keepdims=True), 1e-7))
    distance = L.BatchNormalization()(distance)
    return keras.Model([a, b], L.Dense(1, activation="sigmoid")(distance))


def siamese_triplet():
    base = keras.Sequential([keras.Input((6,)), L.Dense(4, activation="relu"), L.Dense(3)])
    inputs = [keras.Input((6,), name=name) for name in ("anchor", "positive", "negative")]
    anchor, positive, negative = [base(x) for x in inputs]
    near = ops.sum(ops.square(anchor - positive), -1)
    far = ops.sum(ops.square(anchor - negative), -1)
    return keras.Model(inputs, ops.stack([near, far], axis=-1))


def metric_learning():
    inputs = keras.Input((10, 10, 3))
    x = inputs
    for filters in [4, 6]:
        x = L.Conv2D(filters, 3, strides=2, activation="relu")(x)
    x = L.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, L.UnitNormalization()(L.Dense(4, activation=None)(x)))


def captcha_ocr():
    """Without its CTC loss."""
    inputs = keras.Input((20, 8, 1))
    x = L.Conv2D(4, 3, activation="relu", kernel_initializer="he_normal", padding="same")(inputs)
    x = L.MaxPooling2D((2, 2))(x)
    x = L.MaxPooling2D((2, 2))(L.Conv2D(6, 3, activation="relu", padding="same")(x))
    x = L.Reshape(target_shape=(5, 12))(x)
    x = L.Dropout(0.0)(L.Dense(6, activation="relu")(x))
    x = L.Bidirectional(L.LSTM(4, return_sequences=True, dropout=0.0))(x)
    x = L.Bidirectional(L.LSTM(3, return_sequences=True, dropout=0.0))(x)
    return keras.Model(inputs, L.Dense(5, activation="softmax")(x))


def next_frame_prediction():
    inputs = keras.Input((None, 6, 6, 1))
    x = L.ConvLSTM2D(3, 5, padding="same", return_sequences=True, activation="relu")(inputs)
    x = L.BatchNormalization()(x)
    x = L.ConvLSTM2D(3, 3, padding="same", return_sequences=True, activation="relu")(x)
    return keras.Model(inputs, L.Conv3D(1, 3, activation="sigmoid", padding="same")(x))


def ct_classification_3d():
    inputs = keras.Input((10, 10, 6, 1))
    x = L.Conv3D(3, 3, activation="relu")(inputs)
    x = L.BatchNormalization()(L.MaxPool3D(2)(x))
    x = L.GlobalAveragePooling3D()(x)
    return keras.Model(inputs, L.Dense(1, activation="sigmoid")(L.Dropout(0.0)(x)))


def pointnet():
    def conv_bn(x, filters):
        x = L.Conv1D(filters, kernel_size=1, padding="valid")(x)
        return L.Activation("relu")(L.BatchNormalization(momentum=0.0)(x))

    def transform(inputs, count):
        x = conv_bn(inputs, 4)
        x = L.GlobalMaxPooling1D()(x)
        x = L.Dense(
            count * count,
            kernel_initializer="zeros",
            activity_regularizer=keras.regularizers.L2(0.001),
        )(x)
        return L.Dot(axes=(2, 1))([inputs, L.Reshape((count, count))(x)])

    inputs = keras.Input((12, 3))
    x = conv_bn(transform(inputs, 3), 5)
    x = conv_bn(transform(x, 5), 6)
    x = L.GlobalMaxPooling1D()(x)
    return keras.Model(inputs, L.Dense(4, activation="softmax")(L.Dropout(0.0)(x)))


def pointnet_segmentation():
    inputs = keras.Input((10, 3))
    x = L.Conv1D(4, 1, activation="relu")(inputs)
    pooled = L.MaxPool1D(pool_size=10)(L.Conv1D(5, 1)(x))
    pooled = ops.tile(pooled, [1, 10, 1])
    return keras.Model(inputs, L.Conv1D(3, 1, activation="softmax")(L.Concatenate()([x, pooled])))


def attention_mil():
    inputs = [keras.Input((8,)) for _ in range(3)]
    dense = L.Dense(5, activation="relu")
    embeddings = [dense(x) for x in inputs]
    v, u, w = L.Dense(4, activation="tanh"), L.Dense(4, activation="sigmoid"), L.Dense(1)
    scores = [w(v(x) * u(x)) for x in embeddings]
    alpha = ops.softmax(ops.stack(scores), axis=0)
    outputs = [ops.multiply(alpha[i], embeddings[i]) for i in range(3)]
    return keras.Model(inputs, L.Dense(2, activation="softmax")(L.concatenate(outputs)))


def nerf():
    inputs = keras.Input((7, 9))
    x = inputs
    for i in range(4):
        x = L.Dense(6, activation="relu")(x)
        if i == 2:
            x = L.concatenate([x, inputs], axis=-1)
    raw = L.Dense(4)(x)
    color, density = ops.sigmoid(raw[..., :-1]), ops.nn.relu(raw[..., -1])
    alpha = 1.0 - ops.exp(-density * 0.5)
    transmitted = ops.cumprod(1.0 - alpha + 1e-10, axis=-1)
    weights = alpha * transmitted
    return keras.Model(inputs, ops.sum(weights[..., None] * color, axis=-2))


def positional_encoding():
    inputs = keras.Input((3,))
    encoded = [inputs]
    for i in range(3):
        for function in (ops.sin, ops.cos):
            encoded.append(function(2.0**i * inputs))
    return keras.Model(inputs, L.Dense(2)(ops.concatenate(encoded, axis=-1)))


def focal_modulation():
    inputs = keras.Input((8, 8, 4))
    q, context, gates = ops.split(L.Dense(11)(inputs), [4, 8], axis=-1)
    total = 0.0
    for level in range(2):
        context = keras.activations.gelu(L.DepthwiseConv2D(3 + 2 * level, padding="same")(context))
        total = total + context * gates[..., level : level + 1]
    pooled = keras.activations.gelu(ops.mean(context, axis=[1, 2], keepdims=True))
    total = total + pooled * gates[..., 2:]
    x = q * L.Conv2D(4, 1)(total)
    return keras.Model(inputs, L.Dense(3)(L.GlobalAveragePooling2D()(x)))


def object_detection_head():
    """RetinaNet's: pyramids, shared heads, concatenated predictions."""
    inputs = keras.Input((8, 8, 3))
    c3 = L.Conv2D(4, 3, strides=2, padding="same", activation="relu")(inputs)
    c4 = L.Conv2D(6, 3, strides=2, padding="same", activation="relu")(c3)
    p4 = L.Conv2D(4, 1)(c4)
    p3 = L.Conv2D(4, 1)(c3) + L.UpSampling2D(2)(p4)
    prior = keras.initializers.Constant(-math.log((1 - 0.01) / 0.01))
    head = keras.Sequential(
        [keras.Input((None, None, 4)), L.Conv2D(4, 3, padding="same"), L.ReLU()]
        + [L.Conv2D(2 * 5, 3, padding="same", bias_initializer=prior)]
    )
    outputs = [ops.reshape(head(p), [-1, p.shape[1] * p.shape[2] * 2, 5]) for p in (p3, p4)]
    return keras.Model(inputs, ops.concatenate(outputs, axis=1))


def fully_convolutional_network():
    inputs = keras.Input((8, 8, 3))
    pool3 = L.MaxPooling2D(2)(L.Conv2D(4, 3, padding="same", activation="relu")(inputs))
    pool4 = L.MaxPooling2D(2)(L.Conv2D(6, 3, padding="same", activation="relu")(pool3))
    x = L.Conv2D(3, 1, padding="same", activation="linear", use_bias=False)(pool4)
    x = L.UpSampling2D(2, interpolation="bilinear")(x)
    x = L.Add()([L.Conv2D(3, 1, padding="same", use_bias=False)(pool3), x])
    x = L.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=False)(x)
    return keras.Model(inputs, L.Activation("softmax")(x))


def learnable_resizer():
    inputs = keras.Input((12, 12, 3))
    naive = ops.image.resize(inputs, (8, 8), interpolation="bilinear")
    x = L.Conv2D(4, 7, padding="same")(inputs)
    x = L.BatchNormalization()(L.LeakyReLU(negative_slope=0.2)(x))
    x = ops.image.resize(x, (8, 8), interpolation="bilinear")
    x = L.Conv2D(3, 7, padding="same")(x)
    return keras.Model(inputs, L.Add()([naive, x]))


def token_learner():
    inputs = keras.Input((6, 6, 4))
    x = L.LayerNormalization(epsilon=1e-6)(inputs)
    attention = x
    for _ in range(2):
        attention = L.Conv2D(3, 3, activation="gelu", padding="same", use_bias=False)(attention)
    attention = L.Activation("sigmoid")(L.Reshape((-1, 3))(attention))
    attention = ops.transpose(attention, axes=(0, 2, 1))[..., None]
    x = L.Reshape((1, -1, 4))(inputs)
    return keras.Model(inputs, L.Dense(2)(ops.mean(attention * x, axis=2)))


def mobilevit():
    inputs = keras.Input((8, 8, 3))
    x = L.Conv2D(6, 3, strides=2, padding="same", activation=keras.activations.swish)(inputs)
    local = L.Conv2D(4, 1, padding="same", activation="swish")(x)
    patches = L.Reshape((4, 4, 4))(local)
    x1 = L.LayerNormalization(epsilon=1e-6)(patches)
    patches = L.Add()([L.MultiHeadAttention(2, 4)(x1, x1), patches])
    folded = L.Reshape((4, 4, 4))(patches)
    x = L.Concatenate(axis=-1)([x, L.Conv2D(6, 1, padding="same", activation="swish")(folded)])
    return keras.Model(inputs, L.Dense(3)(L.GlobalAvgPool2D()(x)))


def video_transformer():
    inputs = keras.Input((None, 8))
    positions = ops.cumsum(ops.ones_like(inputs[:, :, 0]), axis=1) - 1
    x = inputs + L.Embedding(20, 8)(positions)
    x = L.LayerNormalization()(x + L.MultiHeadAttention(1, 8)(x, x))
    x = L.LayerNormalization()(x + L.Dense(8)(L.Dense(4, activation="gelu")(x)))
    x = L.GlobalMaxPooling1D()(x)
    return keras.Model(inputs, L.Dense(3, activation="softmax")(x))


def grad_cam_free_xception_block():
    inputs = keras.Input((12, 12, 3))
    x = L.SeparableConv2D(6, 3, padding="same", use_bias=False, depth_multiplier=2)(inputs)
    x = L.SpatialDropout2D(0.0)(L.BatchNormalization()(x))
    return keras.Model(inputs, L.GlobalMaxPooling2D(keepdims=True)(x))


# Name: the shapes of rows of both sets of data for each input.
SHAPES = {
    "super_resolution_sub_pixel": ([(6, 5, 1)], [(8, 9, 1)]),
    "zero_dce": ([(6, 5, 3)], [(8, 7, 3)]),
    "next_frame_prediction": ([(3, 6, 6, 1)], [(4, 6, 6, 1)]),
    "video_transformer": ([(5, 8)], [(7, 8)]),
}
