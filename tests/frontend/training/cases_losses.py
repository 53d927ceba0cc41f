"""Losses: objects (or functions by name), with labels and the activation that predictions come of."""

from keras import losses as l


def case(loss, labels="numbers", activation=None, shape=(4, 3), **options):
    """low and high limit predictions that have no activation."""
    return {"loss": loss, "labels": labels, "activation": activation, "shape": shape} | options


PROBABILITIES = {"low": 0.05, "high": 0.95}
POSITIVE = {"low": 0.1, "high": 3.0}

CASES = {
    "mse": case(lambda: l.MeanSquaredError()),
    "mse_sum": case(lambda: l.MeanSquaredError(reduction="sum")),
    "mse_images": case(lambda: l.MeanSquaredError(reduction="mean"), shape=(2, 3, 2, 2)),
    "mae": case(lambda: l.MeanAbsoluteError()),
    "mape": case(lambda: l.MeanAbsolutePercentageError()),
    "msle": case(lambda: l.MeanSquaredLogarithmicError(), labels="positive", **POSITIVE),
    "huber": case(lambda: l.Huber()),
    "huber_wide": case(lambda: l.Huber(0.25, name="wide")),
    "log_cosh": case(lambda: l.LogCosh()),
    "cosine_similarity": case(lambda: l.CosineSimilarity()),
    "cosine_similarity_sequence": case(lambda: l.CosineSimilarity(), shape=(2, 3, 4)),
    "hinge_signs": case(lambda: l.Hinge(), labels="signs"),
    "hinge_binary": case(lambda: l.Hinge(), labels="binary"),
    "squared_hinge": case(lambda: l.SquaredHinge(), labels="signs"),
    "squared_hinge_binary": case(lambda: l.SquaredHinge(), labels="binary"),
    "categorical_hinge": case(lambda: l.CategoricalHinge(), labels="one_hot"),
    "kl_divergence": case(lambda: l.KLDivergence(), labels="distribution", **PROBABILITIES),
    "kl_divergence_softmax": case(
        lambda: l.KLDivergence(), labels="distribution", activation="softmax"
    ),
    "poisson": case(lambda: l.Poisson(), labels="positive", **POSITIVE),
    "binary": case(lambda: l.BinaryCrossentropy(), labels="binary", **PROBABILITIES),
    "binary_sigmoid": case(lambda: l.BinaryCrossentropy(), "binary", "sigmoid", (4, 1)),
    "binary_logits": case(lambda: l.BinaryCrossentropy(from_logits=True), labels="binary"),
    "binary_smooth": case(
        lambda: l.BinaryCrossentropy(label_smoothing=0.2), "binary", "sigmoid", (2, 3, 2)
    ),
    "binary_focal": case(lambda: l.BinaryFocalCrossentropy(), "binary", **PROBABILITIES),
    "binary_focal_sigmoid": case(lambda: l.BinaryFocalCrossentropy(), "binary", "sigmoid"),
    "binary_focal_balanced": case(
        lambda: l.BinaryFocalCrossentropy(
            apply_class_balancing=True, alpha=0.75, gamma=1.5, from_logits=True, label_smoothing=0.1
        ),
        "binary",
    ),
    "categorical": case(lambda: l.CategoricalCrossentropy(), "one_hot", **PROBABILITIES),
    "categorical_softmax": case(lambda: l.CategoricalCrossentropy(), "one_hot", "softmax"),
    "categorical_logits": case(
        lambda: l.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        "distribution",
        shape=(2, 3, 4),
    ),
    "generalized": case(
        lambda: l.CategoricalGeneralizedCrossEntropy(), "classes", **PROBABILITIES
    ),
    "generalized_softmax": case(
        lambda: l.CategoricalGeneralizedCrossEntropy(q=0.7), "classes", "softmax"
    ),
    "categorical_focal": case(
        lambda: l.CategoricalFocalCrossentropy(), "one_hot", **PROBABILITIES
    ),
    "categorical_focal_softmax": case(
        lambda: l.CategoricalFocalCrossentropy(alpha=0.5, gamma=1.5), "one_hot", "softmax"
    ),
    "categorical_focal_logits": case(
        lambda: l.CategoricalFocalCrossentropy(from_logits=True, label_smoothing=0.1), "one_hot"
    ),
    "sparse": case(lambda: l.SparseCategoricalCrossentropy(), "classes", **PROBABILITIES),
    "sparse_softmax": case(lambda: l.SparseCategoricalCrossentropy(), "classes", "softmax"),
    "sparse_logits": case(
        lambda: l.SparseCategoricalCrossentropy(from_logits=True), "classes", shape=(2, 3, 4)
    ),
    "sparse_ignore": case(
        lambda: l.SparseCategoricalCrossentropy(from_logits=True, ignore_class=1),
        "classes",
        shape=(2, 4, 3),
    ),
    "sparse_ignore_sum": case(
        lambda: l.SparseCategoricalCrossentropy(ignore_class=0, reduction="sum"),
        "classes",
        "softmax",
    ),
    "dice": case(lambda: l.Dice(), "binary", **PROBABILITIES),
    "tversky": case(lambda: l.Tversky(), "binary", "sigmoid", (2, 2, 2, 1)),
    "tversky_options": case(lambda: l.Tversky(alpha=0.25, beta=0.75), "binary", **PROBABILITIES),
    # Labels of each row, which end in zeros.
    "ctc": case(lambda: l.CTC(), shape=(4, 5, 4), y=[[1, 2, 0], [3, 0, 0], [1, 1, 2], [0, 0, 0]]),
    "ctc_of_all_steps": case(
        lambda: l.CTC(reduction="sum"), shape=(2, 3, 3), y=[[1, 2, 1], [2, 2, 0]]
    ),
    "ctc_one_label": case(lambda: l.CTC(), shape=(2, 4, 3), y=[[2], [1]]),
    "ctc_activation": case(lambda: l.CTC(), "y", "softmax", (2, 4, 3), y=[[2, 1], [1, 0]]),
    "circle": case(lambda: l.Circle(gamma=8.0), shape=(6, 3), y=[0, 1, 0, 2, 1, 0], low=-0.6, high=0.6),
    "circle_with_itself": case(
        lambda: l.Circle(gamma=4.0, margin=0.25, remove_diagonal=False, reduction="sum"),
        shape=(5, 2),
        y=[7, -1, 7, 3, 3],
        low=-0.6,
        high=0.6,
    ),
    "circle_alone": case(lambda: l.Circle(), shape=(3, 2), y=[5, 5, 5], low=-0.6, high=0.6),
}
