from case import Case, Integers

# Images of another size, and layers that change images only while training.
RANDOM = [
    Case("RandomFlip", {}, (2, 2, 3, 2), random=True),
    Case("RandomFlip", {"mode": "horizontal", "seed": 3}, (2, 2, 3, 2), random=True),
    Case("RandomBrightness", {"factor": 0.25}, (2, 2, 3, 2), random=True),
    Case("RandomContrast", {"factor": (0.1, 0.5), "value_range": (0, 1)}, (2, 2, 3, 2), random=True),
    Case("RandomRotation", {"factor": 0.2}, (2, 2, 3, 2), random=True),
    Case("RandomTranslation", {"height_factor": 0.2, "width_factor": (0.1, 0.3)}, (2, 2, 3, 2), random=True),
    Case("RandomZoom", {"height_factor": 0.2, "fill_mode": "wrap"}, (2, 2, 3, 2), random=True),
    Case("RandomPerspective", {}, (2, 2, 3, 2), random=True),
    Case("RandomPerspective", {"factor": 0.25, "scale": 0.5, "interpolation": "nearest", "fill_value": 2.0, "seed": 3}, (2, 2, 3, 2), random=True),
    Case("RandomZoom", {"height_factor": 0.2, "width_factor": (-0.1, 0.3), "interpolation": "nearest"}, (2, 2, 3, 2), random=True),
]

# Ranges of one number, so that training draws that number.
IMAGE = (2, 4, 5, 2)
# Without gradients: TensorFlow's of a transformed image are approximate.
PIXELS = Integers((2, 4, 5, 2), 9)
FIXED = [
    Case("RandomBrightness", {"factor": (0.25, 0.25), "value_range": (-1, 1)}, IMAGE),
    Case("RandomContrast", {"factor": (0.0, 0.0), "value_range": (-1, 1)}, IMAGE),
    Case("RandomTranslation", {"height_factor": (0.2, 0.2), "width_factor": (-0.3, -0.3)}, PIXELS),
    Case(
        "RandomTranslation",
        {"height_factor": (-0.7, -0.7), "width_factor": (0.1, 0.1), "fill_mode": "constant", "fill_value": 0.5},
        PIXELS,
    ),
    Case(
        "RandomTranslation",
        {"height_factor": (0.3, 0.3), "width_factor": (0.3, 0.3), "fill_mode": "nearest", "data_format": "channels_first"},
        Integers((2, 2, 4, 5), 9),
    ),
    Case("RandomTranslation", {"height_factor": (0.5, 0.5), "width_factor": (0.4, 0.4), "fill_mode": "wrap"}, PIXELS),
    Case("RandomRotation", {"factor": (0.06, 0.06), "fill_mode": "constant"}, PIXELS),
    Case("RandomRotation", {"factor": (-0.1, -0.1), "fill_mode": "nearest"}, PIXELS),
    Case("RandomZoom", {"height_factor": (-0.3, -0.3)}, PIXELS),
    Case("RandomPerspective", {"factor": (1.0, 1.0), "scale": 0.0}, PIXELS),
    Case("RandomPerspective", {"factor": (0.0, 0.0)}, PIXELS),
    Case("RandomZoom", {"height_factor": (0.2, 0.2), "width_factor": (0.6, 0.6), "fill_mode": "constant"}, PIXELS),
    Case("RandomZoom", {"height_factor": (0.25, 0.25), "fill_mode": "nearest", "interpolation": "nearest"}, PIXELS),
]

CASES = [
    Case("Resizing", {"height": 3, "width": 2}, (2, 2, 3, 2)),
    Case("Resizing", {"height": 5, "width": 4, "interpolation": "nearest"}, (2, 3, 6, 1)),
    Case("Resizing", {"height": 6, "width": 3, "interpolation": "bicubic"}, (2, 3, 6, 1)),
    Case("Resizing", {"height": 3, "width": 7, "interpolation": "lanczos3"}, (2, 4, 3, 1)),
    Case("Resizing", {"height": 3, "width": 7, "interpolation": "lanczos5"}, (2, 4, 3, 1)),
    Case("Resizing", {"height": 2, "width": 3, "antialias": True}, (2, 5, 6, 1)),
    Case("Resizing", {"height": 2, "width": 3, "interpolation": "bicubic", "antialias": True}, (2, 5, 6, 1)),
    Case("Resizing", {"height": 2, "width": 3, "interpolation": "lanczos3", "antialias": True}, (2, 5, 6, 1)),
    Case("Resizing", {"height": 2, "width": 4, "crop_to_aspect_ratio": True}, (2, 4, 5, 1)),
    Case("Resizing", {"height": 4, "width": 4, "pad_to_aspect_ratio": True, "fill_value": 0.5}, (2, 2, 6, 1)),
    Case("Resizing", {"height": 4, "width": 2, "data_format": "channels_first"}, (2, 2, 3, 3)),
    Case("CenterCrop", {"height": 2, "width": 3}, (2, 5, 4, 2)),
    Case("CenterCrop", {"height": 1, "width": 2, "data_format": "channels_first"}, (2, 2, 3, 3)),
    Case("CenterCrop", {"height": 4, "width": 2}, (2, 3, 4, 2)),
    Case("UpSampling2D", {"interpolation": "bicubic"}, (2, 2, 3, 1)),
    Case("UpSampling2D", {"size": (3, 2), "interpolation": "lanczos3"}, (2, 3, 2, 1)),
    Case("UpSampling2D", {"size": (2, 1), "interpolation": "lanczos5"}, (2, 3, 2, 1)),
    Case("UpSampling3D", {}, (2, 1, 2, 2, 2)),
    Case("UpSampling3D", {"size": (1, 3, 2), "data_format": "channels_first"}, (2, 2, 2, 1, 2)),
    Case("AdaptiveAveragePooling1D", {"output_size": 3}, (2, 5, 2)),
    Case("AdaptiveAveragePooling2D", {"output_size": (2, 3)}, (2, 5, 4, 2)),
    Case("AdaptiveAveragePooling3D", {"output_size": (1, 2, 2), "data_format": "channels_first"}, (2, 1, 2, 3, 3)),
    Case("AdaptiveMaxPooling1D", {"output_size": 2}, (2, 5, 2)),
    Case("AdaptiveMaxPooling2D", {"output_size": (3, 2)}, (2, 4, 5, 2)),
    Case("AdaptiveMaxPooling3D", {"output_size": (1, 2, 2)}, (2, 2, 2, 3, 1)),
] + FIXED + RANDOM
