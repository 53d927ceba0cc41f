from case import Case, Floats, Integers

# Layers that change pixels while training. Ranges of one number, so that training draws that number.
IMAGE = Floats((2, 3, 4, 3), 0.05, 0.95)
BYTES = Floats((2, 3, 4, 3), 0.0, 255.0)
FIRST = Floats((2, 3, 2, 4), 0.05, 0.95)
UNIT = {"value_range": (0.0, 1.0)}


def factor(value):
    return {"factor": (value, value)}


FIXED = [
    Case("RandomSaturation", factor(0.25) | UNIT, IMAGE, gradients=False),
    Case("RandomSaturation", factor(-0.5), BYTES, gradients=False),
    Case("RandomSaturation", factor(0.4) | UNIT | {"data_format": "channels_first"}, FIRST, gradients=False),
    Case("RandomHue", factor(0.0) | UNIT, IMAGE, gradients=False),
    Case("RandomHue", factor(1.0), BYTES, gradients=False),
    Case("RandomHue", factor(1.0) | UNIT | {"data_format": "channels_first"}, FIRST, gradients=False),
    Case("RandomGrayscale", {"factor": 1.0}, BYTES),
    Case("RandomGrayscale", {"factor": 1.0, "data_format": "channels_first"}, FIRST),
    Case("RandomGrayscale", {"factor": 1.0}, Floats((2, 2, 2, 1), 0.0, 1.0)),
    Case("RandomGrayscale", {"factor": 0.0}, IMAGE),
    Case("RandomColorDegeneration", factor(0.3), BYTES),
    Case("RandomColorDegeneration", factor(-0.5) | UNIT, IMAGE),
    Case("RandomInvert", factor(1.0), BYTES),
    Case("RandomInvert", factor(0.0) | UNIT, IMAGE),
    Case("RandomPosterization", factor(3), BYTES),
    Case("RandomPosterization", factor(1) | UNIT, IMAGE),
    Case("RandomPosterization", factor(8), BYTES),
    Case("RandomSharpness", factor(0.25), BYTES),
    Case("RandomSharpness", factor(0.9) | UNIT | {"data_format": "channels_first"}, FIRST),
    Case("Solarization", {}, BYTES),
    Case("Solarization", {"threshold_factor": (0.0, 0.0)} | UNIT, IMAGE),
    Case("RandomColorJitter", {}, BYTES),
    Case("RandomColorJitter", {"brightness_factor": (0.25, 0.25), "contrast_factor": (0.0, 0.0), "saturation_factor": (0.3, 0.3), "hue_factor": (0.0, 0.0)} | UNIT, IMAGE, gradients=False),
    Case("RandomGaussianBlur", factor(1.0) | {"sigma": (0.75, 0.75)}, BYTES),
    Case("RandomGaussianBlur", factor(1.0) | {"kernel_size": 5, "sigma": (1.0, 1.0), "data_format": "channels_first"}, FIRST),
    Case("RandomErasing", factor(1.0) | {"scale": (1.0, 1.0), "fill_value": 3.0}, BYTES),
    Case("RandomErasing", factor(1.0) | {"scale": (1.0, 1.0), "fill_value": (1.0, 2.0, 3.0)}, BYTES),
    Case("RandomErasing", factor(0.0) | {"scale": (0.5, 0.5)}, BYTES),
    Case("RandomShear", {}, Floats((2, 3, 4, 3), 0.05, 0.95)),
    Case("AutoContrast", {}, BYTES),
    Case("AutoContrast", UNIT, IMAGE),
    # Without gradients: of a channel of one value Keras has none.
    Case("AutoContrast", {}, Integers((2, 1, 2, 2), 3)),
    Case("RandomCrop", {"height": 3, "width": 4, "seed": 1}, BYTES),
]
RANDOM = [
    Case("RandomSaturation", {"factor": 0.5}, BYTES, random=True),
    Case("RandomHue", {"factor": 0.5, "seed": 3}, BYTES, random=True),
    Case("RandomInvert", {"factor": 0.5}, BYTES, random=True),
    Case("RandomSharpness", {"factor": 0.5}, BYTES, random=True),
    Case("RandomPosterization", {"factor": 5}, BYTES, random=True),
    Case("RandomColorDegeneration", {"factor": 0.5}, BYTES, random=True),
    Case("RandomColorJitter", {"brightness_factor": 0.2, "hue_factor": (0.1, 0.2)}, BYTES, random=True),
    Case("RandomGaussianBlur", {"kernel_size": 3, "sigma": 0.5}, BYTES, random=True),
    Case("RandomGaussianBlur", {"factor": 0.5, "kernel_size": (3, 5), "sigma": (0.5, 1.0)}, BYTES, random=True),
    Case("RandomErasing", {"factor": 0.5, "scale": (0.1, 0.2)}, BYTES, random=True),
    Case("RandomErasing", {"factor": 0.5, "fill_value": (1.0, 2.0, 3.0)}, BYTES, random=True),
    Case("RandomShear", {"x_factor": 0.2, "y_factor": (0.1, 0.3), "fill_mode": "constant", "fill_value": 1.0}, BYTES, random=True),
    Case("Solarization", {"addition_factor": 0.2, "threshold_factor": (0.1, 0.5), "seed": 5}, BYTES, random=True),
]

CASES = FIXED + RANDOM
