"""Generators and what trains them in Keras's code examples, written anew and small."""

import math

import keras
import numpy as np
from keras import layers as L
from keras import ops


def vae_encoder():
    inputs = keras.Input((12, 12, 1))
    x = L.Conv2D(4, 3, activation="relu", strides=2, padding="same")(inputs)
    x = L.Conv2D(6, 3, activation="relu", strides=2, padding="same")(x)
    x = L.Dense(5, activation="relu")(L.Flatten()(x))
    mean, log_variance = L.Dense(2, name="z_mean")(x), L.Dense(2, name="z_log_var")(x)
    divergence = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
    return keras.Model(inputs, [mean, log_variance, ops.sum(divergence, axis=1, keepdims=True)])


def vae_decoder():
    inputs = keras.Input((2,))
    x = L.Reshape((3, 3, 4))(L.Dense(36, activation="relu")(inputs))
    x = L.Conv2DTranspose(4, 3, activation="relu", strides=2, padding="same")(x)
    x = L.Conv2DTranspose(3, 3, activation="relu", strides=2, padding="same")(x)
    return keras.Model(inputs, L.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x))


def vq_vae_quantizer():
    """The nearest of a fixed codebook's rows."""
    inputs = keras.Input((4, 3))
    codes = np.array([[0.5, -1, 0.25, 1], [1, 0.5, -0.5, -1], [0.1, 0.2, 0.9, 0]], dtype="float32")
    flat = ops.reshape(inputs, [-1, 4, 3])
    similarity = ops.matmul(flat, codes)
    squares = ops.sum(flat**2, axis=2, keepdims=True) + np.sum(codes**2, axis=0)
    encoding = ops.one_hot(ops.argmin(squares - 2 * similarity, axis=2), 4)
    quantized = ops.matmul(encoding, codes.T)
    return keras.Model(inputs, inputs + ops.stop_gradient(quantized - inputs))


def dcgan_discriminator():
    return keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            L.Conv2D(4, 4, strides=2, padding="same"),
            L.LeakyReLU(negative_slope=0.2),
            L.Conv2D(6, 4, strides=2, padding="same"),
            L.LeakyReLU(negative_slope=0.2),
            L.Flatten(),
            L.Dropout(0.0),
            L.Dense(1, activation="sigmoid"),
        ]
    )


def dcgan_generator():
    return keras.Sequential(
        [
            keras.Input((5,)),
            L.Dense(4 * 4 * 4),
            L.Reshape((4, 4, 4)),
            L.Conv2DTranspose(4, 4, strides=2, padding="same"),
            L.LeakyReLU(negative_slope=0.2),
            L.Conv2DTranspose(6, 4, strides=2, padding="same"),
            L.LeakyReLU(negative_slope=0.2),
            L.Conv2D(3, 5, padding="same", activation="sigmoid"),
        ]
    )


def wgan_gp_generator():
    inputs = keras.Input((5,))
    x = L.LeakyReLU(0.2)(L.BatchNormalization()(L.Dense(4 * 4 * 4, use_bias=False)(inputs)))
    x = L.Reshape((4, 4, 4))(x)
    x = L.Conv2D(4, 3, strides=1, use_bias=False, padding="same")(L.UpSampling2D(2)(x))
    x = L.Activation("tanh")(L.BatchNormalization()(x))
    return keras.Model(inputs, L.Cropping2D((1, 1))(x))


def conditional_gan_discriminator():
    image, label = keras.Input((8, 8, 1)), keras.Input((3,))
    planes = ops.repeat(label[:, None, None], repeats=8 * 8, axis=1)
    planes = ops.reshape(planes, (-1, 8, 8, 3))
    x = ops.concatenate([image, planes], -1)
    x = L.LeakyReLU(negative_slope=0.2)(L.Conv2D(4, 3, strides=2, padding="same")(x))
    return keras.Model([image, label], L.Dense(1)(L.GlobalMaxPooling2D()(x)))


def cyclegan_generator():
    inputs = keras.Input((10, 10, 3))
    x = ops.pad(inputs, [[0, 0], [2, 2], [2, 2], [0, 0]], mode="reflect")
    x = L.Conv2D(4, 5, use_bias=False)(x)
    x = L.Activation("relu")(L.GroupNormalization(groups=-1)(x))
    for _ in range(2):
        y = ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="reflect")
        y = L.GroupNormalization(groups=-1)(L.Conv2D(4, 3, use_bias=False)(y))
        x = L.add([x, L.Activation("relu")(y)])
    x = L.Conv2DTranspose(3, 3, strides=2, padding="same", use_bias=False)(x)
    return keras.Model(inputs, L.Activation("tanh")(x))


def residual_block(x, width, embedding=None):
    if x.shape[3] != width:
        before = L.Conv2D(width, kernel_size=1)(x)
    else:
        before = x
    x = L.BatchNormalization(center=False, scale=False)(x)
    x = L.Conv2D(width, 3, padding="same", activation=keras.activations.swish)(x)
    if embedding is not None:
        x = x + L.Dense(width)(embedding)[:, None, None, :]
    x = L.Conv2D(width, kernel_size=3, padding="same")(x)
    return L.Add()([x, before])


def denoising_diffusion_implicit():
    images, variances = keras.Input((8, 8, 3)), keras.Input((1, 1, 1))
    frequencies = np.exp(np.linspace(math.log(1.0), math.log(10.0), 2)).astype("float32")
    angular = (2.0 * math.pi * frequencies).astype("float32").round(4)
    e = ops.concatenate([ops.sin(variances * angular), ops.cos(variances * angular)], axis=3)
    e = L.UpSampling2D(size=8, interpolation="nearest")(e)
    x = L.Concatenate()([L.Conv2D(4, kernel_size=1)(images), e])
    x = skip = residual_block(x, 4)
    x = residual_block(L.AveragePooling2D(pool_size=2)(x), 6)
    x = L.UpSampling2D(size=2, interpolation="bilinear")(x)
    x = residual_block(L.Concatenate()([x, skip]), 4)
    return keras.Model([images, variances], L.Conv2D(3, 1, kernel_initializer="zeros")(x))


def denoising_diffusion_probabilistic():
    images, times = keras.Input((8, 8, 4)), keras.Input((), dtype="int32")
    frequencies = np.exp(np.arange(4) * -(math.log(10000) / 3)).astype("float32").round(6)
    e = ops.cast(times, "float32")[:, None] * frequencies[None, :]
    e = ops.concatenate([ops.sin(e), ops.cos(e)], axis=-1)
    e = L.Dense(6)(L.Dense(6, activation="silu")(e))
    x = residual_block(images, 6, e)
    # Attention over pixels.
    y = L.GroupNormalization(groups=2)(x)
    q, k, v = L.Dense(6)(y), L.Dense(6)(y), L.Dense(6)(y)
    scores = ops.einsum("bhwc,bxyc->bhwxy", q, k) * (6**-0.5)
    scores = ops.reshape(scores, [-1, 8, 8, 64])
    scores = ops.reshape(ops.softmax(scores, -1), [-1, 8, 8, 8, 8])
    x = x + L.Dense(6)(ops.einsum("bhwxy,bxyc->bhwc", scores, v))
    return keras.Model([images, times], L.Conv2D(4, 3, padding="same")(x))


def real_nvp():
    """Two coupling layers."""
    inputs = keras.Input((2,))
    x = inputs
    logs = 0.0
    for mask in ([0.0, 1.0], [1.0, 0.0]):
        mask = np.array(mask, dtype="float32")
        masked = x * mask
        s = L.Dense(2, activation="tanh")(L.Dense(6, activation="relu")(masked))
        t = L.Dense(2, activation="linear")(L.Dense(6, activation="relu")(masked))
        s, t = s * (1 - mask), t * (1 - mask)
        x = (x * ops.exp(-s) - t * ops.exp(-s)) * (1 - mask) + masked
        logs = logs - ops.sum(s, axis=[1])
    return keras.Model(inputs, ops.concatenate([x, logs[:, None]], axis=1))


def adain():
    """Adaptive instance normalization of one image by another's statistics."""
    content, style = keras.Input((6, 6, 3)), keras.Input((6, 6, 3))
    encode = keras.Sequential([keras.Input((6, 6, 3)), L.Conv2D(4, 3, activation="relu")])
    a, b = encode(content), encode(style)
    mean_a, var_a = ops.moments(a, axes=[1, 2], keepdims=True)
    mean_b, var_b = ops.moments(b, axes=[1, 2], keepdims=True)
    x = (a - mean_a) / ops.sqrt(var_a + 1e-5) * ops.sqrt(var_b + 1e-5) + mean_b
    return keras.Model([content, style], L.Conv2DTranspose(3, 3)(x))


def gaugan_spade():
    image, mask = keras.Input((8, 8, 4)), keras.Input((4, 4, 3))
    resized = ops.image.resize(mask, (8, 8), interpolation="nearest")
    x = L.Conv2D(5, 3, padding="same", activation="relu")(resized)
    mean, variance = ops.moments(image, axes=(1, 2), keepdims=True)
    normalized = (image - mean) / ops.sqrt(variance + 1e-5)
    gamma, beta = L.Conv2D(4, 3, padding="same")(x), L.Conv2D(4, 3, padding="same")(x)
    return keras.Model([image, mask], ops.leaky_relu(gamma * normalized + beta, 0.2))


def stylegan_noise_and_style():
    x0, w = keras.Input((4, 4, 4)), keras.Input((5,))
    style = ops.reshape(L.Dense(8)(w), (-1, 1, 1, 8))
    scale, bias = ops.split(style, 2, axis=-1)
    x = ops.nn.leaky_relu(L.Conv2D(4, 3, padding="same")(x0), 0.2)
    deviation = ops.std(x, axis=[1, 2], keepdims=True) + 1e-3
    x = (x - ops.mean(x, axis=[1, 2], keepdims=True)) / deviation * scale + bias
    x = ops.max(ops.reshape(x, (-1, 2, 2, 2, 2, 4)), axis=(2, 4))
    return keras.Model([x0, w], x * ops.rsqrt(ops.mean(x**2, axis=-1, keepdims=True) + 1e-8))


SHAPES = {}
